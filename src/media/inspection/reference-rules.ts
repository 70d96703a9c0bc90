/** Checks reference videos and sounds against the limits, and builds the refusals. */
import { fileTypeFromBuffer } from 'file-type';

import { UserError } from '../../errors.ts';
import type { TextKey } from '../../text/resources.ts';
import { text, type Text } from '../../text/text.ts';
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

/** The detected type of a file; empty if unknown. */
export interface FoundType {
  /** The usual file extension, without the dot. */
  readonly extension?: string | undefined;
  readonly mime?: string | undefined;
}

/** The expected kind of a refused file, and its refusals. */
export interface Wanted {
  /** Refusal of the right kind of file with an unsupported type. */
  readonly otherType: TextKey;
  /** Refusal of another kind of file. */
  readonly otherKind: TextKey;
  /** Prefix of the MIME types of the right kind: "video/". */
  readonly mimePrefix: string;
}

const SNIFF_BYTES = 4100;
const WAV: FoundType = { extension: 'wav', mime: 'audio/wav' };
const MP3: FoundType = { extension: 'mp3', mime: 'audio/mpeg' };

/** Detects the type by content. Never throws. */
export async function foundType(bytes: Uint8Array): Promise<FoundType> {
  try {
    const found = await fileTypeFromBuffer(bytes);
    if (found !== undefined) return { extension: found.ext, mime: found.mime };
  } catch {
    // The library's parsers throw on broken files; the type is then unknown.
  }
  return Buffer.from(bytes.subarray(0, 3)).toString('latin1') === 'ID3' ? MP3 : {};
}

/** Detects the type of a sound by content, even after tags and other bytes that are not sound. */
export async function foundSound(source: ByteSource): Promise<FoundType> {
  if (await isWav(source)) return WAV;
  const start = await afterTags(source);
  const found = await foundType(await source.read(start, SNIFF_BYTES));
  if (found.extension !== undefined) return found;
  return start > 0 || (await isMp3(source)) ? MP3 : {};
}

export function wrongType(
  {
    label: file,
    fileName,
    bytes,
  }: { label: Text; fileName: string | undefined; bytes: Uint8Array },
  { extension, mime }: FoundType,
  { otherType, otherKind, mimePrefix }: Wanted,
): UserError {
  if (extension !== undefined && mime?.startsWith(mimePrefix) === true) {
    return new UserError(text(otherType, { file, type: extension.toUpperCase() }));
  }
  return new UserError(
    text(otherKind, { file, name: fileText(fileName), kind: kindOf(mime, bytes) }),
  );
}

/**
 * Checks both the size that Discord declares, before the download, and the actual size.
 *
 * @throws UserError
 */
export function checkReferenceSize(file: Text, byteLength: number, maxBytes: number): void {
  if (byteLength === 0) throw new UserError(text('media:empty', { file }));
  if (byteLength <= maxBytes) return;
  throw new UserError(
    text('media:clipTooLarge', { file, size: megabytes(byteLength), most: megabytes(maxBytes) }),
  );
}

/** @throws UserError */
export function checkReferenceSides(file: Text, width: number, height: number): void {
  const isTooSmall = Math.min(width, height) < MIN_REFERENCE_SIDE_PIXELS;
  if (!isTooSmall && Math.max(width, height) <= MAX_REFERENCE_SIDE_PIXELS) return;
  throw new UserError(
    text('media:videoSides', {
      file,
      width,
      height,
      least: MIN_REFERENCE_SIDE_PIXELS,
      most: MAX_REFERENCE_SIDE_PIXELS,
    }),
  );
}

/**
 * Checks the frame rate rounded to one decimal, so that the film rate 23.976 counts as 24.
 *
 * @throws UserError
 */
export function checkReferenceFrames(file: Text, framesPerSecond: number): void {
  const rate = Math.round(framesPerSecond * 10) / 10;
  const [least, most] = [MIN_REFERENCE_FRAMES_PER_SECOND, MAX_REFERENCE_FRAMES_PER_SECOND];
  if (rate >= least && rate <= most) return;
  throw new UserError(text('media:videoFrames', { file, rate, least, most }));
}

/** @throws UserError */
export function checkReferenceSeconds(
  file: Text,
  seconds: number,
  { minSeconds: least, maxSeconds: most }: ReferenceLimits,
): void {
  const isTooShort = seconds < least - LENGTH_SLACK_SECONDS;
  if (!isTooShort && seconds <= most + LENGTH_SLACK_SECONDS) return;
  // Rounded away from the limit, so that the shown value is never within it.
  const shown = isTooShort ? Math.floor(seconds * 10) / 10 : Math.ceil(seconds * 10) / 10;
  const values = { file, seconds: shown, least, most };
  throw new UserError(text(isTooShort ? 'media:clipTooShort' : 'media:clipTooLong', values));
}

/**
 * Checks the length including parts that are not played. A vendor that counts them would refuse the file
 * or bill more than its maximum length.
 *
 * @throws UserError
 */
export function checkHiddenSeconds(
  file: Text,
  { seconds, longestSeconds }: { seconds: number; longestSeconds: number },
  { maxSeconds }: ReferenceLimits,
): void {
  if (longestSeconds <= maxSeconds + LENGTH_SLACK_SECONDS) return;
  const toTenths = (length: number) => Math.ceil(length * 10) / 10;
  throw new UserError(
    text('media:hiddenSeconds', {
      file,
      played: toTenths(seconds),
      held: toTenths(longestSeconds),
      most: maxSeconds,
    }),
  );
}
