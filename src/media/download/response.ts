/** Reads an untrusted answer: parses its headers defensively and enforces the size limit on its body. */
import type { Dispatcher } from 'undici';

import { UntrustedContentError } from '../../errors.ts';
import { DownloadError } from './download-error.ts';
import { shownUrl } from './url-rules.ts';

const TIMEOUT_CODES: ReadonlySet<unknown> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

export interface SafeResponse {
  readonly status: 200 | 206;
  /** As sent by the server; untrusted. */
  readonly contentType: string | undefined;
  /** The stated length of the body, if any. */
  readonly byteLength: number | undefined;
  /** The stated length of the whole file, if any. */
  readonly totalBytes: number | undefined;
  /** The position in the file where the body starts; undefined for a part that does not state it. */
  readonly startsAtByte: number | undefined;
  /** A strong ETag, else the modification date: tells whether a later answer is the same file. */
  readonly validator: string | undefined;
  /** Read it to the end, break out of the loop, or call `cancel`. Throws what the request throws. */
  readonly body: AsyncIterable<Uint8Array>;
  cancel(): void;
}

export interface ResponseLimits {
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** Called once when the body has ended or was cancelled. */
  readonly onEnd: () => void;
}

/**
 * @throws DownloadError for every status without a file
 * @throws UntrustedContentError when the stated size is too large
 */
export function toSafeResponse(
  { statusCode: status, headers, body }: Dispatcher.ResponseData,
  url: URL,
  { maxBytes, signal, onEnd }: ResponseLimits,
): SafeResponse {
  const subject = shownUrl(url);
  if (status !== 200 && status !== 206) {
    body.destroy();
    throw new DownloadError({ subject, failure: 'status', status });
  }
  const byteLength = wholeNumber(single(headers['content-length']));
  const range =
    status === 206
      ? contentRange(single(headers['content-range']))
      : { from: 0, total: byteLength };
  const tooLarge = new UntrustedContentError(
    `${subject} is not fetched: it is larger than the ${maxBytes} bytes allowed`,
  );
  if (Math.max(range.total ?? 0, (range.from ?? 0) + (byteLength ?? 0)) > maxBytes) {
    body.destroy();
    throw tooLarge;
  }
  const cancel = (): void => {
    onEnd();
    body.destroy();
  };

  async function* read(): AsyncGenerator<Uint8Array> {
    let position = range.from ?? 0;
    try {
      const chunks: AsyncIterable<Uint8Array> = body;
      for await (const chunk of chunks) {
        position += chunk.byteLength;
        if (position > maxBytes) throw tooLarge;
        yield chunk;
      }
    } catch (error) {
      throw translatedFailure(error, { subject, signal, wasAnswered: true });
    } finally {
      cancel();
    }
  }
  return {
    status,
    contentType: single(headers['content-type']),
    byteLength,
    totalBytes: range.total,
    startsAtByte: range.from,
    validator: validatorOf(single(headers['etag']), single(headers['last-modified'])),
    body: { [Symbol.asyncIterator]: read },
    cancel,
  };
}

/** Returns our own errors and the caller's abort reason unchanged; wraps anything else as a DownloadError. */
export function translatedFailure(
  error: unknown,
  {
    subject,
    signal,
    wasAnswered,
  }: { subject: string; signal: AbortSignal | undefined; wasAnswered: boolean },
): unknown {
  if (signal?.aborted === true) return signal.reason;
  if (error instanceof UntrustedContentError || error instanceof DownloadError) return error;
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  const failure = TIMEOUT_CODES.has(code) ? 'timeout' : 'connection';
  return new DownloadError({ subject, failure, wasAnswered, cause: error });
}

function contentRange(text: string | undefined): {
  from: number | undefined;
  total: number | undefined;
} {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(text ?? '');
  return { from: wholeNumber(match?.[1]), total: wholeNumber(match?.[2]) };
}

function validatorOf(etag: string | undefined, modified: string | undefined): string | undefined {
  // A weak ETag does not guarantee the same bytes and must not be sent in If-Range (RFC 9110, 13.1.5).
  return etag !== undefined && !etag.startsWith('W/') ? etag : modified;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Treats a repeated header as absent. */
function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
