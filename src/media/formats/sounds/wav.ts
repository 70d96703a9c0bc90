/**
 * Measures a WAV file from its chunks: RIFF (Microsoft, Multimedia Programming Interface), and RF64 and
 * BW64 for files over 4 GB (EBU Tech 3306, ITU-R BS.2088), which some recorders always write.
 */
import type { ByteSource } from '../byte-source.ts';
import { ByteWindow } from '../byte-window.ts';

const FORMS: ReadonlySet<string> = new Set(['RIFF', 'RF64', 'BW64']);
const FIRST_CHUNK_OFFSET = 12;
const CHUNK_HEADER_BYTES = 8;
const FORMAT_BYTES = 16;
const EXTENSIBLE_BYTES = 26;
/** Formats with one value per sample: integers, floats, A-law and µ-law. */
const PLAIN: ReadonlySet<number> = new Set([1, 3, 6, 7]);
const EXTENSIBLE = 0xfffe;
/** In RF64 and BW64: the actual size is in `ds64`. */
const SIZE_ELSEWHERE = 0xffff_ffff;
const UNKNOWN_SAMPLES = 0xffff_ffff;
const LARGE_SIZES_BYTES = 16;
/**
 * Programs that write to a pipe cannot fill in the size later and leave 0 or a very large number. No
 * accepted sound has that many bytes.
 */
const LEAST_PLACEHOLDER = 15_000_001;
/** Real files have a dozen chunks. */
const MAX_CHUNKS = 10_000;

export async function isWav(source: ByteSource): Promise<boolean> {
  const start = (await source.read(0, FIRST_CHUNK_OFFSET)).toString('latin1');
  return FORMS.has(start.slice(0, 4)) && start.slice(8) === 'WAVE';
}

/**
 * Returns the length in seconds, or undefined if it is not a WAV file, is truncated or has no sound. One
 * pass over the chunk headers; samples are not read.
 */
export async function wavSeconds(source: ByteSource): Promise<number | undefined> {
  if (!(await isWav(source))) return undefined;
  const window = new ByteWindow(source);
  let format: Format = { bytesPerSecond: 0, samplesPerSecond: 0, isPlain: true };
  let [samples, largeSize] = [0, 0];
  let offset = FIRST_CHUNK_OFFSET;
  for (let count = 0; count < MAX_CHUNKS; count += 1) {
    const isThere =
      window.holds(offset, CHUNK_HEADER_BYTES) || (await window.load(offset, CHUNK_HEADER_BYTES));
    if (!isThere) return undefined;
    const type = window.text(offset, 4);
    const size = window.uint32LE(offset + 4);
    offset += CHUNK_HEADER_BYTES;
    if (type === 'fmt ') format = formatOf(await source.read(offset, Math.min(size, 40)));
    if (type === 'fact' && window.holds(offset, 4)) samples = window.uint32LE(offset);
    if (type === 'ds64') largeSize = largeSizeOf(await source.read(offset, LARGE_SIZES_BYTES));
    if (type === 'data') {
      const stated = size === SIZE_ELSEWHERE && largeSize > 0 ? largeSize : size;
      const dataBytes = soundBytes(stated, offset, source.byteLength);
      return lengthOf(dataBytes, format, samples);
    }
    // Chunks start at even offsets.
    offset += size + (size % 2);
  }
  return undefined;
}

interface Format {
  /** 0 if not stated. */
  readonly bytesPerSecond: number;
  readonly samplesPerSecond: number;
  /** Whether samples are uncompressed. */
  readonly isPlain: boolean;
}

function formatOf(chunk: Buffer): Format {
  if (chunk.length < FORMAT_BYTES) {
    return { bytesPerSecond: 0, samplesPerSecond: 0, isPlain: true };
  }
  const kind = chunk.readUInt16LE(0);
  const isExtensible = kind === EXTENSIBLE && chunk.length >= EXTENSIBLE_BYTES;
  const samplesPerSecond = chunk.readUInt32LE(4);
  if (!PLAIN.has(isExtensible ? chunk.readUInt16LE(EXTENSIBLE_BYTES - 2) : kind)) {
    return { bytesPerSecond: chunk.readUInt32LE(8), samplesPerSecond, isPlain: false };
  }
  // The stated byte rate is wrong in some files, and decoders ignore it.
  const sampleBytes = chunk.readUInt16LE(2) * Math.ceil(chunk.readUInt16LE(14) / 8);
  return { bytesPerSecond: sampleBytes * samplesPerSecond, samplesPerSecond, isPlain: true };
}

/** @param samples the stated count, or 0; needed because compressed formats have no exact byte rate */
function lengthOf(
  dataBytes: number,
  { bytesPerSecond, samplesPerSecond, isPlain }: Format,
  samples: number,
): number | undefined {
  if (dataBytes === 0 || bytesPerSecond === 0) return undefined;
  const isStated = !isPlain && samples > 0 && samples < UNKNOWN_SAMPLES && samplesPerSecond > 0;
  return isStated ? samples / samplesPerSecond : dataBytes / bytesPerSecond;
}

/** Returns the size of `data` from `ds64`. */
function largeSizeOf(sizes: Buffer): number {
  return sizes.length < LARGE_SIZES_BYTES ? 0 : Number(sizes.readBigUInt64LE(8));
}

/** Returns the smaller of the stated and the available bytes; 0 for a truncated file. */
function soundBytes(stated: number, start: number, fileBytes: number): number {
  const available = fileBytes - start;
  if (stated > 0 && stated <= available) return stated;
  // Some programs state the size of the whole file instead.
  const isUsable = stated === 0 || stated <= fileBytes || stated >= LEAST_PLACEHOLDER;
  return isUsable ? available : 0;
}
