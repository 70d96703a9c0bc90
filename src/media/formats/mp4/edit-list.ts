/** Reads a track's edit list (ISO/IEC 14496-12, 8.6.6): which part of the media is played, and when. */
import { UnmeasurableVideoError } from './unmeasurable.ts';

const ENTRIES_OFFSET = 8;
/** Entry size by version: duration, start in the media, rate. */
const ENTRY_BYTES = [12, 20] as const;
/** 1.0 in fixed point. */
const ORDINARY_RATE = 0x0001_0000;

export interface Edit {
  /** Delay before the media starts, in ticks of the movie's time scale. */
  readonly delay: number;
  /** Played length, in ticks of the movie's time scale; 0: to the end. */
  readonly duration: number;
  /** Start within the media, in ticks of the track's time scale. */
  readonly start: number;
}

/**
 * Returns the single part that is played, with or without an empty edit before it. Encoders write such
 * lists to skip reordered pictures and decoder priming at the start; phones write them for cuts.
 *
 * @returns undefined for a list without entries: everything is played
 * @throws UnmeasurableVideoError for a list with several parts, none, or a changed speed
 */
export function readEdit(list: Buffer): Edit | undefined {
  const version = list.readUInt8(0);
  const entryBytes = ENTRY_BYTES[version];
  const count = list.readUInt32BE(4);
  if (
    entryBytes === undefined ||
    Math.floor((list.length - ENTRIES_OFFSET) / entryBytes) !== count
  ) {
    throw new UnmeasurableVideoError('its elst box states another number of entries than it has');
  }
  if (count === 0) return undefined;
  if (count > 2) throw new UnmeasurableVideoError('its edit list plays several parts');
  const first = entryAt(list, ENTRIES_OFFSET);
  const second = count === 2 ? entryAt(list, ENTRIES_OFFSET + entryBytes) : undefined;
  const hasDelay = first.start < 0;
  if (second !== undefined && !hasDelay) {
    throw new UnmeasurableVideoError('its edit list plays several parts');
  }
  const played = hasDelay ? second : first;
  if (played === undefined || played.start < 0) {
    throw new UnmeasurableVideoError('its edit list plays nothing');
  }
  if (played.rate !== ORDINARY_RATE) {
    throw new UnmeasurableVideoError('its edit list changes the speed');
  }
  return { delay: hasDelay ? first.duration : 0, duration: played.duration, start: played.start };
}

function entryAt(list: Buffer, offset: number): { duration: number; start: number; rate: number } {
  if (list.readUInt8(0) === 1) {
    return {
      duration: Number(list.readBigUInt64BE(offset)),
      start: Number(list.readBigInt64BE(offset + 8)),
      rate: list.readUInt32BE(offset + 16),
    };
  }
  return {
    duration: list.readUInt32BE(offset),
    start: list.readInt32BE(offset + 4),
    rate: list.readUInt32BE(offset + 8),
  };
}
