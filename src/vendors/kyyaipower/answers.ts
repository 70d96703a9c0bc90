/** What kyyAiPower answers. Source: its create page, and the result page of its public copies. */
import { z } from 'zod';

import { optional, positiveSchema, statusSchema, taskIdSchema } from '../reading.ts';
import { webUrlSchema, wholeSchema } from '../reading.ts';
import { reasonSchema, relayFailure } from '../relay-errors.ts';
import type { TaskStatus } from '../vendor.ts';

const STATUSES = {
  queued: 'queued',
  processing: 'running',
  completed: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
} as const;

export const createdSchema = z.object({ id: taskIdSchema });

export const taskStatusSchema = z
  .object({
    status: statusSchema(STATUSES),
    video_url: webUrlSchema.nullish(),
    actualDuration: optional(positiveSchema),
    totalTokens: optional(wholeSchema),
    error: optional(reasonSchema),
  })
  .transform((answer, context): TaskStatus => {
    const { status } = answer;
    if (status === 'failed') return relayFailure(answer.error);
    if (status !== 'succeeded') return { status };
    if (typeof answer.video_url === 'string') {
      // A file is one frame longer than the whole seconds that are billed.
      const seconds = answer.actualDuration && Math.max(1, Math.round(answer.actualDuration));
      return { status, videoUrl: answer.video_url, tokens: answer.totalTokens, seconds };
    }
    context.addIssue({ code: 'custom', message: 'a completed task without video_url' });
    return z.NEVER;
  });
