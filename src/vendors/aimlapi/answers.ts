/**
 * What AI/ML API answers. Sources: its published schemas; `succeeded`, `waiting` and `active` from
 * the recorded runs and sample loops of its own pages, which the schemas do not name.
 */
import { z } from 'zod';

import { optional, positiveSchema, statusSchema, videoUrlIn } from '../reading.ts';
import { reasonSchema, relayFailure } from '../relay-errors.ts';
import { usageTokensSchema } from '../usage.ts';
import type { TaskStatus } from '../vendor.ts';

const STATUSES = {
  queued: 'queued',
  waiting: 'queued',
  generating: 'running',
  active: 'running',
  completed: 'succeeded',
  succeeded: 'succeeded',
  error: 'failed',
  failed: 'failed',
} as const;

const MICRO_DOLLARS_PER_DOLLAR = 1_000_000;

const video = z.object({ url: z.unknown() });

export const taskStatusSchema = z
  .object({
    status: statusSchema(STATUSES),
    /** An object; on 2.5 it may be a list of them. */
    video: optional(z.union([video, z.array(video)])),
    error: optional(reasonSchema),
    usage: usageTokensSchema,
    meta: optional(
      z.object({ usage: optional(z.object({ usd_spent: optional(positiveSchema) })) }),
    ),
  })
  .transform((answer, context): TaskStatus => {
    const { status } = answer;
    if (status === 'failed') return relayFailure(answer.error);
    if (status !== 'succeeded') return { status };
    const [made] = [answer.video].flat();
    const reportedMicroDollars = microDollars(answer.meta?.usage?.usd_spent);
    const videoUrl = videoUrlIn(made?.url, 'video.url', context);
    return { status, videoUrl, tokens: answer.usage, reportedMicroDollars };
  });

/**
 * Nothing spent counts as nothing said: a video that costs nothing would hide spending. However much it
 * says, the figure is passed on: whoever books it decides what can be believed.
 */
function microDollars(dollars: number | undefined): number | undefined {
  if (dollars === undefined) return undefined;
  const exact = Math.ceil(Number((dollars * MICRO_DOLLARS_PER_DOLLAR).toFixed(3)));
  return Math.min(exact, Number.MAX_SAFE_INTEGER);
}
