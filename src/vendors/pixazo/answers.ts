/**
 * What Pixazo answers, in two styles: ByteDance's own task (`id`), and its newer gateway's request
 * (`request_id` with a `polling_url`). Which of them an account gets is not documented.
 * Sources: Pixazo, Seedance 1.0 Pro API documentation; the newer style as seen in its clients.
 */
import { z } from 'zod';

import { optional, statusSchema, taskIdSchema, videoUrlIn } from '../reading.ts';
import { reasonSchema, relayFailure } from '../relay-errors.ts';
import { usageTokensSchema } from '../usage.ts';
import type { TaskHandle, TaskStatus } from '../vendor.ts';

/**
 * How a task of the newer style is told from one of the older in a stored handle: it is the path to
 * ask at, while ids of the older style never hold a slash.
 */
const PATH_START = '/';

/** @param origin the vendor's own: no other may be asked with our key */
export function createdSchemaFor(origin: string): z.ZodType<TaskHandle> {
  const request = z
    .object({ request_id: taskIdSchema, polling_url: z.string().max(2_048) })
    .transform(({ polling_url: pollingUrl }, context): TaskHandle => {
      const url = URL.parse(pollingUrl);
      if (url !== null && url.origin === origin && url.username === '' && url.password === '') {
        return { taskId: `${url.pathname}${url.search}` };
      }
      context.addIssue({ code: 'custom', message: 'a polling_url that is not the vendor’s own' });
      return z.NEVER;
    });
  const task = z
    .object({ id: taskIdSchema.regex(/^[^/]+$/, { error: 'an id with a slash' }) })
    .transform(({ id }): TaskHandle => ({ taskId: id }));
  return z.unknown().transform((answer, context): TaskHandle => {
    const isRequest = z.object({ request_id: z.unknown() }).safeParse(answer).success;
    const parsed = (isRequest ? request : task).safeParse(answer);
    if (parsed.success) return parsed.data;
    for (const { message, path } of parsed.error.issues) {
      context.addIssue({ code: 'custom', message, path: [...path] });
    }
    return z.NEVER;
  });
}

/** Where a task of the newer style is asked for; undefined for one of the older. */
export function pollingPath({ taskId }: TaskHandle): string | undefined {
  return taskId.startsWith(PATH_START) ? taskId : undefined;
}

const STATUSES = {
  QUEUED: 'queued',
  PROCESSING: 'running',
  COMPLETED: 'succeeded',
  FAILED: 'failed',
  ERROR: 'failed',
} as const;

/** The newer style's answer to a look. */
export const requestStatusSchema = z
  .object({
    status: statusSchema(STATUSES),
    output: optional(z.object({ media_url: z.unknown() })),
    error: optional(reasonSchema),
    usage: usageTokensSchema,
  })
  .transform(({ status, output, error, usage }, context): TaskStatus => {
    if (status === 'failed') return relayFailure(error);
    if (status !== 'succeeded') return { status };
    const [made] = [output?.media_url].flat();
    return { status, videoUrl: videoUrlIn(made, 'output.media_url', context), tokens: usage };
  });
