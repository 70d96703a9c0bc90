/**
 * Finds the error in a JSON body, whatever its envelope. Sources: the error pages of BytePlus ModelArk,
 * Azerion and AI/ML API, Pixazo's response table; for kyyAiPower and PowerTokens, which publish none,
 * the shapes of similar relays. Pure.
 */
import { isJsonObject, type JsonObject } from './json-object.ts';

export interface ErrorReport {
  /** The vendor's own code. A number from 400 to 599 is a status instead. */
  readonly code: string | undefined;
  /** All sentences of the body. For the error policy only, because they may quote the request. */
  readonly message: string;
  /** The HTTP status that the body names. */
  readonly status: number | undefined;
}

const FAILED_WORD = /^(?:error|errored|fail|failed|failure|rejected|denied)$/i;
const FALSE = /^(?:false|0)$/i;
const SUCCESS_CODE = /^(?:ok|success|succeeded)$/i;
const CODE_KEYS = ['code', 'error_code', 'errcode', 'name', 'type'] as const;
/** Keys whose value alone indicates an error; others may belong to a task. */
const ERROR_CODE_KEYS = ['code', 'errcode', 'error_code', 'err_code', 'errno'] as const;
const STATUS_KEYS = ['status_code', 'statusCode', 'status', 'code', 'errcode'] as const;
const MESSAGE_KEYS = [
  'message',
  'msg',
  'detail',
  'errmsg',
  'error_msg',
  'error_message',
  'error_description',
  'errors',
  'details',
] as const;
/** Longer texts quote the request; the reason is at the start. */
const MAX_MESSAGE_LENGTH = 2_000;
/** Maximum nesting of lists of objects with sentences. */
const MAX_DEPTH = 3;

/** Returns whether a body with a success status is an error nevertheless. */
export function isErrorAnswer(body: unknown): boolean {
  return errorIn(body) !== undefined;
}

/** Returns the body, or the object it wraps in `data`, if it indicates an error. */
function errorIn(body: unknown): JsonObject | undefined {
  if (!isJsonObject(body)) return undefined;
  if (saysError(body)) return body;
  const { data } = body;
  return isJsonObject(data) && saysError(data) ? data : undefined;
}

function saysError(body: JsonObject): boolean {
  return (
    saysSomething(body['error']) ||
    saysSomething(body['errors']) ||
    isFalse(body['success']) ||
    isFalse(body['ok']) ||
    statusIn(body) !== undefined ||
    ERROR_CODE_KEYS.some((key) => isErrorCode(body[key])) ||
    [body['status'], body['state']].some((word) => isMatch(FAILED_WORD, word))
  );
}

function isFalse(value: unknown): boolean {
  return value === false || value === 0 || isMatch(FALSE, value);
}

function isMatch(pattern: RegExp, value: unknown): boolean {
  return typeof value === 'string' && pattern.test(value);
}

/**
 * Reads an error body.
 *
 * @param isRefused whether the HTTP status is an error; then an empty error envelope counts too
 * @returns undefined for a body that is not recognisable as a vendor's error
 */
export function readErrorAnswer(body: unknown, isRefused: boolean): ErrorReport | undefined {
  if (!isJsonObject(body)) return undefined;
  const isEnvelope = isRefused && isJsonObject(body['error']);
  const error = errorIn(body) ?? (isEnvelope ? body : undefined);
  return error && reportOf(error);
}

/** Returns the sentences of a JSON body without any other sign of an error, such as `{"message"}`. */
export function messageIn(body: unknown): string {
  return isJsonObject(body) ? reportOf(body).message : '';
}

function reportOf(body: JsonObject): ErrorReport {
  const error = firstOf(body['error'] ?? body['errors']);
  const parts = isJsonObject(error) ? [error, body] : [body];
  const sentences = [
    ...(typeof error === 'string' ? [error] : []),
    ...parts.flatMap((part) => sentencesIn(part)),
  ];
  return {
    code: parts.map(codeIn).find((code) => code !== undefined),
    message: [...new Set(sentences)].join('; ').slice(0, MAX_MESSAGE_LENGTH),
    status: parts.map(statusIn).find((status) => status !== undefined),
  };
}

function firstOf(error: unknown): unknown {
  return Array.isArray(error) ? error[0] : error;
}

function codeIn(part: JsonObject): string | undefined {
  const written = CODE_KEYS.map((key) => part[key]).find(
    (code) => typeof code === 'string' || typeof code === 'number',
  );
  const code = written === undefined ? undefined : String(written);
  const isNone = code === undefined || code === '' || /^0+$/.test(code) || SUCCESS_CODE.test(code);
  return isNone || asStatus(code) !== undefined ? undefined : code;
}

function statusIn(part: JsonObject): number | undefined {
  return STATUS_KEYS.map((key) => asStatus(part[key])).find((status) => status !== undefined);
}

function asStatus(written: unknown): number | undefined {
  const status = typeof written === 'string' && /^\d{3}$/.test(written) ? Number(written) : written;
  const isOne = typeof status === 'number' && Number.isInteger(status);
  return isOne && status >= 400 && status <= 599 ? status : undefined;
}

/** Returns whether it is a word other than a success, a negative number or a number from 400. */
function isErrorCode(code: unknown): boolean {
  if (typeof code === 'number') return code < 0 || code >= 400;
  if (typeof code !== 'string' || code === '') return false;
  return /^-?\d+$/.test(code) ? isErrorCode(Number(code)) : !SUCCESS_CODE.test(code);
}

function saysSomething(error: unknown): boolean {
  if (Array.isArray(error))
    return error.some((each) => !Array.isArray(each) && saysSomething(each));
  if (isJsonObject(error)) return isFilled(error);
  if (typeof error === 'number') return error !== 0;
  return typeof error === 'string' ? error.trim() !== '' : error === true;
}

/** Returns whether the error has a sentence, a code, a status, or lists of sentences by field. */
function isFilled(error: JsonObject): boolean {
  const { message, code, status } = reportOf(error);
  if (message !== '' || code !== undefined || status !== undefined) return true;
  return Object.values(error).some((each) => Array.isArray(each) && typeof each[0] === 'string');
}

function sentencesIn(part: JsonObject, depth = 0): string[] {
  return MESSAGE_KEYS.flatMap((key) => sentencesOf(part[key], depth));
}

/** Returns the sentences of a string, a list or an object, prefixed with their field if it is named. */
function sentencesOf(written: unknown, depth: number): string[] {
  if (typeof written === 'string') return written.trim() === '' ? [] : [written];
  if (depth === MAX_DEPTH) return [];
  if (Array.isArray(written)) return written.flatMap((each) => sentencesOf(each, depth + 1));
  if (!isJsonObject(written)) return [];
  const field = [written['path'] ?? written['loc']]
    .flat()
    .filter((part) => typeof part === 'string')
    .join('.');
  return sentencesIn(written, depth + 1).map((sentence) =>
    field === '' ? sentence : `${field}: ${sentence}`,
  );
}
