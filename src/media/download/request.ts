/**
 * Sends a request to an untrusted URL: checks every hop, limits the time, and sends no credentials or
 * other data.
 */
import type { LookupFunction } from 'node:net';

import { request as send, type Dispatcher } from 'undici';

import { SECOND, type Clock } from '../../clock.ts';
import { createDispatcher, NO_PROXY, type ProxySettings } from '../../dispatcher.ts';
import type { Logger } from '../../logger.ts';
import { DownloadError } from './download-error.ts';
import { toSafeResponse, translatedFailure, type SafeResponse } from './response.ts';
import {
  checkDownloadUrl,
  publicOnlyLookup,
  RefusedAddressError,
  shownUrl,
  type DownloadKind,
} from './url-rules.ts';

const MAX_REDIRECTS = 3;
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Timeout without data before or during an answer, independent of the total timeout. */
const IDLE_TIMEOUT_MS = 20 * SECOND;
const CONNECT_TIMEOUT_MS = 10 * SECOND;

export interface DownloadRequestDependencies {
  readonly trustedHosts: {
    /** `DISCORD_CDN_HOSTS`, as `host` or `host:port`: the only hosts for kind `attachment`. */
    readonly attachments: readonly string[];
    /** `VIDEO_HOSTS`: allowed for kind `result` in addition to all public hosts. */
    readonly videos: readonly string[];
  };
  /** The proxy resolves host names; see docs/decisions/. */
  readonly proxy?: ProxySettings | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The DNS lookup; the system's by default. */
  readonly lookup?: LookupFunction | undefined;
  /** Timeout without data, in milliseconds. */
  readonly idleTimeoutMs?: number | undefined;
}

export interface SafeRequest {
  readonly kind: DownloadKind;
  /** Limit for the whole file, even when only part of it is requested. */
  readonly maxBytes: number;
  /** From the call to the last byte of the body. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Requests the file from this byte on. The answer may still start at 0. */
  readonly rangeFromByte?: number | undefined;
  /** With `rangeFromByte`: the `validator` of the first answer, so that two versions are never mixed. */
  readonly ifStill?: string | undefined;
}

/**
 * @throws RefusedAddressError when the URL, a redirect or a resolved address breaks a rule
 * @throws UntrustedContentError when the file is too large
 * @throws DownloadError when the server is slow, unreachable or answers with an error
 * @throws the reason of `signal` when it aborts
 */
export type SendSafeRequest = (url: string, request: SafeRequest) => Promise<SafeResponse>;

export function createSafeRequests({
  trustedHosts,
  proxy = NO_PROXY,
  clock,
  logger,
  lookup,
  idleTimeoutMs = IDLE_TIMEOUT_MS,
}: DownloadRequestDependencies): {
  readonly sendSafeRequest: SendSafeRequest;
  close(): Promise<void>;
} {
  // Two pools, so that a connection to a listed host is never reused for another host.
  const pool = (connect: { lookup?: LookupFunction }): Dispatcher =>
    createDispatcher(proxy, {
      headersTimeout: idleTimeoutMs,
      bodyTimeout: idleTimeoutMs,
      connectTimeout: CONNECT_TIMEOUT_MS,
      connect: { timeout: CONNECT_TIMEOUT_MS, ...connect },
    });
  const listedPool = pool(lookup === undefined ? {} : { lookup });
  const publicPool = pool({ lookup: publicOnlyLookup(lookup) });

  /** Follows redirects manually, because each target is an untrusted URL like the first. */
  const follow = async (
    first: string,
    request: SafeRequest,
    signal: AbortSignal,
  ): Promise<{ answer: Dispatcher.ResponseData; url: URL }> => {
    const hosts = request.kind === 'attachment' ? trustedHosts.attachments : trustedHosts.videos;
    let url = parsedUrl(first);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const { isListed } = checkDownloadUrl(url, request.kind, hosts);
      const dispatcher = isListed ? listedPool : publicPool;
      const answer = await send(url, { dispatcher, signal, headers: headersFor(request) });
      // Without a listener, an error of an unread body would end the process.
      answer.body.on('error', () => undefined);
      const { location } = answer.headers;
      if (!REDIRECT_STATUSES.has(answer.statusCode) || typeof location !== 'string') {
        return { answer, url };
      }
      answer.body.destroy();
      logger.debug({ url: shownUrl(url), status: answer.statusCode }, 'redirected');
      url = parsedUrl(location, url);
    }
    const reason = `more than ${MAX_REDIRECTS} redirects led to it`;
    throw new RefusedAddressError(shownUrl(url), reason);
  };

  return {
    async sendSafeRequest(text, request) {
      const deadline = startDeadline(clock, request, text);
      try {
        const { answer, url } = await follow(text, request, deadline.signal);
        return toSafeResponse(answer, url, { ...request, onEnd: deadline.end });
      } catch (error) {
        deadline.end();
        const subject = subjectOf(text);
        throw translatedFailure(error, { subject, signal: request.signal, wasAnswered: false });
      }
    },
    async close() {
      await Promise.all([listedPool.destroy(), publicPool.destroy()]);
    },
  };
}

/** Aborts `signal` after the request's timeout, unless `end` was called first. */
function startDeadline(
  clock: Clock,
  { timeoutMs, signal }: SafeRequest,
  text: string,
): { readonly signal: AbortSignal; end(): void } {
  const ended = new AbortController();
  const late = new AbortController();
  // Cannot reject: a clock's sleep also resolves when it is aborted.
  void clock.sleep(timeoutMs, ended.signal).then(() => {
    if (ended.signal.aborted) return;
    late.abort(new DownloadError({ subject: subjectOf(text), failure: 'timeout' }));
  });
  return {
    signal: signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]),
    end: () => ended.abort(),
  };
}

/** Asks for an uncompressed body. Bodies are never decompressed, which defuses decompression bombs. */
function headersFor({ rangeFromByte, ifStill }: SafeRequest): Record<string, string> {
  const headers: Record<string, string> = { accept: '*/*', 'accept-encoding': 'identity' };
  if (rangeFromByte === undefined || rangeFromByte === 0) return headers;
  headers['range'] = `bytes=${rangeFromByte}-`;
  if (ifStill !== undefined) headers['if-range'] = ifStill;
  return headers;
}

function parsedUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (url !== null) return url;
  throw new RefusedAddressError('A link', 'it is not a web address');
}

/** Returns a URL for display, or a placeholder for invalid text. */
export function subjectOf(text: string): string {
  const url = URL.parse(text);
  return url === null ? 'a link' : shownUrl(url);
}
