/**
 * What an MP4 file is, from its description box alone, without ffmpeg. The file comes from outside:
 * every size is checked against what is there, and no count in it makes us loop or allocate. (The
 * npm libraries for this build whole sample tables first: a header of 20 bytes can cost gigabytes.)
 */
import { open, type FileHandle } from 'node:fs/promises';

import { UntrustedContentError } from '../errors.ts';

/** A ten-minute video's description has some hundred kilobytes. */
const MAX_DESCRIPTION_BYTES = 16 * 1024 * 1024;
const MAX_TOP_LEVEL_BOXES = 1000;
const BOX_HEADER_BYTES = 8;
const LARGE_BOX_HEADER_BYTES = 16;
/** Where the fields of ISO/IEC 14496-12 lie in a box's content, by the box's version. */
const TIMESCALE_OFFSETS = [12, 20] as const;
const TKHD_WIDTH_OFFSETS = [76, 88] as const;
const SIXTEEN_FRACTION_BITS = 65_536;

export interface VideoFacts {
  /** Pixels, as shown. */
  readonly width: number;
  readonly height: number;
  /** Undefined for a file in fragments that does not say. */
  readonly seconds: number | undefined;
  readonly hasAudio: boolean;
  /** The four letters of the video's coding: `avc1` for H.264, `hvc1` or `hev1` for H.265. */
  readonly codec: string;
}

interface Box {
  readonly type: string;
  readonly content: Buffer;
}

/** @throws UntrustedContentError when the file is not an MP4 with a video in it */
export async function probeVideo(path: string): Promise<VideoFacts> {
  await using file = await open(path, 'r');
  try {
    return factsOf(await readDescription(file));
  } catch (error) {
    // Reads outside a box end as RangeError; all else is an error of the disk.
    if (!(error instanceof RangeError)) throw error;
    throw unreadable('a box of it is broken', error);
  }
}

/** Goes from box to box by their sizes until `moov`; nothing else is read. */
async function readDescription(file: FileHandle): Promise<Buffer> {
  const { size: fileBytes } = await file.stat();
  let offset = 0;
  for (let count = 0; count < MAX_TOP_LEVEL_BOXES; count += 1) {
    const header = await readAt(file, offset, Math.min(LARGE_BOX_HEADER_BYTES, fileBytes - offset));
    if (header.length < BOX_HEADER_BYTES) throw unreadable('it has no description');
    const { type, headerBytes, boxBytes } = boxHeader(header, fileBytes - offset);
    if (type === 'moov') {
      if (boxBytes > MAX_DESCRIPTION_BYTES) throw unreadable('its description is too large');
      return readAt(file, offset + headerBytes, boxBytes - headerBytes);
    }
    offset += boxBytes;
  }
  throw unreadable('it has no description');
}

async function readAt(file: FileHandle, position: number, byteLength: number): Promise<Buffer> {
  const buffer = Buffer.alloc(Math.max(byteLength, 0));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
  return buffer.subarray(0, bytesRead);
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

function boxesIn(bytes: Buffer): Box[] {
  const boxes: Box[] = [];
  let rest = bytes;
  while (rest.length >= BOX_HEADER_BYTES) {
    const { type, headerBytes, boxBytes } = boxHeader(rest, rest.length);
    boxes.push({ type, content: rest.subarray(headerBytes, boxBytes) });
    rest = rest.subarray(boxBytes);
  }
  return boxes;
}

/** The first box found by going down the path of types. */
function find(bytes: Buffer, path: readonly string[]): Buffer | undefined {
  let content: Buffer | undefined = bytes;
  for (const type of path) {
    content = content && boxesIn(content).find((box) => box.type === type)?.content;
  }
  return content;
}

function factsOf(description: Buffer): VideoFacts {
  const tracks = boxesIn(description).filter((box) => box.type === 'trak');
  const video = tracks.find((track) => trackKind(track) === 'vide')?.content;
  const codec = video && find(video, ['mdia', 'minf', 'stbl', 'stsd'])?.toString('latin1', 12, 16);
  const header = video && find(video, ['tkhd']);
  if (codec === undefined || codec.length !== 4 || header === undefined) {
    throw unreadable('there is no video in it');
  }
  const widthOffset = TKHD_WIDTH_OFFSETS[versionOf(header)];
  return {
    width: Math.round(header.readUInt32BE(widthOffset) / SIXTEEN_FRACTION_BITS),
    height: Math.round(header.readUInt32BE(widthOffset + 4) / SIXTEEN_FRACTION_BITS),
    seconds: secondsOf(description),
    hasAudio: tracks.some((track) => trackKind(track) === 'soun'),
    codec,
  };
}

function trackKind(track: Box): string | undefined {
  return find(track.content, ['mdia', 'hdlr'])?.toString('latin1', 8, 12);
}

/** A file in fragments states no length in its header, but may in `mehd`. */
function secondsOf(description: Buffer): number | undefined {
  const header = find(description, ['mvhd']);
  if (header === undefined) return undefined;
  const timescaleOffset = TIMESCALE_OFFSETS[versionOf(header)];
  const timescale = header.readUInt32BE(timescaleOffset);
  const extended = find(description, ['mvex', 'mehd']);
  const duration =
    knownDuration(header, timescaleOffset + 4) ?? (extended && knownDuration(extended, 4));
  return duration === undefined || timescale === 0 ? undefined : duration / timescale;
}

/** 0 and all ones both mean "not known". */
function knownDuration(box: Buffer, offset: number): number | undefined {
  const isLong = versionOf(box) === 1;
  const duration = isLong ? Number(box.readBigUInt64BE(offset)) : box.readUInt32BE(offset);
  const isKnown = duration !== 0 && duration !== (isLong ? 2 ** 64 : 2 ** 32 - 1);
  return isKnown ? duration : undefined;
}

function versionOf(box: Buffer): 0 | 1 {
  return box.readUInt8(0) === 1 ? 1 : 0;
}

function unreadable(reason: string, cause?: Error): UntrustedContentError {
  return new UntrustedContentError(
    `The video cannot be read: ${reason}`,
    cause === undefined ? {} : { cause },
  );
}
