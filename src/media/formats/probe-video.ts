/** Reads the properties of an MP4 or MOV file from its description, without ffmpeg or decoding. */
import { withByteSource } from './byte-source.ts';
import {
  boxesIn,
  findBox,
  readDescription,
  unreadableVideo,
  versionOf,
  type Box,
} from './mp4-boxes.ts';
import { presentedSeconds } from './mp4-times.ts';
import { soundCoding, type SoundCoding } from './sound-coding.ts';
import { codedSize, videoCoding, type VideoCoding } from './video-coding.ts';

/** Offset of the sides in `tkhd`, by the box's version. */
const TKHD_WIDTH_OFFSETS = [76, 88] as const;
/** Offset of the matrix, whose first two numbers tell whether it rotates. */
const TKHD_MATRIX_OFFSETS = [40, 52] as const;
const SIXTEEN_FRACTION_BITS = 65_536;

export interface VideoFacts extends VideoCoding {
  /** Pixels, as shown. */
  readonly width: number;
  readonly height: number;
  /** The length that a player shows. Undefined for a fragmented file that does not state it. */
  readonly seconds: number | undefined;
  readonly hasAudio: boolean;
  /** Coding of the first sound track, which players use. */
  readonly sound: SoundCoding | undefined;
}

/** @throws UntrustedContentError when the file is not an MP4 with a video in it */
export async function probeVideo(path: string): Promise<VideoFacts> {
  return withByteSource({ path }, async (source) => videoFacts(await readDescription(source)));
}

/** @param description the content of `moov` @throws like `probeVideo` */
export function videoFacts(description: Buffer): VideoFacts {
  try {
    return factsIn(description);
  } catch (error) {
    // Reads outside a box throw RangeError; anything else is a bug.
    if (!(error instanceof RangeError)) throw error;
    throw unreadableVideo('a box of it is broken', error);
  }
}

function factsIn(description: Buffer): VideoFacts {
  const tracks = [...boxesIn(description)].filter((box) => box.type === 'trak');
  const video = tracks.find((track) => trackKind(track) === 'vide')?.content;
  const coding = video && findBox(video, ['mdia', 'minf', 'stbl', 'stsd']);
  const header = video && findBox(video, ['tkhd']);
  if (video === undefined || coding === undefined || header === undefined) {
    throw unreadableVideo('there is no video in it');
  }
  const sound = tracks.find((track) => trackKind(track) === 'soun')?.content;
  const soundDescriptions = sound && findBox(sound, ['mdia', 'minf', 'stbl', 'stsd']);
  return {
    ...videoCoding(coding),
    ...shownSize(header, coding),
    seconds: presentedSeconds(description),
    hasAudio: sound !== undefined,
    sound: soundDescriptions && soundCoding(soundDescriptions),
  };
}

function shownSize(header: Buffer, coding: Buffer): { width: number; height: number } {
  const offset = TKHD_WIDTH_OFFSETS[versionOf(header)];
  const width = Math.round(header.readUInt32BE(offset) / SIXTEEN_FRACTION_BITS);
  const height = Math.round(header.readUInt32BE(offset + 4) / SIXTEEN_FRACTION_BITS);
  if (!(width > 0 && height > 0)) return codedSize(coding);
  return isTurned(header) ? { width: height, height: width } : { width, height };
}

/** Returns whether the matrix rotates the video by 90 degrees, as phones do for portrait videos. */
function isTurned(header: Buffer): boolean {
  const offset = TKHD_MATRIX_OFFSETS[versionOf(header)];
  const [a, b] = [header.readInt32BE(offset), header.readInt32BE(offset + 4)];
  return a === 0 && b !== 0;
}

function trackKind(track: Box): string | undefined {
  return findBox(track.content, ['mdia', 'hdlr'])?.toString('latin1', 8, 12);
}
