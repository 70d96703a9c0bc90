/** kyyAiPower's responses. Source: its create page, and the result page of its public copies. */
import { z } from 'zod';

import { optional, positiveSchema, taskAnswer, wholeSchema } from '../response-schemas.ts';
import { statusSchema } from '../status-words.ts';
import { taskStatusFrom } from '../task-status.ts';
import { usageTokensSchema } from '../usage.ts';
import type { TaskStatus } from '../vendor.ts';

/** `video_url` is "returned when completed"; before that it may be missing. */
export const taskStatusSchema = taskAnswer(
  z
    .looseObject({
      status: statusSchema,
      actualDuration: optional(positiveSchema),
      totalTokens: optional(wholeSchema),
      usage: usageTokensSchema,
    })
    .transform((answer): TaskStatus => {
      const { actualDuration, totalTokens, usage } = answer;
      // Files are one frame longer than the billed whole seconds.
      const seconds = actualDuration && Math.max(1, Math.round(actualDuration));
      return taskStatusFrom(answer, { tokens: totalTokens ?? usage, seconds });
    }),
);
