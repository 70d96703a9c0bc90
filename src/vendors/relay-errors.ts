/**
 * Error answers of vendors that stand before ByteDance's API. Each has an envelope of its own, often
 * without a code; what ByteDance said is then found in the sentence. Source: the error pages of
 * Azerion and AI/ML API, Pixazo's response table; ByteDance's texts from BytePlus ModelArk, error codes.
 */
import { z } from 'zod';

import type { VendorErrorKind } from '../errors.ts';
import { isOfGateway, kindOfStatus, ruleFor, safeCode, taskFailureKind } from './error-policy.ts';
import type { MapError } from './http/http.ts';
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

const envelopeSchema = z.union([
  z.object({ error: reasonSchema }).transform(({ error }) => error),
  // AI/ML API: `{message, path, requestId, statusCode, timestamp}`.
  z.object({ message: z.string() }).transform(({ message }) => ({ code: undefined, message })),
]);

/** @param kinds what a status means at this vendor, where it is not the usual */
export function relayErrors(kinds: Readonly<Record<number, VendorErrorKind>> = {}): MapError {
  return ({ status, body }) => {
    const envelope = envelopeSchema.safeParse(body);
    const reason = envelope.success ? envelope.data : undefined;
    const code = reason && codeOf(reason);
    const ruled = code === undefined ? undefined : ruleFor(code, reason?.message ?? '');
    const kind = ruled ?? kinds[status] ?? kindOfStatus(status);
    // A gateway's 404 page is not the vendor saying that it knows no such task.
    if (kind === 'not-found' && body === undefined) {
      return { kind: 'bad-response', isDefinite: true };
    }
    // A code that is only spoken of in the relay's sentence is not ByteDance's own word.
    const isOwnWord = ruled !== undefined && code === reason?.code;
    return { kind, code, isDefinite: !isOfGateway(status) || isOwnWord };
  };
}

/** Why a task failed, in the words of whoever said so. */
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
  if (own !== undefined && ruleFor(own, message) !== undefined) return own;
  return codeIn(message) ?? own;
}

/** Such as `InputTextSensitiveContentDetected.PolicyViolation`, `InvalidParameter`. */
const CODE_LIKE = /\b[A-Z][a-z]+(?:[A-Z][a-z]+)+(?:\.[A-Za-z]+)?/g;

/** ByteDance's moderation texts: "… the input image may contain real person." */
const MODERATED =
  /\b(input|output) (text|image|video|audio)\b[^.]{0,80}\b(sensitive|platform rules|real person|copyright)/i;

const KINDS_OF_CONTENT: Readonly<Record<string, string>> = {
  'platform rules': '.PolicyViolation',
  'real person': '.PrivacyInformation',
};

/** The account's own trouble, which only the operator can mend; such a relay tells it with any status. */
const OVERDUE = /account has an overdue balance/i;

function codeIn(message: string): string | undefined {
  if (OVERDUE.test(message)) return 'AccountOverdueError';
  const named = message.match(CODE_LIKE)?.find((each) => ruleFor(each, message) !== undefined);
  if (named !== undefined) return named;
  const [, direction = '', medium = '', fault = ''] = MODERATED.exec(message) ?? [];
  if (direction === '') return undefined;
  const detail = KINDS_OF_CONTENT[fault.toLowerCase()] ?? '';
  return `${capitalised(direction)}${capitalised(medium)}SensitiveContentDetected${detail}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();
}
