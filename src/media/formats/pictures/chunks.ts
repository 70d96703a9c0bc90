/** Checks whether a PNG (ISO/IEC 15948) or WebP (RFC 9649) is complete, by walking its chunks. */
import type { ByteSource } from '../byte-source.ts';
import { ByteWindow } from '../byte-window.ts';

const HEADER_BYTES = 64;
const PNG_SIGNATURE_BYTES = 8;
/** Length, type and checksum around each PNG chunk's data. */
const PNG_FRAME_BYTES = 12;
/** "IEND", "IDAT" */
const PNG_END = 0x49_45_4e_44;
const PNG_DATA = 0x49_44_41_54;
const RIFF_HEADER_BYTES = 12;
const RIFF_FRAME_BYTES = 8;

/** Returns the start of the file, or undefined if it is truncated. Bytes after IEND are ignored. */
export async function pngHeader(source: ByteSource): Promise<Buffer | undefined> {
  const window = new ByteWindow(source);
  let hasData = false;
  for (let offset = PNG_SIGNATURE_BYTES; ;) {
    const isThere =
      window.holds(offset, PNG_FRAME_BYTES) || (await window.load(offset, PNG_FRAME_BYTES));
    if (!isThere) return undefined;
    const type = window.uint32BE(offset + 4);
    if (type === PNG_END) return hasData ? source.read(0, HEADER_BYTES) : undefined;
    hasData ||= type === PNG_DATA;
    offset += PNG_FRAME_BYTES + window.uint32BE(offset);
  }
}

/**
 * Returns the start of the file, or undefined if it is truncated. Chunks are padded to even lengths, but
 * not every program writes or counts the last padding.
 */
export async function webpHeader(source: ByteSource): Promise<Buffer | undefined> {
  const window = new ByteWindow(source);
  if (!(await window.load(0, RIFF_HEADER_BYTES))) return undefined;
  const end = window.uint32LE(4) + RIFF_FRAME_BYTES;
  let offset = RIFF_HEADER_BYTES;
  while (offset + RIFF_FRAME_BYTES <= end) {
    const isThere =
      window.holds(offset, RIFF_FRAME_BYTES) || (await window.load(offset, RIFF_FRAME_BYTES));
    if (!isThere) return undefined;
    const dataEnd = offset + RIFF_FRAME_BYTES + window.uint32LE(offset + 4);
    if (dataEnd > source.byteLength) return undefined;
    offset = dataEnd + (dataEnd % 2);
  }
  return offset === RIFF_HEADER_BYTES ? undefined : source.read(0, HEADER_BYTES);
}
