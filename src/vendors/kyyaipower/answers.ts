/** What kyyAiPower answers. Source: its create page, and the result page of its public copies. */
import { z } from 'zod';

import { optional, positiveSchema, statusSchema, videoUrlIn, wholeSchema } from '../reading.ts';
import { reasonSchema, relayFailure } from '../relay-errors.ts';
import { usageTokensSchema } from '../usage.ts';
import type { TaskStatus } from '../vendor.ts';

const STATUSES = {
  queued: 'queued',
  processing: 'running',
  completed: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
} as const;

export const taskStatusSchema = z
  .object({
    status: statusSchema(STATUSES),
    video_url: z.unknown(),
    actualDuration: optional(positiveSchema),
    totalTokens: optional(wholeSchema),
    usage: usageTokensSchema,
    error: optional(reasonSchema),
  })
  .transform((answer, context): TaskStatus => {
    const { status } = answer;
    if (status === 'failed') return relayFailure(answer.error);
    if (status !== 'succeeded') return { status };
    // A file is one frame longer than the whole seconds that are billed.
    const seconds = answer.actualDuration && Math.max(1, Math.round(answer.actualDuration));
    const videoUrl = videoUrlIn(answer.video_url, 'video_url', context);
    return { status, videoUrl, tokens: answer.totalTokens ?? answer.usage, seconds };
  });
