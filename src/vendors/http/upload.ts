import { Readable } from 'node:stream';

import type { Bytes } from './body.ts';

/** A request body on its way out. */
export interface Upload {
  readonly byteLength: number;
  readonly stream: Readable;
  /** False as long as some of the body is still here: the receiver cannot have the whole request. */
  isWhollyHanded(): boolean;
}

const PIECE_BYTES = 256 * 1024;

/**
 * Sends bytes in pieces, so that it is known when the last has left: the answer may take minutes.
 *
 * @param onHanded called once the last piece has been handed to the socket, or sending was given up
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
      // Before the yield: from then on the last piece may be on the wire.
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
