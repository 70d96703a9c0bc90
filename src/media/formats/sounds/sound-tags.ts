/** Finds the tags before, after and sometimes between the frames of an MP3. */
import type { ByteWindow } from '../byte-window.ts';

const ID3_HEADER_BYTES = 10;
const ID3_FOOTER_FLAG = 0x10;
const APE_NAME = 'APETAGEX';
const APE_HEADER_BYTES = 32;
const APE_IS_HEADER = 0x2000_0000;
const ID3V1_BYTES = 128;

/** Returns the end of the ID3 or APE tag at the offset; undefined if there is none. */
export async function tagEnd(window: ByteWindow, offset: number): Promise<number | undefined> {
  if (offset + ID3V1_BYTES === window.byteLength && (await startsWith(window, offset, 'TAG'))) {
    return window.byteLength;
  }
  if (await startsWith(window, offset, 'ID3', ID3_HEADER_BYTES)) return id3End(window, offset);
  if (await startsWith(window, offset, APE_NAME, APE_HEADER_BYTES)) return apeEnd(window, offset);
  return undefined;
}

async function startsWith(
  window: ByteWindow,
  offset: number,
  name: string,
  count = name.length,
): Promise<boolean> {
  if (!(window.holds(offset, count) || (await window.load(offset, count)))) return false;
  return window.text(offset, name.length) === name;
}

/** The size of an ID3 tag has seven bits per byte. */
function id3End(window: ByteWindow, offset: number): number {
  const hasFooter = (window.uint8(offset + 5) & ID3_FOOTER_FLAG) !== 0;
  let size = 0;
  for (let at = 6; at < ID3_HEADER_BYTES; at += 1) {
    size = size * 128 + (window.uint8(offset + at) & 0x7f);
  }
  return offset + ID3_HEADER_BYTES * (hasFooter ? 2 : 1) + size;
}

/** The size of an APE tag covers its items and its footer, which looks like its header. */
function apeEnd(window: ByteWindow, offset: number): number {
  const isHeader = (window.uint32LE(offset + 20) & APE_IS_HEADER) !== 0;
  return offset + APE_HEADER_BYTES + (isHeader ? window.uint32LE(offset + 12) : 0);
}
