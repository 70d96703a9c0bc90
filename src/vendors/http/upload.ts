import { Readable } from 'node:stream';

/** A request body on its way out. */
export interface Upload {
  readonly byteLength: number;
  readonly stream: Readable;
  /** False as long as some of the body is still here: the receiver cannot have the whole request. */
  isWhollyHanded(): boolean;
}

const PIECE_BYTES = 256 * 1024;

/**
 * Sends bytes in pieces, so that it is known when the last has left and the memory can go: a body
 * with pictures weighs up to 64 MB, and its answer may take minutes.
 *
 * @param onHanded called once the last piece has been handed to the socket, or sending was given up
 */
export function createUpload(bytes: Buffer, onHanded: () => void): Upload {
  const byteLength = bytes.byteLength;
  let rest = bytes;
  let isWhollyHanded = false;

  async function* pieces(): AsyncGenerator<Buffer> {
    try {
      while (rest.byteLength > PIECE_BYTES) {
        const piece = rest.subarray(0, PIECE_BYTES);
        rest = rest.subarray(PIECE_BYTES);
        yield piece;
      }
      // Before the yield: from then on the last piece may be on the wire.
      isWhollyHanded = true;
      yield rest;
    } finally {
      rest = Buffer.alloc(0);
      onHanded();
    }
  }

  return {
    byteLength,
    stream: Readable.from(pieces(), { objectMode: true, highWaterMark: 1 }),
    isWhollyHanded: () => isWhollyHanded,
  };
}
