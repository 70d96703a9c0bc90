/**
 * The one place where vendors are spoken to: time-outs, size limits, reading, redaction and the
 * logging of calls. Adapters bring paths, bodies, schemas and the meaning of error answers. Nothing
 * here retries, and no redirect is followed (our key would go along).
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
  /** The whole of a create: up to 64 MB go out before an answer can come. */
  readonly createMs: number;
  /** The whole of any other call. */
  readonly otherMs: number;
  /** The longest silence in the midst of an answer. */
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

/** An answer that is not a success, as its dialect reads it. */
export interface ErrorAnswer {
  readonly kind: VendorErrorKind;
  /** The vendor's own code, if it sent one. */
  readonly code?: string | undefined;
  /** Whether this answer proves that the vendor did not do what was asked. */
  readonly isDefinite: boolean;
  /** The status that the answer itself names, where HTTP says success. */
  readonly status?: number | undefined;
}

export interface ErrorCall {
  readonly operation: VendorOperation;
  readonly status: number;
  /** The parsed JSON, or undefined when there was none that could be read. */
  readonly body: unknown;
}

/** @returns `bad-response` for a success in which nothing says that it is an error */
export type MapError = (call: ErrorCall) => ErrorAnswer;

export interface VendorHttpOptions {
  readonly vendor: string;
  readonly baseUrl: string;
  /** Sent with each request: the credentials. */
  readonly headers: Readonly<Record<string, string>>;
  readonly mapError: MapError;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly timeouts?: VendorTimeouts | undefined;
  readonly maxAnswerBytes?: number | undefined;
  /** Where connections come from; direct ones by default. */
  readonly dispatcher?: Dispatcher | undefined;
}

export interface VendorRequest<Data> {
  readonly operation: VendorOperation;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With a leading slash; below the base URL unless `from` says otherwise. */
  readonly path: string;
  /** `origin`: the path is the vendor's own word and stands below the scheme and host of the base URL. */
  readonly from?: 'base' | 'origin' | undefined;
  readonly query?: ReadonlyArray<readonly [name: string, value: string]> | undefined;
  readonly json?: unknown;
  /** Instead of `json`, for bodies with pictures: built only when no other such body is on its way. */
  readonly largeJson?: (() => Promise<unknown>) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly schema: z.ZodType<Data>;
}

export interface VendorHttp {
  /** @throws VendorError and nothing else; neither it nor its causes hold a key, a prompt or a body. */
  request<Data>(request: VendorRequest<Data>): Promise<Data>;
}

interface Context extends VendorHttpOptions {
  readonly timeouts: VendorTimeouts;
  readonly dispatcher: Dispatcher;
  /** Of one slot: bodies with pictures are built and sent one after the other. */
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
  // Whatever a path is made of, the key goes to nobody but the vendor.
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
  // The vendor said yes, so the task may exist, whatever it wrote about it.
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

/** A vendor may echo what we sent, the key as well. */
function withoutKeys(context: Context, text: string): string {
  const keys = Object.values(context.headers).flatMap((value) => value.split(' ').slice(-1));
  return keys.reduce((clean, key) => clean.replaceAll(key, '…'), text);
}
