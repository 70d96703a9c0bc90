/**
 * The boxes an MP4 or MOV file is made of (ISO/IEC 14496-12). The file comes from outside: every
 * size is checked against what is there, and no count in it makes us loop or allocate. The npm
 * libraries for this build whole sample tables first: docs/decisions/0018-read-media-files-with-our-own-code.md.
 */
import { UntrustedContentError } from '../../errors.ts';
import type { ByteSource } from './byte-source.ts';

/** A ten-minute video's description has some hundred kilobytes. */
export const MAX_DESCRIPTION_BYTES = 16 * 1024 * 1024;
/** Half a minute in fragments of one frame each has about 7,000. */
const MAX_TOP_LEVEL_BOXES = 10_000;
/** Real boxes hold some dozen; without a bound, 16 MB of empty ones would cost seconds. */
const MAX_BOXES_IN_ONE = 1000;
const BOX_HEADER_BYTES = 8;
const LARGE_BOX_HEADER_BYTES = 16;

export interface Box {
  readonly type: string;
  readonly content: Buffer;
}

/** Where a box lies in its file. */
export interface BoxPlace {
  readonly type: string;
  /** From the start of the file. */
  readonly offset: number;
  readonly headerBytes: number;
  /** With its header, as its size field states it; to the end of the file where that is 0. */
  readonly boxBytes: number;
  /** Whether the file holds all of it. Only the last one can lack something. */
  readonly isWhole: boolean;
}

/**
 * The boxes of the file itself, found by going from size to size; nothing else is read. Ends at the
 * end of the file, behind a box that reaches out of it, or before bytes that cannot be a box.
 *
 * @throws UntrustedContentError when there are too many
 */
export async function* topLevelBoxes(source: ByteSource): AsyncGenerator<BoxPlace> {
  let offset = 0;
  for (let count = 0; ; count += 1) {
    const header = await source.read(offset, LARGE_BOX_HEADER_BYTES);
    if (header.length < BOX_HEADER_BYTES) return;
    if (count === MAX_TOP_LEVEL_BOXES) throw unreadableVideo('it has too many boxes');
    const available = source.byteLength - offset;
    const { type, headerBytes, boxBytes } = sizesIn(header, available);
    if (boxBytes < headerBytes) return;
    const isWhole = boxBytes <= available;
    yield { type, offset, headerBytes, boxBytes, isWhole };
    if (!isWhole) return;
    offset += boxBytes;
  }
}

/** @throws UntrustedContentError when it is too large, or not whole */
export async function readBox(source: ByteSource, place: BoxPlace): Promise<Buffer> {
  const { offset, headerBytes, boxBytes, isWhole } = place;
  if (!isWhole) throw unreadableVideo('it is cut short');
  if (boxBytes > MAX_DESCRIPTION_BYTES) throw unreadableVideo('its description is too large');
  return source.read(offset + headerBytes, boxBytes - headerBytes);
}

/**
 * The content of the first `moov`.
 *
 * @throws UntrustedContentError
 */
export async function readDescription(source: ByteSource): Promise<Buffer> {
  for await (const place of topLevelBoxes(source)) {
    if (place.type === 'moov') return readBox(source, place);
  }
  throw unreadableVideo('it has no description');
}

/** What a header states; fewer bytes for the box than for the header where it is none. */
export function sizesIn(header: Buffer, available: number) {
  const type = header.toString('latin1', 4, 8);
  const size = header.readUInt32BE(0);
  // 0: to the end. 1: the size has 64 bits and follows the type.
  if (size !== 1) {
    return { type, headerBytes: BOX_HEADER_BYTES, boxBytes: size === 0 ? available : size };
  }
  const isWhole = header.length >= LARGE_BOX_HEADER_BYTES;
  const boxBytes = isWhole ? Number(header.readBigUInt64BE(8)) : 0;
  return { type, headerBytes: LARGE_BOX_HEADER_BYTES, boxBytes };
}

/** @throws UntrustedContentError when there are too many; RangeError when one is out of bounds */
export function* boxesIn(bytes: Buffer): Generator<Box> {
  let rest = bytes;
  for (let count = 0; rest.length >= BOX_HEADER_BYTES; count += 1) {
    if (count === MAX_BOXES_IN_ONE) throw unreadableVideo('it has too many boxes');
    const { type, headerBytes, boxBytes } = sizesIn(rest, rest.length);
    if (boxBytes < headerBytes || boxBytes > rest.length) {
      throw new RangeError('box out of bounds');
    }
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
