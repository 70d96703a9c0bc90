/**
 * All HTTP calls to vendors: timeouts, size limits, parsing, redaction and logging. Adapters provide
 * paths, bodies, schemas and the meaning of error answers. Nothing here retries, and redirects are not
 * followed, because they would carry our key.
 */
import type { Dispatcher } from 'undici';
import { z } from 'zod';

import { MINUTE, SECOND, type Clock } from '../../clock.ts';
import { createDispatcher, NO_PROXY } from '../../dispatcher.ts';
import { VendorError, type VendorErrorKind } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { Semaphore } from '../../semaphore.ts';
import { encodeJson } from './body.ts';
import { type Answer, exchange, isSuccess } from './exchange.ts';
import { retryAfterMs } from './failure.ts';
import { parseJson } from './json.ts';
import { createUpload, type Upload } from './upload.ts';

export type VendorOperation = 'create' | 'retrieve' | 'list' | 'cancel';

export interface VendorTimeouts {
  readonly connectMs: number;
  /** A whole create, which may send up to 64 MB before the answer. */
  readonly createMs: number;
  /** Any other whole call. */
  readonly otherMs: number;
  /** Between two chunks of an answer. */
  readonly silenceMs: number;
}

const DEFAULT_TIMEOUTS: VendorTimeouts = {
  connectMs: 10 * SECOND,
  createMs: 5 * MINUTE,
  otherMs: 30 * SECOND,
  silenceMs: 20 * SECOND,
};

/** Far above a list of 500 tasks, at about 1 kB each. */
const DEFAULT_MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** An error answer as its dialect reads it. */
export interface ErrorAnswer {
  readonly kind: VendorErrorKind;
  /** The vendor's own code, if it sent one. */
  readonly code?: string | undefined;
  /** Whether this answer proves that the vendor did not carry out the request. */
  readonly isDefinite: boolean;
  /** The status in the answer's body, if the HTTP status is a success. */
  readonly status?: number | undefined;
}

export interface ErrorCall {
  readonly operation: VendorOperation;
  readonly status: number;
  /** The parsed JSON; undefined if it could not be parsed. */
  readonly body: unknown;
}

/** @returns `bad-response` for a success that does not contain an error */
export type MapError = (call: ErrorCall) => ErrorAnswer;

export interface VendorHttpOptions {
  readonly vendor: string;
  readonly baseUrl: string;
  /** The credentials, sent with each request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly mapError: MapError;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly timeouts?: VendorTimeouts | undefined;
  readonly maxAnswerBytes?: number | undefined;
  /** Creates the connections; direct ones by default. */
  readonly dispatcher?: Dispatcher | undefined;
}

export interface VendorRequest<Data> {
  readonly operation: VendorOperation;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With a leading slash; relative to the base URL unless `from` is set. */
  readonly path: string;
  /** `origin`: the path comes from the vendor and is relative to the origin of the base URL. */
  readonly from?: 'base' | 'origin' | undefined;
  readonly query?: ReadonlyArray<readonly [name: string, value: string]> | undefined;
  readonly json?: unknown;
  /** Replaces `json` for bodies with pictures, which are built and sent one at a time. */
  readonly largeJson?: (() => Promise<unknown>) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly schema: z.ZodType<Data>;
}

export interface VendorHttp {
  /** @throws only VendorError, which contains no key, prompt or body, nor do its causes */
  request<Data>(request: VendorRequest<Data>): Promise<Data>;
}

interface Context extends VendorHttpOptions {
  readonly timeouts: VendorTimeouts;
  readonly dispatcher: Dispatcher;
  /** One permit: bodies with pictures are built and sent one at a time. */
  readonly uploads: Semaphore;
}

interface FailureDetails extends ErrorAnswer {
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

export function createVendorHttp(options: VendorHttpOptions): VendorHttp {
  const timeouts = options.timeouts ?? DEFAULT_TIMEOUTS;
  const context: Context = {
    ...options,
    timeouts,
    dispatcher:
      options.dispatcher ??
      createDispatcher(NO_PROXY, { connect: { timeout: timeouts.connectMs } }),
    uploads: new Semaphore(1),
  };
  return { request: (request) => converse(context, request) };
}

async function converse<Data>(context: Context, request: VendorRequest<Data>): Promise<Data> {
  const release = await acquireUpload(context, request);
  try {
    const upload = await uploadFor(context, request, release);
    return read(context, request, await call(context, request, upload));
  } finally {
    release();
  }
}

async function acquireUpload(
  context: Context,
  request: VendorRequest<unknown>,
): Promise<() => void> {
  if (request.largeJson === undefined) return () => undefined;
  try {
    return await context.uploads.acquire(request.signal);
  } catch (cause) {
    const code = 'ABORTED';
    throw failure(context, request, { kind: 'unavailable', code, isDefinite: true, cause });
  }
}

async function uploadFor(
  context: Context,
  request: VendorRequest<unknown>,
  onHanded: () => void,
): Promise<Upload | undefined> {
  if (request.largeJson === undefined) {
    return request.json === undefined
      ? undefined
      : createUpload(encodeJson(request.json), onHanded);
  }
  try {
    return createUpload(encodeJson(await request.largeJson()), onHanded);
  } catch (cause) {
    if (cause instanceof VendorError) throw cause;
    const kind = 'input-unreadable';
    throw failure(context, request, { kind, isDefinite: true, cause });
  }
}

async function call(
  context: Context,
  request: VendorRequest<unknown>,
  upload: Upload | undefined,
): Promise<Answer> {
  const { vendor, timeouts, logger, clock } = context;
  const { operation, method, signal } = request;
  const startedMs = clock.now();
  const answer = await exchange({
    url: urlOf(context, request),
    method,
    headers: context.headers,
    upload,
    signal,
    wholeMs: operation === 'create' ? timeouts.createMs : timeouts.otherMs,
    silenceMs: timeouts.silenceMs,
    maxAnswerBytes: context.maxAnswerBytes ?? DEFAULT_MAX_ANSWER_BYTES,
    dispatcher: context.dispatcher,
  });
  const ms = clock.now() - startedMs;
  if ('failure' in answer) {
    logger.debug({ vendor, operation, code: answer.failure.code, ms }, 'vendor call failed');
    throw failure(context, request, answer.failure);
  }
  logger.debug({ vendor, operation, status: answer.status, ms }, 'vendor answered');
  return answer;
}

function urlOf(context: Context, request: VendorRequest<unknown>): URL {
  const { baseUrl } = context;
  const { origin } = new URL(baseUrl);
  const url = new URL(
    (request.from === 'origin' ? origin : baseUrl.replace(/\/+$/, '')) + request.path,
  );
  // Whatever the path contains, the key must go to the vendor only.
  if (url.origin !== origin) {
    throw failure(context, request, {
      kind: 'bad-response',
      code: 'FOREIGN_URL',
      isDefinite: true,
    });
  }
  for (const [name, value] of request.query ?? []) url.searchParams.append(name, value);
  return url;
}

function read<Data>(context: Context, request: VendorRequest<Data>, answer: Answer): Data {
  const { status } = answer;
  const body = parseJson(answer.text);
  const parsed = isSuccess(status) ? request.schema.safeParse(body) : undefined;
  if (parsed?.success === true) return parsed.data;
  const refusal = context.mapError({ operation: request.operation, status, body });
  if (parsed === undefined || refusal.kind !== 'bad-response') {
    const waitMs = retryAfterMs(answer.retryAfter, context.clock.now());
    const stated = refusal.status ?? status;
    throw failure(context, request, { ...refusal, status: stated, retryAfterMs: waitMs });
  }
  // The status is a success, so the task may exist although the answer is unreadable.
  const cause = new Error(withoutKeys(context, z.prettifyError(parsed.error)));
  const code = 'ANSWER_UNREADABLE';
  throw failure(context, request, { kind: 'bad-response', code, isDefinite: false, status, cause });
}

function failure(
  context: Context,
  request: VendorRequest<unknown>,
  { kind, code, isDefinite, status, retryAfterMs: waitMs, cause }: FailureDetails,
): VendorError {
  return new VendorError({
    vendor: context.vendor,
    operation: request.operation,
    kind,
    isDefinite,
    ...(code === undefined ? {} : { code: withoutKeys(context, code) }),
    ...(status === undefined ? {} : { status }),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Redacts keys, because a vendor may echo what we sent. */
function withoutKeys(context: Context, text: string): string {
  const keys = Object.values(context.headers).flatMap((value) => value.split(' ').slice(-1));
  return keys.reduce((clean, key) => clean.replaceAll(key, '…'), text);
}
