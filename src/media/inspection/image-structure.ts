/**
 * Whether a picture's file is whole, from its framing alone: no pixel is decoded, nothing is
 * allocated by what a header claims. Each check is one pass over the file at most.
 */
import type { ByteSource } from '../formats/byte-source.ts';
import { bmpHeader } from '../formats/pictures/bmp.ts';
import { pngHeader, webpHeader } from '../formats/pictures/chunks.ts';
import { gifHeader } from '../formats/pictures/gif.ts';
import { jpegHeader } from '../formats/pictures/jpeg.ts';
import { tiffHeader } from '../formats/pictures/tiff.ts';
import type { ImageType } from './image-limits.ts';

/** HEIF keeps its description in front; phones write some kilobytes of it. */
const HEIF_HEADER_BYTES = 64 * 1024;

/**
 * Returns a small header that tells the dimensions, for a reader that may scan all it is given, or
 * undefined when the file is cut short or its framing is broken. TIFF and HEIF have no end mark: of
 * them only a missing directory shows.
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
