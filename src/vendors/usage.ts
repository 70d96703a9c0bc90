/** What a finished task counts for, as vendors write it: one of two counts, or both. */
import { z } from 'zod';

import { optional, wholeSchema } from './response-schemas.ts';

/** A claim beyond all numbers that can be counted with: passed on as the largest, for the bill to disbelieve. */
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
 * The tokens that are billed: `completion_tokens`, which every document names as the bill; where a
 * vendor leaves it out, or writes 0, `total_tokens`.
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
