/** What kyyAiPower answers. Source: its create page, and the result page of its public copies. */
import { z } from 'zod';

import { optional, positiveSchema, taskAnswer, wholeSchema } from '../response-schemas.ts';
import { statusSchema } from '../status-words.ts';
import { taskStatusFrom } from '../task-status.ts';
import { usageTokensSchema } from '../usage.ts';
import type { TaskStatus } from '../vendor.ts';

/** `video_url` is "returned when completed": before, the key may be missing. */
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
      // A file is one frame longer than the whole seconds that are billed.
      const seconds = actualDuration && Math.max(1, Math.round(actualDuration));
      return taskStatusFrom(answer, { tokens: totalTokens ?? usage, seconds });
    }),
);
