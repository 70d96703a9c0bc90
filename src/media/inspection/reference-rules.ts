/** The rules a reference video or sound must keep, and the sentences for those that do not. */
import { fileTypeFromBuffer } from 'file-type';

import { UserError } from '../../errors.ts';
import type { ByteSource } from '../formats/byte-source.ts';
import { afterTags, isMp3 } from '../formats/sounds/mp3.ts';
import { isWav } from '../formats/sounds/wav.ts';
import {
  LENGTH_SLACK_SECONDS,
  MAX_REFERENCE_FRAMES_PER_SECOND,
  MAX_REFERENCE_SIDE_PIXELS,
  MIN_REFERENCE_FRAMES_PER_SECOND,
  MIN_REFERENCE_SIDE_PIXELS,
  type ReferenceLimits,
} from './reference-limits.ts';
import { fileText, kindOf, megabytes } from './refusal-text.ts';

/** The way out of a file whose length cannot be known. */
export const EXPORT_AGAIN = 'Re-export the clip as an ordinary MP4 and send the new file.';

/** What a file was found to be; nothing where that is not known. */
export interface FoundType {
  /** The usual ending of its name, without the dot. */
  readonly extension?: string | undefined;
  readonly mime?: string | undefined;
}

/** What a refused file should have been. */
export interface Wanted {
  /** What it is a file of: "a video". */
  readonly noun: string;
  /** "an MP4 or MOV video" */
  readonly types: string;
  /** What begins the type of any file of that noun: "video/". */
  readonly mimePrefix: string;
}

const SNIFF_BYTES = 4100;
const WAV: FoundType = { extension: 'wav', mime: 'audio/wav' };
const MP3: FoundType = { extension: 'mp3', mime: 'audio/mpeg' };

/** The type by content. Never throws. */
export async function foundType(bytes: Uint8Array): Promise<FoundType> {
  try {
    const found = await fileTypeFromBuffer(bytes);
    if (found !== undefined) return { extension: found.ext, mime: found.mime };
  } catch {
    // Its parsers give up on broken files by throwing: that file has no type they know.
  }
  return Buffer.from(bytes.subarray(0, 3)).toString('latin1') === 'ID3' ? MP3 : {};
}

/** The type of a sound by content, also behind tags and other bytes that are no sound. */
export async function foundSound(source: ByteSource): Promise<FoundType> {
  if (await isWav(source)) return WAV;
  const start = await afterTags(source);
  const found = await foundType(await source.read(start, SNIFF_BYTES));
  if (found.extension !== undefined) return found;
  return start > 0 || (await isMp3(source)) ? MP3 : {};
}

export function wrongType(
  {
    subject,
    fileName,
    bytes,
  }: { subject: string; fileName: string | undefined; bytes: Uint8Array },
  { extension, mime }: FoundType,
  { noun, types, mimePrefix }: Wanted,
): UserError {
  if (extension !== undefined && mime?.startsWith(mimePrefix) === true) {
    return new UserError(
      `${subject} is ${noun} of the type ${extension.toUpperCase()}; send ${types}.`,
    );
  }
  return new UserError(
    `${subject} is not ${noun}: ${fileText(fileName)} holds ${kindOf(mime, bytes)}; send ${types}.`,
  );
}

/**
 * For the size that Discord states, before anything is downloaded, and for the real one.
 *
 * @throws UserError
 */
export function checkReferenceSize(subject: string, byteLength: number, maxBytes: number): void {
  if (byteLength === 0) throw new UserError(`${subject} is empty: the file has no bytes.`);
  if (byteLength <= maxBytes) return;
  throw new UserError(
    `${subject} has ${megabytes(byteLength)} MB; at most ${megabytes(maxBytes)} MB are possible.`,
  );
}

/** @throws UserError */
export function checkReferenceSides(subject: string, width: number, height: number): void {
  const isTooSmall = Math.min(width, height) < MIN_REFERENCE_SIDE_PIXELS;
  if (!isTooSmall && Math.max(width, height) <= MAX_REFERENCE_SIDE_PIXELS) return;
  throw new UserError(
    `${subject} is ${width} × ${height} pixels; each side must be ${MIN_REFERENCE_SIDE_PIXELS} to ${MAX_REFERENCE_SIDE_PIXELS} pixels, as from 480p to 4k.`,
  );
}

/**
 * Counted to one decimal: the 23.976 of films counts as 24.
 *
 * @throws UserError
 */
export function checkReferenceFrames(subject: string, framesPerSecond: number): void {
  const rounded = Math.round(framesPerSecond * 10) / 10;
  const [least, most] = [MIN_REFERENCE_FRAMES_PER_SECOND, MAX_REFERENCE_FRAMES_PER_SECOND];
  if (rounded >= least && rounded <= most) return;
  throw new UserError(
    `${subject} has ${rounded} frames a second; ${least} to ${most} are possible. Convert it to 30.`,
  );
}

/** @throws UserError */
export function checkReferenceSeconds(
  subject: string,
  seconds: number,
  { minSeconds, maxSeconds }: ReferenceLimits,
): void {
  const isTooShort = seconds < minSeconds - LENGTH_SLACK_SECONDS;
  if (!isTooShort && seconds <= maxSeconds + LENGTH_SLACK_SECONDS) return;
  // Rounded away from the limit, so that it never reads as if it were within.
  const shown = isTooShort ? Math.floor(seconds * 10) / 10 : Math.ceil(seconds * 10) / 10;
  throw new UserError(
    `${subject} lasts ${shown} s; ${minSeconds} to ${maxSeconds} s are possible. ${isTooShort ? 'Send a longer one' : 'Cut it'}.`,
  );
}

/**
 * A vendor that takes the part that is not played into account would refuse the file, or bill for
 * more than the longest one it takes.
 *
 * @throws UserError
 */
export function checkHiddenSeconds(
  subject: string,
  { seconds, longestSeconds }: { seconds: number; longestSeconds: number },
  { maxSeconds }: ReferenceLimits,
): void {
  if (longestSeconds <= maxSeconds + LENGTH_SLACK_SECONDS) return;
  const [played, held] = [seconds, longestSeconds].map((length) => Math.ceil(length * 10) / 10);
  throw new UserError(
    `${subject} plays ${played} s but holds ${held} s; at most ${maxSeconds} s are possible. ${EXPORT_AGAIN}`,
  );
}
