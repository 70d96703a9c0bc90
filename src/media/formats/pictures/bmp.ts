/** Checks whether a BMP is complete, by the bytes that its pixels need, because its size field is often wrong. */
import type { ByteSource } from '../byte-source.ts';

const HEADER_BYTES = 54;
/** The older header with 16-bit sides, and its length including the file header. */
const CORE_INFO_BYTES = 12;
const CORE_HEADER_BYTES = 26;
/** Uncompressed; the second kind has colour masks. */
const PLAIN: ReadonlySet<number> = new Set([0, 3]);

/** Returns the header, always with 32-bit sides; undefined for a truncated file. */
export async function bmpHeader(source: ByteSource): Promise<Buffer | undefined> {
  const header = Buffer.from(await source.read(0, HEADER_BYTES));
  if (header.length < CORE_HEADER_BYTES) return undefined;
  if (header.readUInt32LE(14) === CORE_INFO_BYTES) {
    return withPixels(source, header, {
      width: header.readUInt16LE(18),
      height: header.readUInt16LE(20),
      bits: header.readUInt16LE(24),
    });
  }
  if (header.length < HEADER_BYTES) return undefined;
  const [width, height] = [header.readUInt32LE(18), Math.abs(header.readInt32LE(22))];
  if (PLAIN.has(header.readUInt32LE(30))) {
    return withPixels(source, header, { width, height, bits: header.readUInt16LE(28) });
  }
  // 0 if the program did not know the size.
  const pixelBytes = header.readUInt32LE(34);
  return header.readUInt32LE(10) + pixelBytes <= source.byteLength ? header : undefined;
}

function withPixels(
  source: ByteSource,
  header: Buffer,
  { width, height, bits }: { width: number; height: number; bits: number },
): Buffer | undefined {
  // Rows are padded to multiples of four bytes.
  const pixelBytes = Math.ceil((width * bits) / 32) * 4 * height;
  if (header.readUInt32LE(10) + pixelBytes > source.byteLength) return undefined;
  const whole = Buffer.concat([header], HEADER_BYTES);
  whole.writeUInt32LE(width, 18);
  whole.writeUInt32LE(height, 22);
  return whole;
}
