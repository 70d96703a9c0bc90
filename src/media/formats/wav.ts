/** How long a WAV file is, from its chunks (Microsoft, Multimedia Programming Interface: RIFF). */

const FIRST_CHUNK_OFFSET = 12;
const CHUNK_HEADER_BYTES = 8;
const FORMAT_BYTES = 16;
/** Programs that write into a pipe cannot go back for the size: they leave one near the largest. */
const UNKNOWN_SIZE_FROM = 0x7f_ff_00_00;

/**
 * The length in seconds, or undefined when it is no WAV file, is cut short, or holds no sound. One
 * pass over the chunk headers; samples are not read.
 */
export function wavSeconds(bytes: Uint8Array): number | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') {
    return undefined;
  }
  let bytesPerSecond = 0;
  let offset = FIRST_CHUNK_OFFSET;
  while (offset + CHUNK_HEADER_BYTES <= file.length) {
    const type = file.toString('latin1', offset, offset + 4);
    const size = file.readUInt32LE(offset + 4);
    offset += CHUNK_HEADER_BYTES;
    if (type === 'fmt ' && size >= FORMAT_BYTES && offset + FORMAT_BYTES <= file.length) {
      bytesPerSecond = file.readUInt32LE(offset + 8);
    }
    if (type === 'data') return lengthOf(size, file.length - offset, bytesPerSecond);
    // Chunks start at even places.
    offset += size + (size % 2);
  }
  return undefined;
}

function lengthOf(size: number, available: number, bytesPerSecond: number): number | undefined {
  const isUnknown = size >= UNKNOWN_SIZE_FROM || size === 0;
  const dataBytes = isUnknown ? available : size;
  if (dataBytes === 0 || dataBytes > available || bytesPerSecond === 0) return undefined;
  return dataBytes / bytesPerSecond;
}
