/**
 * Reads why a task failed from the reason in its answer: a sentence, or an object with a code. Vendors
 * in front of ByteDance's API often leave its code in the sentence.
 */
import { safeCode } from './error-mapping.ts';
import { ruleFor, taskFailureKind } from './error-policy.ts';
import { codeInWords, inWords, WORD_RULES, wordRuleFor } from './error-words.ts';
import type { TaskStatus } from './vendor.ts';

/** A vendor's reason for a failure: its own code and a sentence. */
export interface Reason {
  readonly code: string | undefined;
  readonly message: string;
}

/** Returns the status of a task that failed for this reason. */
export function relayFailure(reason: Reason | undefined): TaskStatus {
  const message = reason?.message ?? '';
  const code = (reason && codeOf(reason)) ?? 'unknown';
  const kind = isModeratedInWords(code, message) ? 'moderated' : taskFailureKind(code, message);
  const isOfSomebody = kind === 'moderated' && !code.includes('.') && COPYRIGHT.test(message);
  return { status: 'failed', kind, code: isOfSomebody ? `${code}.Copyright` : code };
}

/** Returns whether the words indicate moderation, for an undocumented code. */
function isModeratedInWords(code: string, message: string): boolean {
  if (ruleFor(code, message) !== undefined) return false;
  return [message, inWords(code)].some(
    (text) => wordRuleFor(text, WORD_RULES)?.kind === 'moderated',
  );
}

/** "… output video may be related to copyright restrictions": observed, but no code is published for it. */
const COPYRIGHT = /copyright/i;

/** Returns ByteDance's code, if known: from its own field, named in the sentence, or implied by its text. */
function codeOf({ code, message }: Reason): string | undefined {
  const own = safeCode(code);
  const isKnown = (each: string): boolean => ruleFor(each, message) !== undefined;
  return own !== undefined && isKnown(own) ? own : (codeInWords(message, isKnown) ?? own);
}
