/** Whether a BMP is whole: by the bytes that its pixels need, for its own size field is often wrong. */
import type { ByteSource } from '../byte-source.ts';

const HEADER_BYTES = 54;
/** The older header, with sides of 16 bits, and the length of it with that of the file's. */
const CORE_INFO_BYTES = 12;
const CORE_HEADER_BYTES = 26;
/** Stored as they are, the second kind with masks for the colours. */
const PLAIN: ReadonlySet<number> = new Set([0, 3]);

/** Its header, always with sides of 32 bits; undefined when it is cut short. */
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
  // 0 where the program did not know.
  const pixelBytes = header.readUInt32LE(34);
  return header.readUInt32LE(10) + pixelBytes <= source.byteLength ? header : undefined;
}

function withPixels(
  source: ByteSource,
  header: Buffer,
  { width, height, bits }: { width: number; height: number; bits: number },
): Buffer | undefined {
  // Rows begin at multiples of four bytes.
  const pixelBytes = Math.ceil((width * bits) / 32) * 4 * height;
  if (header.readUInt32LE(10) + pixelBytes > source.byteLength) return undefined;
  const whole = Buffer.concat([header], HEADER_BYTES);
  whole.writeUInt32LE(width, 18);
  whole.writeUInt32LE(height, 22);
  return whole;
}
