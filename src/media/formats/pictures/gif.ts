/** Checks whether a GIF (GIF89a specification) is complete, by walking its blocks to the trailer. */
import type { ByteSource } from '../byte-source.ts';
import { ByteWindow } from '../byte-window.ts';

const SCREEN_BYTES = 13;
const IMAGE_BYTES = 9;
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
/** Thousands of frames have tens of thousands of blocks. */
const MAX_BLOCKS = 200_000;
const HAS_COLOURS = 0x80;

/** Returns the header, or undefined if the file is truncated or broken. Bytes after the trailer are ignored. */
export async function gifHeader(source: ByteSource): Promise<Buffer | undefined> {
  const window = new ByteWindow(source);
  if (!(await window.load(0, SCREEN_BYTES))) return undefined;
  const header = window.slice(0, SCREEN_BYTES);
  let offset: number | undefined = SCREEN_BYTES + colourBytes(header.readUInt8(10));
  let images = 0;
  for (let count = 0; offset !== undefined && count < MAX_BLOCKS; count += 1) {
    if (!(window.holds(offset, 1) || (await window.load(offset, 1)))) return undefined;
    const type = window.uint8(offset);
    if (type === TRAILER) return images > 0 ? header : undefined;
    if (type === IMAGE) images += 1;
    offset = await blockEnd(window, offset, type);
  }
  return undefined;
}

async function blockEnd(
  window: ByteWindow,
  offset: number,
  type: number,
): Promise<number | undefined> {
  switch (type) {
    case 0:
      // Some programs pad with zeros.
      return offset + 1;
    case EXTENSION:
      return subBlocksEnd(window, offset + 2);
    case IMAGE: {
      const fields = offset + 1;
      if (!(window.holds(fields, IMAGE_BYTES) || (await window.load(fields, IMAGE_BYTES)))) {
        return undefined;
      }
      const colours = colourBytes(window.uint8(fields + IMAGE_BYTES - 1));
      return subBlocksEnd(window, fields + IMAGE_BYTES + colours + 1);
    }
    default:
      return undefined;
  }
}

/** Returns the end of a list of sub-blocks: each starts with its length, and length 0 ends the list. */
async function subBlocksEnd(window: ByteWindow, start: number): Promise<number | undefined> {
  for (let offset = start; ;) {
    if (!(window.holds(offset, 1) || (await window.load(offset, 1)))) return undefined;
    const length = window.uint8(offset);
    offset += 1 + length;
    if (length === 0) return offset;
  }
}

/** Returns the size of the colour table that the flags announce. */
function colourBytes(flags: number): number {
  return (flags & HAS_COLOURS) === 0 ? 0 : 3 * 2 ** ((flags & 0x07) + 1);
}
