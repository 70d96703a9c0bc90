/**
 * Why a task failed, from the reason in the answer about it: a sentence, or an object with a code.
 * Vendors that stand before ByteDance's API often leave its code in the sentence.
 */
import { z } from 'zod';

import { safeCode } from './error-mapping.ts';
import { ruleFor, taskFailureKind } from './error-policy.ts';
import { codeInWords } from './error-words.ts';
import { optional } from './reading.ts';
import type { TaskStatus } from './vendor.ts';

const word = optional(z.union([z.string(), z.number().transform(String)]));

/** Why: a sentence, or an object with a code under one of two names. */
export const reasonSchema = z.union([
  z.string().transform((message) => ({ code: undefined, message })),
  z
    .object({ code: word, name: word, message: word })
    .transform(({ code, name, message }) => ({ code: code ?? name, message: message ?? '' })),
]);
type Reason = z.infer<typeof reasonSchema>;

/** Why a task failed, in the vendor's own words. */
export function relayFailure(reason: Reason | undefined): TaskStatus {
  const message = reason?.message ?? '';
  const code = (reason && codeOf(reason)) ?? 'unknown';
  const kind = taskFailureKind(code, message);
  const isOfSomebody = kind === 'moderated' && !code.includes('.') && COPYRIGHT.test(message);
  return { status: 'failed', kind, code: isOfSomebody ? `${code}.Copyright` : code };
}

/** "… output video may be related to copyright restrictions": seen, but no code of its own is published. */
const COPYRIGHT = /copyright/i;

/** ByteDance's code where it is known: in its own field, named in the sentence, or told by its text. */
function codeOf({ code, message }: Reason): string | undefined {
  const own = safeCode(code);
  const isKnown = (each: string): boolean => ruleFor(each, message) !== undefined;
  return own !== undefined && isKnown(own) ? own : (codeInWords(message, isKnown) ?? own);
}
