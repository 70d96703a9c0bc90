/**
 * Checks whether a picture's file is complete, from its structure alone: no pixel is decoded, and no
 * allocation depends on a header. Each check is at most one pass over the file.
 */
import type { ByteSource } from '../formats/byte-source.ts';
import { bmpHeader } from '../formats/pictures/bmp.ts';
import { pngHeader, webpHeader } from '../formats/pictures/chunks.ts';
import { gifHeader } from '../formats/pictures/gif.ts';
import { jpegHeader } from '../formats/pictures/jpeg.ts';
import { tiffHeader } from '../formats/pictures/tiff.ts';
import type { ImageType } from './image-limits.ts';

/** HEIF has its metadata at the start; phones write a few kilobytes. */
const HEIF_HEADER_BYTES = 64 * 1024;

/**
 * Returns a small header with the dimensions, for a reader that may scan all its input, or undefined if
 * the file is truncated or its structure broken. TIFF and HEIF have no end marker, so truncation shows
 * only as a missing TIFF directory.
 */
export async function headerOfWholeFile(
  type: ImageType,
  source: ByteSource,
): Promise<Uint8Array | undefined> {
  switch (type) {
    case 'image/png':
      return pngHeader(source);
    case 'image/jpeg':
      return jpegHeader(source);
    case 'image/gif':
      return gifHeader(source);
    case 'image/webp':
      return webpHeader(source);
    case 'image/bmp':
      return bmpHeader(source);
    case 'image/tiff':
      return tiffHeader(source);
    case 'image/heic':
    case 'image/heif':
      return source.read(0, HEIF_HEADER_BYTES);
  }
}
