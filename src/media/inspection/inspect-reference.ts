/**
 * Inspects the bytes of a reference video or sound before any credits are held or anything is sent: its
 * type by content, its sides, frame rate and length, and the vendors' limits. Nothing is decoded: only a
 * video's descriptive boxes or a sound's frame headers are read.
 */
import { UntrustedContentError, UserError } from '../../errors.ts';
import { text, type Text } from '../../text/text.ts';
import { withByteSource, type ByteSource, type FileOrBytes } from '../formats/byte-source.ts';
import { measureVideo, type MeasuredVideo } from '../formats/mp4/measure-video.ts';
import { UnmeasurableVideoError } from '../formats/mp4/unmeasurable.ts';
import { videoFacts, type VideoFacts } from '../formats/probe-video.ts';
import { mp3Seconds } from '../formats/sounds/mp3.ts';
import { wavSeconds } from '../formats/sounds/wav.ts';
import {
  MAX_REFERENCE_AUDIO_BYTES,
  MAX_REFERENCE_VIDEO_BYTES,
  type ReferenceLimits,
} from './reference-limits.ts';
import {
  checkHiddenSeconds,
  checkReferenceFrames,
  checkReferenceSeconds,
  checkReferenceSides,
  checkReferenceSize,
  foundSound,
  foundType,
  wrongType,
} from './reference-rules.ts';

const SNIFF_BYTES = 4100;
const MILLISECONDS = 1000;
const MICROSECONDS = 1_000_000;

/** Keyed by the usual file extension of the content. */
const VIDEO_TYPES: Readonly<Record<string, ReferenceVideoType>> = {
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  mov: 'video/quicktime',
};
const AUDIO_TYPES: Readonly<Record<string, ReferenceAudioType>> = {
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
};
const AUDIO_READERS = {
  'audio/wav': { name: 'WAV', secondsOf: wavSeconds },
  'audio/mpeg': { name: 'MP3', secondsOf: mp3Seconds },
} as const;
const VIDEO = {
  otherType: 'media:videoType',
  otherKind: 'media:notVideo',
  mimePrefix: 'video/',
} as const;
const AUDIO = {
  otherType: 'media:soundType',
  otherKind: 'media:notSound',
  mimePrefix: 'audio/',
} as const;

export type ReferenceVideoType = 'video/mp4' | 'video/quicktime';
export type ReferenceAudioType = 'audio/wav' | 'audio/mpeg';

export interface ReferenceVideoFacts {
  readonly mimeType: ReferenceVideoType;
  readonly byteLength: number;
  /** Pixels, as shown. */
  readonly width: number;
  readonly height: number;
  /** Average frame rate. */
  readonly framesPerSecond: number;
  /** The length that a player shows, to a microsecond; the limits apply to it. */
  readonly seconds: number;
  /**
   * The maximum length that a vendor could bill, in whole milliseconds rounded up, for the amount to hold.
   * More than `seconds` if a track is longer than the part that a player shows.
   */
  readonly billableMs: number;
  readonly hasAudio: boolean;
}

export interface ReferenceAudioFacts {
  readonly mimeType: ReferenceAudioType;
  readonly byteLength: number;
  readonly seconds: number;
}

export interface InspectReferenceOptions {
  /** The member's name for the file, such as `media:referenceVideo`. */
  readonly label: Text;
  /** The name of the member's file; untrusted, for display only. */
  readonly fileName?: string | undefined;
  /** The model's limits. */
  readonly limits: ReferenceLimits;
}

/**
 * @throws UserError for any invalid bytes, naming the video, the problem and the fix; otherwise only file
 *   system errors
 */
export async function inspectReferenceVideo(
  file: FileOrBytes,
  { label, fileName, limits }: InspectReferenceOptions,
): Promise<ReferenceVideoFacts> {
  return withByteSource(file, async (source) => {
    checkReferenceSize(label, source.byteLength, MAX_REFERENCE_VIDEO_BYTES);
    const bytes = await source.read(0, SNIFF_BYTES);
    const found = await foundType(bytes);
    const mimeType = VIDEO_TYPES[found.extension ?? ''];
    if (mimeType === undefined) throw wrongType({ label, fileName, bytes }, found, VIDEO);

    const { facts, measured } = await readVideo(source, label);
    const { width, height, hasAudio } = facts;
    const { framesPerSecond } = measured;
    const seconds = toMicroseconds(measured.seconds) / MICROSECONDS;
    checkReferenceSides(label, width, height);
    checkReferenceFrames(label, framesPerSecond);
    checkReferenceSeconds(label, seconds, limits);
    checkHiddenSeconds(label, measured, limits);
    const billableMs = Math.ceil(toMicroseconds(measured.longestSeconds) / MILLISECONDS);
    const { byteLength } = source;
    return { mimeType, byteLength, width, height, framesPerSecond, seconds, billableMs, hasAudio };
  });
}

/** @throws like `inspectReferenceVideo` */
export async function inspectReferenceAudio(
  file: FileOrBytes,
  { label, fileName, limits }: InspectReferenceOptions,
): Promise<ReferenceAudioFacts> {
  return withByteSource(file, async (source) => {
    const { byteLength } = source;
    checkReferenceSize(label, byteLength, MAX_REFERENCE_AUDIO_BYTES);
    const found = await foundSound(source);
    const mimeType = AUDIO_TYPES[found.extension ?? ''];
    if (mimeType === undefined) {
      throw wrongType({ label, fileName, bytes: await source.read(0, SNIFF_BYTES) }, found, AUDIO);
    }

    const { name, secondsOf } = AUDIO_READERS[mimeType];
    const seconds = await secondsOf(source);
    if (seconds === undefined) throw damaged(label, name);
    checkReferenceSeconds(label, seconds, limits);
    return { mimeType, byteLength, seconds };
  });
}

/** Rounds to microseconds, because fractions of ticks are inexact: 4 s must not become 4001 ms. */
function toMicroseconds(seconds: number): number {
  return Math.round(seconds * MICROSECONDS);
}

async function readVideo(
  source: ByteSource,
  file: Text,
): Promise<{ facts: VideoFacts; measured: MeasuredVideo }> {
  try {
    const measured = await measureVideo(source);
    return { facts: videoFacts(measured.description), measured };
  } catch (error) {
    if (error instanceof UnmeasurableVideoError) {
      throw new UserError(text('media:lengthUnclear', { file }), { cause: error });
    }
    if (!(error instanceof UntrustedContentError)) throw error;
    throw damaged(file, text('media:typeVideo'), error);
  }
}

function damaged(file: Text, type: Text | string, cause?: Error): UserError {
  return new UserError(text('media:damaged', { file, type }), cause === undefined ? {} : { cause });
}
