/**
 * Why a task failed, from the reason in the answer about it: a sentence, or an object with a code.
 * Vendors that stand before ByteDance's API often leave its code in the sentence.
 */
import { safeCode } from './error-mapping.ts';
import { ruleFor, taskFailureKind } from './error-policy.ts';
import { codeInWords, inWords, WORD_RULES, wordRuleFor } from './error-words.ts';
import type { TaskStatus } from './vendor.ts';

/** What a vendor says of a failure: a code of its own, and a sentence. */
export interface Reason {
  readonly code: string | undefined;
  readonly message: string;
}

/** Why a task failed, in the vendor's own words. */
export function relayFailure(reason: Reason | undefined): TaskStatus {
  const message = reason?.message ?? '';
  const code = (reason && codeOf(reason)) ?? 'unknown';
  const kind = isModeratedInWords(code, message) ? 'moderated' : taskFailureKind(code, message);
  const isOfSomebody = kind === 'moderated' && !code.includes('.') && COPYRIGHT.test(message);
  return { status: 'failed', kind, code: isOfSomebody ? `${code}.Copyright` : code };
}

/** Whether the words say so, where no document has the code. */
function isModeratedInWords(code: string, message: string): boolean {
  if (ruleFor(code, message) !== undefined) return false;
  return [message, inWords(code)].some(
    (text) => wordRuleFor(text, WORD_RULES)?.kind === 'moderated',
  );
}

/** "… output video may be related to copyright restrictions": seen, but no code of its own is published. */
const COPYRIGHT = /copyright/i;

/** ByteDance's code where it is known: in its own field, named in the sentence, or told by its text. */
function codeOf({ code, message }: Reason): string | undefined {
  const own = safeCode(code);
  const isKnown = (each: string): boolean => ruleFor(each, message) !== undefined;
  return own !== undefined && isKnown(own) ? own : (codeInWords(message, isKnown) ?? own);
}
