/**
 * Pixazo's responses, in two styles: ByteDance's own task (`id`), and the newer gateway's request
 * (`request_id` with a `polling_url`). 2.x uses the newer style; which one an account gets for 1.0 is
 * not documented.
 * Sources: Pixazo, Seedance 1.0 Pro API documentation; for the newer style public copies of its Seedance
 * page, and its clients.
 */
import { z } from 'zod';

import { isJsonObject } from '../json-object.ts';
import { taskAnswer, taskIdSchema } from '../response-schemas.ts';
import { statusSchema } from '../status-words.ts';
import { taskStatusFrom } from '../task-status.ts';
import { usageTokensSchema } from '../usage.ts';
import type { TaskHandle, TaskStatus } from '../vendor.ts';

/**
 * Distinguishes the styles in a stored handle: for the newer style it is the path to poll, while ids of
 * the older style never contain a slash.
 */
const PATH_START = '/';

/** @param origin the vendor's own; no other origin may receive our key */
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
    .object({
      id: taskIdSchema.refine((id) => !id.includes('/'), { error: 'an id with a slash' }),
    })
    .transform(({ id }): TaskHandle => ({ taskId: id }));
  const created = z.unknown().transform((answer, context): TaskHandle => {
    const isRequest = isJsonObject(answer) && answer['request_id'] !== undefined;
    const parsed = (isRequest ? request : task).safeParse(answer);
    if (parsed.success) return parsed.data;
    for (const { message, path } of parsed.error.issues) {
      context.addIssue({ code: 'custom', message, path: [...path] });
    }
    return z.NEVER;
  });
  return taskAnswer(created);
}

/** Returns the path to poll for a task of the newer style; undefined for the older. */
export function pollingPath({ taskId }: TaskHandle): string | undefined {
  return taskId.startsWith(PATH_START) ? taskId : undefined;
}

/** The newer style's answer to a check. */
export const requestStatusSchema = taskAnswer(
  z
    .looseObject({ status: statusSchema, usage: usageTokensSchema })
    .transform((answer): TaskStatus => taskStatusFrom(answer, { tokens: answer.usage })),
);
