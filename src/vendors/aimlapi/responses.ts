/** AI/ML API's responses. Sources: its published schemas, and the recorded runs on its own pages. */
import { z } from 'zod';

import { optional, positiveSchema, taskAnswer } from '../response-schemas.ts';
import { statusSchema } from '../status-words.ts';
import { taskStatusFrom } from '../task-status.ts';
import { usageTokensSchema } from '../usage.ts';
import type { TaskStatus } from '../vendor.ts';

const MICRO_DOLLARS_PER_DOLLAR = 1_000_000;

/** `video` is an object; on 2.5 it may be a list of them. */
export const taskStatusSchema = taskAnswer(
  z
    .looseObject({
      status: statusSchema,
      usage: usageTokensSchema,
      meta: optional(
        z.object({ usage: optional(z.object({ usd_spent: optional(positiveSchema) })) }),
      ),
    })
    .transform((answer): TaskStatus => {
      const reportedMicroDollars = microDollars(answer.meta?.usage?.usd_spent);
      return taskStatusFrom(answer, { tokens: answer.usage, reportedMicroDollars });
    }),
);

/**
 * Converts dollars to micro-dollars. The schema treats zero as missing, because a free video would hide
 * spending. Any size is passed on; `billFor` decides what is plausible.
 */
function microDollars(dollars: number | undefined): number | undefined {
  if (dollars === undefined) return undefined;
  const exact = Math.ceil(Number((dollars * MICRO_DOLLARS_PER_DOLLAR).toFixed(3)));
  return Math.min(exact, Number.MAX_SAFE_INTEGER);
}
