/** Reads the usage of a finished task, which vendors report as one of two counts or both. */
import { z } from 'zod';

import { optional, wholeSchema } from './response-schemas.ts';

/** A count above the largest safe integer is capped to it; the bill then treats it as implausible. */
const beyondSchema = z.custom(isBeyond).transform(() => Number.MAX_SAFE_INTEGER);
const countSchema = optional(z.union([wholeSchema, beyondSchema]));

const usageSchema = optional(
  z.object({
    completion_tokens: countSchema,
    total_tokens: countSchema,
    completionTokens: countSchema,
    totalTokens: countSchema,
  }),
);

/**
 * The billed tokens: `completion_tokens`, which every document bills by; `total_tokens` if that is missing
 * or 0.
 */
export const usageTokensSchema = usageSchema.transform((usage) =>
  [usage?.completion_tokens, usage?.completionTokens, usage?.total_tokens, usage?.totalTokens].find(
    (tokens) => (tokens ?? 0) > 0,
  ),
);

function isBeyond(count: unknown): boolean {
  if (typeof count === 'number') return count > Number.MAX_SAFE_INTEGER;
  return typeof count === 'string' && /^\d{16,100}$/.test(count);
}
