/**
 * Reads the boxes of an MP4 or MOV file (ISO/IEC 14496-12). The file is untrusted: every size is checked
 * against the actual bytes, and no count in the file controls a loop or an allocation. (The npm libraries
 * for this build whole sample tables first; see docs/decisions.)
 */
import { UntrustedContentError } from '../../errors.ts';
import type { ByteSource } from './byte-source.ts';

/** The description of a ten-minute video has a few hundred kilobytes. */
export const MAX_DESCRIPTION_BYTES = 16 * 1024 * 1024;
/** Half a minute in fragments of one frame each has about 7,000 boxes. */
const MAX_TOP_LEVEL_BOXES = 10_000;
/** Real boxes contain a few dozen; without a limit, 16 MB of empty ones would take seconds. */
const MAX_BOXES_IN_ONE = 1000;
const BOX_HEADER_BYTES = 8;
const LARGE_BOX_HEADER_BYTES = 16;

export interface Box {
  readonly type: string;
  readonly content: Buffer;
}

/** The position of a box in its file. */
export interface BoxPlace {
  readonly type: string;
  /** From the start of the file. */
  readonly offset: number;
  readonly headerBytes: number;
  /** The stated size including the header; a size of 0 means to the end of the file. */
  readonly boxBytes: number;
  /** Whether the file contains the whole box. Only the last box can be incomplete. */
  readonly isWhole: boolean;
}

/**
 * Yields the top-level boxes, reading only their headers. Stops at the end of the file, after a box that
 * exceeds it, or before bytes that cannot be a box.
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

/** @throws UntrustedContentError when the box is too large or incomplete */
export async function readBox(source: ByteSource, place: BoxPlace): Promise<Buffer> {
  const { offset, headerBytes, boxBytes, isWhole } = place;
  if (!isWhole) throw unreadableVideo('it is cut short');
  if (boxBytes > MAX_DESCRIPTION_BYTES) throw unreadableVideo('its description is too large');
  return source.read(offset + headerBytes, boxBytes - headerBytes);
}

/**
 * Returns the content of the first `moov`.
 *
 * @throws UntrustedContentError
 */
export async function readDescription(source: ByteSource): Promise<Buffer> {
  for await (const place of topLevelBoxes(source)) {
    if (place.type === 'moov') return readBox(source, place);
  }
  throw unreadableVideo('it has no description');
}

/** Parses a box header. For an invalid one, `boxBytes` is less than `headerBytes`. */
export function sizesIn(header: Buffer, available: number) {
  const type = header.toString('latin1', 4, 8);
  const size = header.readUInt32BE(0);
  // 0: to the end. 1: a 64-bit size follows the type.
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

/** Returns the content of the first box at the path of types. */
export function findBox(bytes: Buffer, path: readonly string[]): Buffer | undefined {
  let content: Buffer | undefined = bytes;
  for (const type of path) {
    content = content && boxesIn(content).find((box) => box.type === type)?.content;
  }
  return content;
}

/** Returns the version of a "full" box, which determines the offsets of its fields. */
export function versionOf(box: Buffer): 0 | 1 {
  return box.readUInt8(0) === 1 ? 1 : 0;
}

export function unreadableVideo(reason: string, cause?: Error): UntrustedContentError {
  return new UntrustedContentError(
    `The video cannot be read: ${reason}`,
    cause === undefined ? {} : { cause },
  );
}
