/**
 * Classifies failures without a readable answer: maps the codes of Node and undici to our error kinds,
 * and decides whether the vendor may have received a create.
 */
import { errors } from 'undici';

import { HOUR, SECOND } from '../../clock.ts';
import type { VendorErrorKind } from '../../errors.ts';

export interface HttpFailure {
  readonly kind: VendorErrorKind;
  readonly code: string;
  readonly isDefinite: boolean;
  readonly cause: unknown;
}

/** The answer was longer than allowed. */
export class OversizedAnswerError extends Error {
  override readonly name = 'OversizedAnswerError';
  readonly code = 'ANSWER_TOO_LARGE';
}

/** No connection was made, so nothing was sent, unless an open connection failed with such a code. */
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** System calls that fail on open connections only. */
const ON_OPEN_CONNECTIONS: ReadonlySet<unknown> = new Set(['read', 'write', 'writev']);

const TIMEOUTS: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
  'DEADLINE',
]);

const BAD_ANSWERS: ReadonlySet<string> = new Set(['ANSWER_TOO_LARGE', 'NOT_HTTP']);

/** Upper bound for `Retry-After`; no vendor documents a value. */
const MAX_RETRY_AFTER_MS = HOUR;

export interface FailureContext {
  /** The body was not sent completely, so no receiver can have the whole request. */
  readonly isBodyIncomplete: boolean;
  readonly isDeadline: boolean;
  readonly isAborted: boolean;
}

export function describeFailure(error: unknown, context: FailureContext): HttpFailure {
  const code = codeOf(error, context);
  return {
    kind: kindOf(code),
    code,
    isDefinite: (NEVER_CONNECTED.has(code) && !wasConnected(error)) || context.isBodyIncomplete,
    cause: withoutAnswer(error),
  };
}

/**
 * Parses `Retry-After` (RFC 9110: seconds, or a date).
 *
 * @returns milliseconds, at most an hour; undefined when the header is absent or invalid
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined || header.trim() === '') return undefined;
  const seconds = Number(header);
  const waitMs = Number.isNaN(seconds) ? Date.parse(header) - nowMs : seconds * SECOND;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), MAX_RETRY_AFTER_MS);
}

function codeOf(error: unknown, { isDeadline, isAborted }: FailureContext): string {
  if (isAborted) return 'ABORTED';
  if (isDeadline) return 'DEADLINE';
  if (error instanceof errors.HTTPParserError) return 'NOT_HTTP';
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : 'UNKNOWN';
}

function wasConnected(error: unknown): boolean {
  return error instanceof Error && ON_OPEN_CONNECTIONS.has(Reflect.get(error, 'syscall'));
}

function kindOf(code: string): VendorErrorKind {
  if (TIMEOUTS.has(code)) return 'timeout';
  return BAD_ANSWERS.has(code) ? 'bad-response' : 'unavailable';
}

/** Removes the raw answer that undici keeps in parser errors, because it may echo the request. */
function withoutAnswer(error: unknown): unknown {
  return error instanceof errors.HTTPParserError ? new Error(error.message) : error;
}
