/** What a track's edit list makes of its media (ISO/IEC 14496-12, 8.6.6): which part is played, and when. */
import { UnmeasurableVideoError } from './unmeasurable.ts';

const ENTRIES_OFFSET = 8;
/** By version: duration, start in the media, rate. */
const ENTRY_BYTES = [12, 20] as const;
/** 1.0 in fixed point. */
const ORDINARY_RATE = 0x0001_0000;

export interface Edit {
  /** How long nothing is shown before the media starts, in ticks of the movie's time scale. */
  readonly delay: number;
  /** How much of the media is played, in the same; 0 is all that follows. */
  readonly duration: number;
  /** Where in the media it starts, in ticks of the track's own. */
  readonly start: number;
}

/**
 * The one part that is played, behind an empty edit or without. Encoders write such lists: to begin
 * with the first picture shown and behind the sound that only fills the decoder, or where a phone cut.
 *
 * @returns undefined for a list without entries: all is played
 * @throws UnmeasurableVideoError for a list that plays parts twice, none, or at another speed
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
