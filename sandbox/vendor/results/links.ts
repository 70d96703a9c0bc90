/** URLs of finished files that look and behave like signed object-storage links. */
import { createHmac, randomBytes } from 'node:crypto';

import type { Answer, Exchange } from '../exchange.ts';

/** BytePlus ModelArk: result links live 24 hours and serve 100 downloads. */
const MAX_DOWNLOADS = 100;
export const VIDEO_URL_LIFE_MS = 24 * 60 * 60 * 1_000;

export class Links {
  readonly #secret = randomBytes(16);
  readonly #origin: string;
  readonly #lifeMs: number;

  constructor(origin: string, lifeMs: number) {
    this.#origin = origin;
    this.#lifeMs = lifeMs;
  }

  /** @param fromMs the start of the link’s life: the task’s success. */
  sign(path: string, fromMs: number): string {
    const query = new URLSearchParams({
      'X-Tos-Algorithm': 'TOS4-HMAC-SHA256',
      'X-Tos-Credential': 'AKLTsandbox/20250101/ap-southeast-1/tos/request',
      'X-Tos-Date': new Date(fromMs).toISOString().replaceAll(/[-:]|\.\d+/gu, ''),
      'X-Tos-Expires': String(Math.ceil(this.#lifeMs / 1_000)),
      'X-Tos-Signature': this.#signature(path, fromMs),
      'X-Tos-SignedHeaders': 'host',
    });
    return `${this.#origin}${path}?${query.toString()}`;
  }

  /** The refusal for a link that is wrong, used up or expired. */
  refusal(exchange: Exchange, link: { fromMs: number; downloads: number }): Answer | undefined {
    const { url, headers, nowMs } = exchange;
    if (headers.authorization !== undefined) {
      // As in object storage: a signed link and a key are two credentials at once.
      return denyLink(400, 'InvalidArgument', 'Only one auth mechanism is allowed.');
    }
    if (url.searchParams.get('X-Tos-Signature') !== this.#signature(url.pathname, link.fromMs)) {
      return denyLink(403, 'SignatureDoesNotMatch', 'The request signature does not match.');
    }
    if (nowMs >= link.fromMs + this.#lifeMs) {
      return denyLink(403, 'AccessDenied', 'Request has expired.');
    }
    if (link.downloads > MAX_DOWNLOADS) {
      return denyLink(403, 'AccessDenied', 'The number of downloads is exhausted.');
    }
    return undefined;
  }

  #signature(path: string, fromMs: number): string {
    return createHmac('sha256', this.#secret).update(`${path}\n${fromMs}`).digest('hex');
  }
}

export function denyLink(status: number, code: string, message: string): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ Code: code, Message: message }),
  };
}

/** A file, or the part that a `Range` header requests. */
export function fileAnswer(file: Buffer, contentType: string, range: string | undefined): Answer {
  const headers = { 'content-type': contentType, 'accept-ranges': 'bytes' };
  const asked = /^bytes=(?<first>\d*)-(?<last>\d*)$/u.exec(range ?? '')?.groups;
  if (asked === undefined) return { status: 200, headers, body: file };
  const { first = '', last = '' } = asked;
  const start = first === '' ? Math.max(0, file.length - Number(last)) : Number(first);
  const end =
    first === '' || last === '' ? file.length - 1 : Math.min(Number(last), file.length - 1);
  if (start > end) {
    const nothing = { ...headers, 'content-range': `bytes */${file.length}` };
    return { status: 416, headers: nothing, body: '' };
  }
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${start}-${end}/${file.length}` },
    body: file.subarray(start, end + 1),
  };
}
