import { Readable } from 'node:stream';

import type { Bytes } from './body.ts';

/** A request body that is being sent. */
export interface Upload {
  readonly byteLength: number;
  readonly stream: Readable;
  /** Returns false while part of the body is unsent, so that the receiver cannot have the whole request. */
  isWhollyHanded(): boolean;
}

const PIECE_BYTES = 256 * 1024;

/**
 * Streams a body in pieces and detects when the last one is sent, because the answer may take minutes.
 *
 * @param onHanded called when the last piece was passed to the socket, or sending was abandoned
 */
export function createUpload(body: Bytes, onHanded: () => void): Upload {
  let isWhollyHanded = false;

  async function* pieces(): AsyncGenerator<Uint8Array> {
    let held: Uint8Array | undefined;
    try {
      for await (const piece of inPieces(body)) {
        if (held !== undefined) yield held;
        held = piece;
      }
      // Set before the yield, after which the last piece may be sent.
      isWhollyHanded = true;
      if (held !== undefined) yield held;
    } finally {
      onHanded();
    }
  }

  return {
    byteLength: body.byteLength,
    stream: Readable.from(pieces(), { objectMode: true, highWaterMark: 1 }),
    isWhollyHanded: () => isWhollyHanded,
  };
}

async function* inPieces(body: Bytes): AsyncGenerator<Uint8Array> {
  for await (const chunk of body.chunks()) {
    for (let at = 0; at < chunk.byteLength; at += PIECE_BYTES) {
      yield chunk.subarray(at, at + PIECE_BYTES);
    }
  }
}
