/**
 * Whether a picture's file is whole, from its framing alone: no pixel is decoded, nothing is
 * allocated by what a header claims. Each check is one pass over the file at most.
 */
import type { ImageType } from './image-limits.ts';

const PNG_SIGNATURE_BYTES = 8;
/** Length, type and checksum around each PNG chunk's data. */
const PNG_CHUNK_FRAME_BYTES = 12;
/** "IEND" */
const PNG_END = 0x49_45_4e_44;
const JPEG_FRAME_HEADERS = new Set([
  0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf,
]);
const JPEG_START_OF_SCAN = 0xda;
const GIF_TRAILER = 0x3b;
/** HEIF keeps its description in front; phones write some kilobytes of it. */
const HEIF_HEADER_BYTES = 64 * 1024;

/**
 * Returns the part of the file that holds its dimensions, for a reader that may scan all it is
 * given, or undefined when the file is cut short or its framing is broken. TIFF and HEIF have no end
 * mark: of them only a missing directory shows, when it is read.
 */
export function headerOfWholeFile(type: ImageType, bytes: Uint8Array): Uint8Array | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type) {
    case 'image/png':
      return pngHasEnd(file) ? file : undefined;
    case 'image/jpeg':
      return jpegHeader(file);
    case 'image/gif':
      return gifHasEnd(file) ? file : undefined;
    case 'image/webp':
      return holds(file, 4, 8) ? file : undefined;
    case 'image/bmp':
      // Some programs leave the size field 0; a smaller one only means bytes appended.
      return holds(file, 2, 0) ? file : undefined;
    case 'image/tiff':
      return file;
    case 'image/heic':
    case 'image/heif':
      return file.subarray(0, HEIF_HEADER_BYTES);
  }
}

/** Whether as many bytes are there as the size field at `offset` and `uncounted` more. */
function holds(file: Buffer, offset: number, uncounted: number): boolean {
  return file.length >= offset + 4 && file.readUInt32LE(offset) + uncounted <= file.length;
}

/** Walks the chunks to IEND. What follows it is nobody's business, as decoders see it too. */
function pngHasEnd(file: Buffer): boolean {
  let offset = PNG_SIGNATURE_BYTES;
  while (offset + PNG_CHUNK_FRAME_BYTES <= file.length) {
    if (file.readUInt32BE(offset + 4) === PNG_END) return true;
    offset += PNG_CHUNK_FRAME_BYTES + file.readUInt32BE(offset);
  }
  return false;
}

/**
 * Walks the segments to the first scan and looks for the end mark behind it. The thumbnail inside a
 * photo's EXIF block has an end mark of its own, and phones append video behind the picture's, so
 * neither "anywhere" nor "in the last bytes" would do. Inside a scan the mark cannot occur by chance.
 */
function jpegHeader(file: Buffer): Buffer | undefined {
  let offset = 2;
  let headerEnd: number | undefined;
  while (offset + 4 <= file.length && file[offset] === 0xff) {
    const marker = file.readUInt8(offset + 1);
    const segmentEnd = offset + 2 + file.readUInt16BE(offset + 2);
    if (JPEG_FRAME_HEADERS.has(marker)) headerEnd ??= segmentEnd;
    if (marker === JPEG_START_OF_SCAN) {
      const isWhole = file.indexOf(Buffer.of(0xff, 0xd9), segmentEnd) !== -1;
      return isWhole && headerEnd !== undefined ? file.subarray(0, headerEnd) : undefined;
    }
    offset = segmentEnd;
  }
  return undefined;
}

/** Some programs pad behind the trailer with zeros. */
function gifHasEnd(file: Buffer): boolean {
  let last = file.length - 1;
  while (last > 0 && file[last] === 0) last -= 1;
  return file[last] === GIF_TRAILER;
}
