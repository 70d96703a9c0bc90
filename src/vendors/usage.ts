/** What a finished task counts for, as vendors write it: one of two counts, or both. */
import { z } from 'zod';

import { optional, wholeSchema } from './reading.ts';

const usageSchema = optional(
  z.object({ completion_tokens: optional(wholeSchema), total_tokens: optional(wholeSchema) }),
);

/**
 * The tokens that are billed: `completion_tokens`, which every document names as the bill; where a
 * vendor leaves it out, or writes 0, `total_tokens`.
 */
export const usageTokensSchema = usageSchema.transform((usage) =>
  [usage?.completion_tokens, usage?.total_tokens].find((tokens) => (tokens ?? 0) > 0),
);
