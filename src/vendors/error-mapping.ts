/**
 * Decides what an error answer means, by the tables of `error-policy.ts` and `error-words.ts`: its kind,
 * and whether it proves that no task was created. A refusal is definite if it has a documented code, or
 * one of a few statuses together with a JSON error of the vendor. Anything else is an unknown outcome:
 * it may come from a gateway that does not know whether the vendor got the request. Pure.
 */
import type { VendorErrorKind } from '../errors.ts';
import { ID_KEYS, LIST_KEYS, WRAPPERS } from './answer-envelope.ts';
import { messageIn, readErrorAnswer, type ErrorReport } from './error-answer.ts';
import {
  DEFINITE_STATUSES,
  kindOfBareStatus,
  kindOfStatus,
  ruleFor,
  type ErrorRule,
} from './error-policy.ts';
import {
  codeInWords,
  inWords,
  WORD_RULES,
  WORD_RULES_WITHOUT_STATUS,
  wordRuleFor,
  type WordRule,
} from './error-words.ts';
import { isSuccess } from './http/exchange.ts';
import type { ErrorCall, MapError } from './http/http.ts';
import { isJsonObject } from './json-object.ts';

/** How one dialect differs from the tables. */
export interface DialectErrors {
  /** Statuses with a different meaning in the vendor's JSON. */
  readonly kinds?: Readonly<Record<number, VendorErrorKind>>;
  /** The documented sentence of a 404 to a retrieve, if it does not mention a task. */
  readonly taskNotFound?: RegExp;
}

/** Unspecific kinds, which a sentence may refine: for example, a 400 may be about the balance. */
const REFINABLE: ReadonlySet<VendorErrorKind> = new Set(['rejected', 'auth', 'not-found']);
const REFINEMENTS: ReadonlySet<VendorErrorKind> = new Set([
  'moderated',
  'out-of-funds',
  'model-unavailable',
]);
/** Statuses that vendors use for many kinds of refusals. */
const VAGUE_STATUSES: ReadonlySet<number> = new Set([400, 403]);
/** Statuses of the checks of key and rate, which come before anything is forwarded. */
const CHECKED_BEFOREHAND: ReadonlySet<number> = new Set([401, 429]);
/** The words of such a check, in a body without any other sign of an error. */
const CHECK_RULES = [
  ...WORD_RULES,
  ...WORD_RULES_WITHOUT_STATUS.filter(({ kind }) => kind !== 'unavailable'),
];
/** Codes appear in logs, so anything that does not look like a code is dropped. */
const CODE = /^[\w.[\]-]{1,100}$/;

export function mapErrors(dialect: DialectErrors = {}): MapError {
  return (call) => {
    const report = reportOf(call);
    if (report === undefined) return { kind: kindOfBareStatus(call.status), isDefinite: false };
    const facts = factsOf(report, call, dialect);
    return {
      kind: kindOf(facts, call, dialect),
      code: facts.code,
      isDefinite: isDefinite(facts, call),
      status: facts.stated,
    };
  };
}

/** @returns undefined if nothing shows that the answer comes from the vendor itself */
function reportOf({ status, body }: ErrorCall): ErrorReport | undefined {
  const report = readErrorAnswer(body, status >= 400);
  if (report !== undefined) return report;
  // A bare `{"message"}` comes from a gateway, unless its words are a vendor's, or those of a check
  // before anything is forwarded. "Forbidden" may also come from a firewall.
  const isBare = isSuccess(status) ? isWithoutTask(body) : status >= 400;
  const message = isBare ? messageIn(body) : '';
  const rules = CHECKED_BEFOREHAND.has(status) ? CHECK_RULES : WORD_RULES;
  const isVendors = wordRuleFor(message, rules) !== undefined || codeIn(message) !== undefined;
  return isVendors ? { code: undefined, message, status: undefined } : undefined;
}

/** Keys of a success about a task or a list; with one of them, sentences are not a refusal. */
const TASK_KEYS = [
  ...ID_KEYS,
  ...LIST_KEYS,
  'request_id',
  'status',
  'state',
  'task_status',
  'data',
] as const;

function isWithoutTask(body: unknown): boolean {
  if (!isJsonObject(body) || WRAPPERS.some((key) => mayHoldTask(body[key]))) return false;
  return TASK_KEYS.every((key) => [undefined, null, ''].some((none) => body[key] === none));
}

/** A word without a digit is not an id: `"result":"fail"`. */
function mayHoldTask(value: unknown): boolean {
  return typeof value === 'string' ? /\d/.test(value) : typeof value === 'object' && value !== null;
}

/** What the tables say about an error answer. */
interface Facts {
  readonly message: string;
  readonly code: string | undefined;
  /** The HTTP status, or the status in the body if the HTTP status is a success. */
  readonly stated: number | undefined;
  readonly rule: ErrorRule | undefined;
  /** Whether the code has a field of its own; otherwise it was found in a sentence. */
  readonly isOwnCode: boolean;
  readonly words: WordRule | undefined;
}

function factsOf(report: ErrorReport, { status }: ErrorCall, { kinds }: DialectErrors): Facts {
  const { message } = report;
  const own = safeCode(report.code);
  const ownRule = own === undefined ? undefined : ruleFor(own, message);
  const code = ownRule === undefined ? (codeIn(message) ?? own) : own;
  const stated = isSuccess(status) ? report.status : status;
  const isVague =
    stated === undefined || (VAGUE_STATUSES.has(stated) && kinds?.[stated] === undefined);
  return {
    message,
    code,
    stated,
    rule: ownRule ?? (code === undefined ? undefined : ruleFor(code, message)),
    isOwnCode: ownRule !== undefined,
    words: wordsOf(
      [message, ...(own === undefined || ownRule !== undefined ? [] : [inWords(own)])],
      isVague,
    ),
  };
}

/** @param texts most specific first */
function wordsOf(texts: readonly string[], isVague: boolean): WordRule | undefined {
  const tables = isVague ? [WORD_RULES, WORD_RULES_WITHOUT_STATUS] : [WORD_RULES];
  for (const rules of tables) {
    for (const text of texts) {
      const rule = wordRuleFor(text, rules);
      if (rule !== undefined) return rule;
    }
  }
  return undefined;
}

function kindOf(facts: Facts, call: ErrorCall, dialect: DialectErrors): VendorErrorKind {
  const { rule, words } = facts;
  const isRefined =
    rule !== undefined &&
    REFINABLE.has(rule.kind) &&
    words !== undefined &&
    REFINEMENTS.has(words.kind);
  const told = isRefined ? words : (rule ?? words);
  return told?.kind ?? kindByStatus(facts, call, dialect);
}

function kindByStatus(
  { message, stated }: Facts,
  { operation }: ErrorCall,
  { kinds, taskNotFound }: DialectErrors,
): VendorErrorKind {
  const isLook = operation === 'retrieve' || operation === 'cancel';
  const isNotFound = stated === undefined || stated === 404;
  if (isLook && isNotFound && taskNotFound?.test(message) === true) return 'task-not-found';
  return stated === undefined ? 'rejected' : (kinds?.[stated] ?? kindOfStatus(stated));
}

function isDefinite({ stated, rule, isOwnCode, words }: Facts, { status }: ErrorCall): boolean {
  if (status >= 300 && status < 400) return false;
  if (rule !== undefined && isOwnCode) return rule.isOutcomeUnknown !== true;
  if (rule?.isOutcomeUnknown === true || words?.isOutcomeUnknown === true) return false;
  return stated === undefined || DEFINITE_STATUSES.has(stated);
}

/** Returns ByteDance's code if a sentence names it or has its text. */
function codeIn(message: string): string | undefined {
  return codeInWords(message, (code) => ruleFor(code, message) !== undefined);
}

/** Returns the code if it looks like one. */
export function safeCode(code: string | null | undefined): string | undefined {
  return code !== null && code !== undefined && CODE.test(code) ? code : undefined;
}
