/**
 * Reads the tables of one track (ISO/IEC 14496-12, sections 8.6 to 8.7): the number of samples, when each
 * is shown and where its bytes are. Each table states a number of samples, and all must agree. Loops are
 * bounded by the bytes of a table, never by a count in it.
 */
import { unreadableVideo } from '../mp4-boxes.ts';
import { atMostOne, only, type DecidingBoxes } from './structure.ts';
import { TimeSpan } from './time-span.ts';
import { UnmeasurableVideoError } from './unmeasurable.ts';

const TABLES = 'mdia/minf/stbl';
const COUNT_OFFSET = 4;
const ENTRIES_OFFSET = 8;
const SIZES_OFFSET = 12;
/** From here on decoders read a duration as negative, with different results. */
const LEAST_NEGATIVE = 0x8000_0000;

/** The sizes of a track's samples, in bytes. */
interface SampleSizes {
  readonly count: number;
  /** Returns the size of `count` samples from index `first`. */
  sumOf(first: number, count: number): number;
}

/** A table: a count, followed by entries of one size. */
interface Table {
  readonly count: number;
  /** Returns field `field` of entry `index`. */
  at(index: number, field: number): number;
  readonly content: Buffer;
}

/** Returns the times of all samples. @throws UnmeasurableVideoError when the tables disagree or are not canonical */
export function sampleTimes(track: DecidingBoxes): TimeSpan {
  const span = new TimeSpan();
  const times = table(only(track, `${TABLES}/stts`), 'stts', 8);
  const offsets = offsetWalk(track);
  for (let index = 0; index < times.count; index += 1) {
    const delta = times.at(index, 1);
    if (delta >= LEAST_NEGATIVE) throw new UnmeasurableVideoError('it has a negative duration');
    for (let left = times.at(index, 0); left > 0;) {
      const { count, offset } = offsets.take(left);
      span.add({ count, delta, offset });
      left -= count;
    }
  }
  if (!offsets.isAtEnd()) throw disagreeing('stts', 'ctts');
  return span;
}

/**
 * Checks the tables of sizes and positions against the number of samples with times.
 *
 * @param fileBytes the length of the file; undefined if sizes are not in bytes (uncompressed sound in MOV
 *   states each frame as one byte)
 * @returns the bytes of all samples
 * @throws UnmeasurableVideoError; UntrustedContentError when a sample is beyond the end of the file
 */
export function checkSamples(
  track: DecidingBoxes,
  samples: number,
  fileBytes: number | undefined,
): number {
  const sizes = sampleSizes(track);
  if (sizes.count !== samples) throw disagreeing('stts', sizes.name);
  const chunks = chunkOffsets(track);
  const runs = table(only(track, `${TABLES}/stsc`), 'stsc', 12);
  let [placed, bytes] = [0, 0];
  for (let run = 0; run < runs.count; run += 1) {
    const first = runs.at(run, 0);
    const end = run + 1 < runs.count ? runs.at(run + 1, 0) : chunks.count + 1;
    if ((run === 0 && first !== 1) || end <= first || end > chunks.count + 1) {
      throw disagreeing('stsc', 'stco');
    }
    const inChunk = runs.at(run, 1);
    if (placed + inChunk * (end - first) > samples) throw disagreeing('stsc', sizes.name);
    for (let chunk = first; chunk < end; chunk += 1) {
      const chunkBytes = sizes.sumOf(placed, inChunk);
      const isBehindEnd = fileBytes !== undefined && chunks.at(chunk - 1) + chunkBytes > fileBytes;
      if (isBehindEnd) throw unreadableVideo('it is cut short');
      placed += inChunk;
      bytes += chunkBytes;
    }
  }
  if (placed !== samples) throw disagreeing('stsc', sizes.name);
  return bytes;
}

/** Iterates `ctts`, which states how much later than decoded samples are shown. */
function offsetWalk(track: DecidingBoxes) {
  const content = atMostOne(track, `${TABLES}/ctts`);
  if (content === undefined) {
    return { take: (count: number) => ({ count, offset: 0 }), isAtEnd: () => true };
  }
  const offsets = table(content, 'ctts', 8);
  let [index, used] = [0, 0];
  const skipUsed = (): void => {
    for (; index < offsets.count && used === offsets.at(index, 0); index += 1) used = 0;
  };
  return {
    /** Returns the next samples with the same offset, at most `most`. */
    take(most: number): { count: number; offset: number } {
      skipUsed();
      if (index === offsets.count) throw disagreeing('stts', 'ctts');
      const count = Math.min(most, offsets.at(index, 0) - used);
      used += count;
      // Signed in version 1, and in any version in MOV; players always read it as signed.
      return { count, offset: content.readInt32BE(ENTRIES_OFFSET + index * 8 + 4) };
    },
    isAtEnd(): boolean {
      skipUsed();
      return index === offsets.count;
    },
  };
}

function sampleSizes(track: DecidingBoxes): SampleSizes & { name: string } {
  const full = atMostOne(track, `${TABLES}/stsz`);
  const compact = atMostOne(track, `${TABLES}/stz2`);
  if (full === undefined) {
    return { name: 'stz2', ...compactSizes(only(track, `${TABLES}/stz2`)) };
  }
  if (compact !== undefined) throw new UnmeasurableVideoError('it has both stsz and stz2 boxes');
  return { name: 'stsz', ...fullSizes(full) };
}

function fullSizes(content: Buffer): SampleSizes {
  const each = content.readUInt32BE(COUNT_OFFSET);
  const count = content.readUInt32BE(ENTRIES_OFFSET);
  const entries = Math.floor((content.length - SIZES_OFFSET) / 4);
  if (entries !== (each === 0 ? count : 0)) throw miscounted('stsz');
  if (each !== 0) return { count, sumOf: (_, samples) => samples * each };
  return {
    count,
    sumOf(first, samples) {
      let sum = 0;
      for (let index = first; index < first + samples; index += 1) {
        sum += content.readUInt32BE(SIZES_OFFSET + index * 4);
      }
      return sum;
    },
  };
}

/** Reads sizes of 4, 8 or 16 bits each. */
function compactSizes(content: Buffer): SampleSizes {
  const bits = content.readUInt8(7);
  const count = content.readUInt32BE(8);
  if (bits !== 4 && bits !== 8 && bits !== 16) throw miscounted('stz2');
  if (content.length - SIZES_OFFSET !== Math.ceil((count * bits) / 8)) throw miscounted('stz2');
  const sizeAt = (index: number): number => {
    if (bits === 16) return content.readUInt16BE(SIZES_OFFSET + index * 2);
    if (bits === 8) return content.readUInt8(SIZES_OFFSET + index);
    const pair = content.readUInt8(SIZES_OFFSET + Math.floor(index / 2));
    return index % 2 === 0 ? pair >> 4 : pair & 0x0f;
  };
  return {
    count,
    sumOf(first, samples) {
      let sum = 0;
      for (let index = first; index < first + samples; index += 1) sum += sizeAt(index);
      return sum;
    },
  };
}

function chunkOffsets(track: DecidingBoxes): { count: number; at(index: number): number } {
  const short = atMostOne(track, `${TABLES}/stco`);
  const long = atMostOne(track, `${TABLES}/co64`);
  if (short !== undefined && long !== undefined) {
    throw new UnmeasurableVideoError('it has both stco and co64 boxes');
  }
  if (short !== undefined) {
    const offsets = table(short, 'stco', 4);
    return { count: offsets.count, at: (index) => offsets.at(index, 0) };
  }
  const { count, content } = table(only(track, `${TABLES}/co64`), 'co64', 8);
  const at = (index: number) => Number(content.readBigUInt64BE(ENTRIES_OFFSET + index * 8));
  return { count, at };
}

/** @throws UnmeasurableVideoError when its count differs from the actual number of entries */
function table(content: Buffer, name: string, entryBytes: number): Table {
  const count = content.readUInt32BE(COUNT_OFFSET);
  if (Math.floor((content.length - ENTRIES_OFFSET) / entryBytes) !== count) throw miscounted(name);
  return {
    count,
    content,
    at: (index, field) => content.readUInt32BE(ENTRIES_OFFSET + index * entryBytes + field * 4),
  };
}

function miscounted(name: string): UnmeasurableVideoError {
  return new UnmeasurableVideoError(`its ${name} box states another number of entries than it has`);
}

function disagreeing(one: string, other: string): UnmeasurableVideoError {
  return new UnmeasurableVideoError(`its ${one} and ${other} boxes do not agree`);
}
