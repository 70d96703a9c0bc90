/**
 * Inspects a picture's bytes before any credits are held or anything is sent: its type by content, its
 * sides from the header, and the vendors' limits. Pixels are never decoded.
 */
import { fileTypeFromBuffer } from 'file-type';
import { imageSize } from 'image-size';

import { UserError } from '../../errors.ts';
import { text, type Text } from '../../text/text.ts';
import { withByteSource, type ByteSource, type FileOrBytes } from '../formats/byte-source.ts';
import { tiffHeader } from '../formats/pictures/tiff.ts';
import {
  BASE_IMAGE_TYPES,
  MAX_RATIO_TENTHS,
  MAX_SIDE_PIXELS,
  MIN_RATIO_TENTHS,
  MIN_SIDE_PIXELS,
  type ImageType,
} from './image-limits.ts';
import { headerOfWholeFile } from './image-structure.ts';
import { fileText, kindOf, megabytes } from './refusal-text.ts';

/**
 * Exclusive limit per picture. The vendors say "30 MB" without defining the unit; decimal megabytes are
 * the stricter reading.
 */
export const MAX_IMAGE_BYTES = 30_000_000;
/** Limit for all pictures of one request, whose body contains them as base64. */
const MAX_IMAGE_BYTES_TOGETHER = 45_000_000;

const TYPE_NAMES: Readonly<Record<ImageType, string>> = {
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'image/webp': 'WebP',
  'image/bmp': 'BMP',
  'image/tiff': 'TIFF',
  'image/gif': 'GIF',
  'image/heic': 'HEIC',
  'image/heif': 'HEIF',
};
const SNIFF_BYTES = 4100;
/** EXIF orientations 5 to 8 rotate by 90 degrees: the stored width is the displayed height. */
const FIRST_TURNED_ORIENTATION = 5;
/** Signatures of types that file-type does not report for truncated files. */
const STARTS: readonly { type: ImageType; start: readonly number[] }[] = [
  { type: 'image/png', start: [0x89, 0x50, 0x4e, 0x47] },
  { type: 'image/tiff', start: [0x49, 0x49, 0x2a, 0] },
  { type: 'image/tiff', start: [0x4d, 0x4d, 0, 0x2a] },
];

/** Facts from the bytes. Sides are in pixels, as displayed. */
export interface ImageFacts {
  readonly mimeType: ImageType;
  readonly width: number;
  readonly height: number;
  readonly byteLength: number;
}

export interface InspectImageOptions {
  /** The member's name for the picture, such as `media:firstFrame`. */
  readonly label: Text;
  /** The name of the member's file; untrusted, for display only. */
  readonly fileName?: string | undefined;
  /** The types that the model accepts; defaults to the six base types. */
  readonly allowedTypes?: readonly ImageType[] | undefined;
}

/**
 * @throws UserError for any invalid bytes, naming the picture, the problem and the fix; otherwise only
 *   file system errors
 */
export async function inspectImage(
  file: FileOrBytes,
  { label, fileName, allowedTypes = BASE_IMAGE_TYPES }: InspectImageOptions,
): Promise<ImageFacts> {
  return withByteSource(file, async (source) => {
    const { byteLength } = source;
    checkByteLength(label, byteLength);
    const mimeType = await pictureType(source, { label, fileName, allowedTypes });
    const { width, height } = await sides(source, mimeType, label);
    checkSides(label, width, height);
    return { mimeType, width, height, byteLength };
  });
}

/** @throws UserError when the pictures of one request are too large together */
export function checkTogether(pictures: readonly Pick<ImageFacts, 'byteLength'>[]): void {
  const total = pictures.reduce((sum, picture) => sum + picture.byteLength, 0);
  if (total <= MAX_IMAGE_BYTES_TOGETHER) return;
  throw new UserError(
    text('media:picturesTooLarge', {
      size: megabytes(total),
      most: megabytes(MAX_IMAGE_BYTES_TOGETHER),
    }),
  );
}

/** Checks both the size that Discord declares, before the download, and the actual size. */
function checkByteLength(file: Text, byteLength: number): void {
  if (byteLength === 0) throw new UserError(text('media:empty', { file }));
  if (byteLength < MAX_IMAGE_BYTES) return;
  throw new UserError(
    text('media:pictureTooLarge', {
      file,
      size: megabytes(byteLength),
      most: megabytes(MAX_IMAGE_BYTES),
    }),
  );
}

async function pictureType(
  source: ByteSource,
  {
    label: file,
    fileName,
    allowedTypes,
  }: { label: Text; fileName: string | undefined; allowedTypes: readonly ImageType[] },
): Promise<ImageType> {
  const bytes = await source.read(0, SNIFF_BYTES);
  const sniffed = await sniff(source, bytes);
  // An animated PNG is a valid PNG for readers that do not know the extension.
  const mime = sniffed === 'image/apng' ? 'image/png' : sniffed;
  const allowed = allowedTypes.find((type) => type === mime);
  if (allowed !== undefined) return allowed;

  const types = { anyOf: allowedTypes.map((type) => TYPE_NAMES[type]) };
  if (mime?.startsWith('image/') === true) {
    const type = mime.replace(/^image\/(?:x-|vnd\.)?/, '').toUpperCase();
    throw new UserError(text('media:pictureType', { file, type, types }));
  }
  throw new UserError(
    text('media:notPicture', {
      file,
      name: fileText(fileName),
      kind: kindOf(mime, bytes),
      types,
    }),
  );
}

async function sniff(source: ByteSource, bytes: Buffer): Promise<string | undefined> {
  const start = STARTS.find((one) => one.start.every((byte, at) => bytes[at] === byte));
  // A camera's raw picture starts like a TIFF; only its directory distinguishes it.
  const header = start?.type === 'image/tiff' ? await tiffHeader(source) : bytes;
  try {
    const found = await fileTypeFromBuffer(header ?? bytes);
    if (found !== undefined) return found.mime;
  } catch {
    // The library's parsers throw on broken files; the type is then unknown.
  }
  return start?.type;
}

async function sides(
  source: ByteSource,
  mimeType: ImageType,
  file: Text,
): Promise<{ width: number; height: number }> {
  const header = await headerOfWholeFile(mimeType, source);
  const size = header === undefined ? undefined : sizeInHeader(header);
  if (size === undefined) {
    throw new UserError(text('media:damaged', { file, type: TYPE_NAMES[mimeType] }));
  }
  return size;
}

function sizeInHeader(header: Uint8Array): { width: number; height: number } | undefined {
  try {
    const { width, height, orientation = 1 } = imageSize(header);
    if (!isSide(width) || !isSide(height)) return undefined;
    const isTurned = orientation >= FIRST_TURNED_ORIENTATION && orientation <= 8;
    return isTurned ? { width: height, height: width } : { width, height };
  } catch {
    // The reader throws TypeError and RangeError on headers that point outside the file.
    return undefined;
  }
}

function isSide(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

function checkSides(file: Text, width: number, height: number): void {
  const isTooSmall = Math.min(width, height) < MIN_SIDE_PIXELS;
  if (isTooSmall || Math.max(width, height) > MAX_SIDE_PIXELS) {
    throw new UserError(
      text('media:pictureSides', {
        file,
        width,
        height,
        least: MIN_SIDE_PIXELS,
        most: MAX_SIDE_PIXELS,
      }),
    );
  }
  const isTooTall = width * 10 <= height * MIN_RATIO_TENTHS;
  if (isTooTall || width * 10 >= height * MAX_RATIO_TENTHS) {
    const [least, most] = [MIN_RATIO_TENTHS / 10, MAX_RATIO_TENTHS / 10];
    const values = { file, width, height, least, most };
    throw new UserError(text(isTooTall ? 'media:pictureTooTall' : 'media:pictureTooWide', values));
  }
}
