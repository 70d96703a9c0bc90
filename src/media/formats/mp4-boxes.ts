/**
 * The boxes an MP4 or MOV file is made of (ISO/IEC 14496-12). The file comes from outside: every
 * size is checked against what is there, and no count in it makes us loop or allocate. (The npm
 * libraries for this build whole sample tables first: a header of 20 bytes can cost gigabytes.)
 */
import { UntrustedContentError } from '../../errors.ts';
import type { ByteSource } from './byte-source.ts';

/** A ten-minute video's description has some hundred kilobytes. */
const MAX_DESCRIPTION_BYTES = 16 * 1024 * 1024;
const MAX_TOP_LEVEL_BOXES = 1000;
/** Real boxes hold some dozen; without a bound, 16 MB of empty ones would cost seconds. */
const MAX_BOXES_IN_ONE = 1000;
const BOX_HEADER_BYTES = 8;
const LARGE_BOX_HEADER_BYTES = 16;

export interface Box {
  readonly type: string;
  readonly content: Buffer;
}

/**
 * The content of `moov`: goes from box to box by their sizes until there; nothing else is read.
 *
 * @throws UntrustedContentError, or RangeError when a box would reach out of the file
 */
export async function readDescription(source: ByteSource): Promise<Buffer> {
  let offset = 0;
  for (let count = 0; count < MAX_TOP_LEVEL_BOXES; count += 1) {
    const header = await source.read(offset, LARGE_BOX_HEADER_BYTES);
    if (header.length < BOX_HEADER_BYTES) throw unreadableVideo('it has no description');
    const { type, headerBytes, boxBytes } = boxHeader(header, source.byteLength - offset);
    if (type === 'moov') {
      if (boxBytes > MAX_DESCRIPTION_BYTES) throw unreadableVideo('its description is too large');
      return source.read(offset + headerBytes, boxBytes - headerBytes);
    }
    offset += boxBytes;
  }
  throw unreadableVideo('it has no description');
}

/** @throws RangeError when the box would not fit into the `available` bytes */
function boxHeader(bytes: Buffer, available: number) {
  const type = bytes.toString('latin1', 4, 8);
  const size = bytes.readUInt32BE(0);
  // 0: to the end. 1: the size has 64 bits and follows the type.
  const isLarge = size === 1;
  const boxBytes = isLarge ? Number(bytes.readBigUInt64BE(8)) : size === 0 ? available : size;
  const headerBytes = isLarge ? LARGE_BOX_HEADER_BYTES : BOX_HEADER_BYTES;
  if (boxBytes < headerBytes || boxBytes > available) throw new RangeError('box out of bounds');
  return { type, headerBytes, boxBytes };
}

/** @throws UntrustedContentError when there are too many; RangeError when one is out of bounds */
export function* boxesIn(bytes: Buffer): Generator<Box> {
  let rest = bytes;
  for (let count = 0; rest.length >= BOX_HEADER_BYTES; count += 1) {
    if (count === MAX_BOXES_IN_ONE) throw unreadableVideo('it has too many boxes');
    const { type, headerBytes, boxBytes } = boxHeader(rest, rest.length);
    yield { type, content: rest.subarray(headerBytes, boxBytes) };
    rest = rest.subarray(boxBytes);
  }
}

/** The first box found by going down the path of types. */
export function findBox(bytes: Buffer, path: readonly string[]): Buffer | undefined {
  let content: Buffer | undefined = bytes;
  for (const type of path) {
    content = content && boxesIn(content).find((box) => box.type === type)?.content;
  }
  return content;
}

/** The version of a "full" box, which decides where its fields lie. */
export function versionOf(box: Buffer): 0 | 1 {
  return box.readUInt8(0) === 1 ? 1 : 0;
}

export function unreadableVideo(reason: string, cause?: Error): UntrustedContentError {
  return new UntrustedContentError(
    `The video cannot be read: ${reason}`,
    cause === undefined ? {} : { cause },
  );
}
