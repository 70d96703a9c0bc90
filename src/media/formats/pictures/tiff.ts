/** Reads the directory of a TIFF (TIFF 6.0), which may be anywhere in the file. */
import type { ByteSource } from '../byte-source.ts';

const HEAD_BYTES = 4096;
const HEADER_BYTES = 8;
const ENTRY_BYTES = 12;
const NEXT_BYTES = 4;
const MAX_ENTRIES = 4096;
const LITTLE_ENDIAN = 0x4949;

/**
 * Returns the start of the file followed by its first directory, for a size reader; undefined if there is
 * none. A TIFF has no end marker, so only a missing directory reveals truncation.
 */
export async function tiffHeader(source: ByteSource): Promise<Buffer | undefined> {
  const head = Buffer.concat([await source.read(0, HEAD_BYTES)], HEAD_BYTES);
  const isLittle = head.readUInt16BE(0) === LITTLE_ENDIAN;
  const place = isLittle ? head.readUInt32LE(4) : head.readUInt32BE(4);
  const count = await source.read(place, 2);
  if (place < HEADER_BYTES || count.length < 2) return undefined;
  const entries = isLittle ? count.readUInt16LE(0) : count.readUInt16BE(0);
  const entriesBytes = entries * ENTRY_BYTES;
  if (entries > MAX_ENTRIES || place + 2 + entriesBytes > source.byteLength) return undefined;
  const directory = await source.read(place, 2 + entriesBytes);
  if (isLittle) head.writeUInt32LE(HEAD_BYTES, 4);
  else head.writeUInt32BE(HEAD_BYTES, 4);
  return Buffer.concat([head, directory, Buffer.alloc(NEXT_BYTES)]);
}
