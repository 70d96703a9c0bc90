/** How long an MP4 is and how often its picture changes, from its headers and its table of times. */
import { findBox, versionOf } from './mp4-boxes.ts';

/** Where the time scale lies in `mvhd` and `mdhd`, by the box's version; the duration follows it. */
const TIMESCALE_OFFSETS = [12, 20] as const;
const TABLE_HEADER_BYTES = 8;
const TABLE_ENTRY_BYTES = 8;

/** What one track says of its time. */
export interface TrackTimes {
  /** The longer of what its header and its table of times say; undefined where both are silent. */
  readonly seconds: number | undefined;
  /** Samples a second on average; for a video track these are frames. */
  readonly samplesPerSecond: number | undefined;
}

/** As the file's own header has it: after the cuts that a player shall make. */
export function presentedSeconds(description: Buffer): number | undefined {
  const header = findBox(description, ['mvhd']);
  if (header === undefined) return undefined;
  const { timescale, duration } = durationIn(header);
  // A file in fragments states no length in its header, but may in `mehd`.
  const extended = findBox(description, ['mvex', 'mehd']);
  return inSeconds(duration ?? (extended && knownDuration(extended, 4)), timescale);
}

/** @param track the content of a `trak` box */
export function trackTimes(track: Buffer): TrackTimes {
  const header = findBox(track, ['mdia', 'mdhd']);
  if (header === undefined) return { seconds: undefined, samplesPerSecond: undefined };
  const { timescale, duration } = durationIn(header);
  const table = findBox(track, ['mdia', 'minf', 'stbl', 'stts']);
  const { samples, ticks } = totals(table ?? Buffer.alloc(0));
  const tableSeconds = inSeconds(ticks, timescale);
  return {
    seconds: longest([inSeconds(duration, timescale), tableSeconds]),
    samplesPerSecond: tableSeconds === undefined ? undefined : samples / tableSeconds,
  };
}

/** The largest that is known. */
export function longest(lengths: readonly (number | undefined)[]): number | undefined {
  const known = lengths.filter((length) => length !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function durationIn(header: Buffer): { timescale: number; duration: number | undefined } {
  const offset = TIMESCALE_OFFSETS[versionOf(header)];
  return { timescale: header.readUInt32BE(offset), duration: knownDuration(header, offset + 4) };
}

/** 0 and all ones both mean "not known". */
function knownDuration(box: Buffer, offset: number): number | undefined {
  const isLong = versionOf(box) === 1;
  const duration = isLong ? Number(box.readBigUInt64BE(offset)) : box.readUInt32BE(offset);
  const isKnown = duration !== 0 && duration !== (isLong ? 2 ** 64 : 2 ** 32 - 1);
  return isKnown ? duration : undefined;
}

function inSeconds(ticks: number | undefined, timescale: number): number | undefined {
  return ticks === undefined || ticks === 0 || timescale === 0 ? undefined : ticks / timescale;
}

/** Sums up `stts`. As many entries as there are bytes for, whatever its count claims. */
function totals(table: Buffer): { samples: number; ticks: number } {
  let [samples, ticks] = [0, 0];
  const last = table.length - TABLE_ENTRY_BYTES;
  for (let offset = TABLE_HEADER_BYTES; offset <= last; offset += TABLE_ENTRY_BYTES) {
    const count = table.readUInt32BE(offset);
    samples += count;
    ticks += count * table.readUInt32BE(offset + 4);
  }
  return { samples, ticks };
}
