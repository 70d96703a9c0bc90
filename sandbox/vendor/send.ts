/** Ways to send a response: complete, half, or endless. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { Answer } from './exchange.ts';

export function sendWhole(response: ServerResponse, { status, headers, body }: Answer): void {
  const length = Buffer.byteLength(body);
  response.writeHead(status, { ...headers, 'content-length': String(length) }).end(body);
}

/** States the full length and sends half. */
export function sendHalf(
  response: ServerResponse,
  { status, headers, body }: Answer,
  then?: () => void,
): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': String(bytes.length) });
  response.write(bytes.subarray(0, bytes.length / 2), then);
}

/** States no length and sends half as if complete: in chunks, with a regular end (RFC 9112, 7.1). */
export function sendUnsizedHalf(response: ServerResponse, { status, headers, body }: Answer): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'transfer-encoding': 'chunked' });
  response.end(bytes.subarray(0, bytes.length / 2));
}

const CHUNK = Buffer.alloc(1024 * 1024, ' ');
const MAX_CHUNKS = 256;

/** Sends spaces (which JSON allows before a document) until the reader disconnects. */
export async function sendEndlessly(response: ServerResponse, { status, headers }: Answer) {
  response.writeHead(status, headers);
  await pipeline(Readable.from(Array.from({ length: MAX_CHUNKS }, () => CHUNK)), response);
}
