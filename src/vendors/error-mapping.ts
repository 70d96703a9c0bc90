/**
 * Decides what an error answer means, by the tables of `error-policy.ts` and `error-words.ts`: its kind,
 * and whether it proves that nothing was made. A definite refusal has a documented code, or one of a few
 * statuses and an error of the vendor's own in JSON. Everything else is an unknown outcome: a gateway
 * before the vendor may have said it, which does not know what became of the request. Pure.
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
  /** What a status means in the vendor's own JSON, where it is not the usual. */
  readonly kinds?: Readonly<Record<number, VendorErrorKind>>;
  /** The documented sentence of a 404 to a look, where it does not speak of a task. */
  readonly taskNotFound?: RegExp;
}

/** Kinds of codes that say little: a sentence may say more, such as that a 400 is about the balance. */
const REFINABLE: ReadonlySet<VendorErrorKind> = new Set(['rejected', 'auth', 'not-found']);
const REFINEMENTS: ReadonlySet<VendorErrorKind> = new Set([
  'moderated',
  'out-of-funds',
  'model-unavailable',
]);
/** Statuses that vendors give to all sorts of refusals. */
const VAGUE_STATUSES: ReadonlySet<number> = new Set([400, 403]);
/** The key, and the rate. */
const CHECKED_BEFOREHAND: ReadonlySet<number> = new Set([401, 429]);
/** The words of such a check, in a body that has no other sign of an error. */
const CHECK_RULES = [
  ...WORD_RULES,
  ...WORD_RULES_WITHOUT_STATUS.filter(({ kind }) => kind !== 'unavailable'),
];
/** Codes are shown in logs; whatever does not look like one is not. */
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

/** @returns undefined where nothing shows that the vendor itself has spoken */
function reportOf({ status, body }: ErrorCall): ErrorReport | undefined {
  const report = readErrorAnswer(body, status >= 400);
  if (report !== undefined) return report;
  // A bare `{"message"}`: a gateway's, unless its words are a vendor's, or those of a check that comes
  // before anything is forwarded. "Forbidden" is a firewall's as well.
  const isBare = isSuccess(status) ? isWithoutTask(body) : status >= 400;
  const message = isBare ? messageIn(body) : '';
  const rules = CHECKED_BEFOREHAND.has(status) ? CHECK_RULES : WORD_RULES;
  const isVendors = wordRuleFor(message, rules) !== undefined || codeIn(message) !== undefined;
  return isVendors ? { code: undefined, message, status: undefined } : undefined;
}

/** What a success is about, where it is about something; then its sentences are no refusal. */
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

/** A word without a digit is no id: `"result":"fail"`. */
function mayHoldTask(value: unknown): boolean {
  return typeof value === 'string' ? /\d/.test(value) : typeof value === 'object' && value !== null;
}

/** Everything that the tables say of an error answer. */
interface Facts {
  readonly message: string;
  readonly code: string | undefined;
  /** The HTTP status; that of the body where HTTP says success. */
  readonly stated: number | undefined;
  readonly rule: ErrorRule | undefined;
  /** Whether the code stands in a field of its own; else a relay's sentence speaks of it. */
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

/** @param texts the most telling first */
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

/** ByteDance's code, where a sentence names it or tells it by its text. */
function codeIn(message: string): string | undefined {
  return codeInWords(message, (code) => ruleFor(code, message) !== undefined);
}

/** The code, if it looks like one. */
export function safeCode(code: string | null | undefined): string | undefined {
  return code !== null && code !== undefined && CODE.test(code) ? code : undefined;
}
