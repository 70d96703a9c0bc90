/** Computes the length of one track according to each box that a decoder could use. */
import { versionOf } from '../mp4-boxes.ts';
import { readEdit } from './edit-list.ts';
import { sampleTimes } from './sample-tables.ts';
import { atMostOne, only, type DecidingBoxes } from './structure.ts';
import type { TimeSpan } from './time-span.ts';
import { UnmeasurableVideoError } from './unmeasurable.ts';

/**
 * Pictures that are decoded out of order are shown a few frames late, but players start with the first
 * one. A later start counts towards the length.
 */
const MAX_REORDERING_SECONDS = 0.2;
/** Offsets by version 0 and 1; the duration follows the time scale, or the reserved field. */
const TIMESCALE_OFFSETS = [12, 20] as const;
const TRACK_ID_OFFSETS = [12, 20] as const;
const TRACK_DURATION_OFFSETS = [20, 28] as const;
const HANDLER_OFFSET = 8;
const MAX_VERSION = 1;
/** ffmpeg reads larger values as negative and uses 1 instead. */
const MAX_TIMESCALE = 0x7fff_ffff;

/** A time scale in ticks per second, and the stated duration, if any. */
export interface TimedHeader {
  readonly timescale: number;
  readonly seconds: number | undefined;
}

export interface TrackReading {
  readonly id: number;
  /** `vide`, `soun` or another. */
  readonly kind: string;
  readonly boxes: DecidingBoxes;
  /** Ticks per second of its samples. */
  readonly timescale: number;
  /** Its samples, to which fragments are added. */
  readonly span: TimeSpan;
}

export interface TrackLength {
  /** The length that a player shows. */
  readonly playedSeconds: number;
  /** The time span of its samples, including those that the edit list skips. */
  readonly shown: { readonly from: number; readonly to: number } | undefined;
  /** The longest length that a decoder could find. */
  readonly longestSeconds: number;
}

/** @param header the content of `mvhd` or `mdhd` @throws UnmeasurableVideoError; RangeError */
export function timedHeader(header: Buffer, name: 'mvhd' | 'mdhd'): TimedHeader {
  const version = versionIn(header, name);
  const offset = TIMESCALE_OFFSETS[version];
  const timescale = header.readUInt32BE(offset);
  if (timescale === 0 || timescale > MAX_TIMESCALE) {
    throw new UnmeasurableVideoError(`its ${name} box has no time scale`);
  }
  const ticks = knownTicks(header, offset + 4);
  return { timescale, seconds: ticks === undefined ? undefined : ticks / timescale };
}

/** @throws UnmeasurableVideoError when its boxes are not canonical; RangeError when one is broken */
export function readTrack(boxes: DecidingBoxes): TrackReading {
  const header = only(boxes, 'tkhd');
  const id = header.readUInt32BE(TRACK_ID_OFFSETS[versionIn(header, 'tkhd')]);
  const handler = only(boxes, 'mdia/hdlr');
  const { timescale } = timedHeader(only(boxes, 'mdia/mdhd'), 'mdhd');
  for (const path of ['mdia', 'mdia/minf', 'mdia/minf/stbl', 'mdia/minf/stbl/stsd']) {
    only(boxes, path);
  }
  atMostOne(boxes, 'edts');
  const kind = handler.toString('latin1', HANDLER_OFFSET, HANDLER_OFFSET + 4);
  return { id, kind, boxes, timescale, span: sampleTimes(boxes) };
}

/**
 * @param movieTimescale time scale of the durations in `tkhd` and `elst`
 * @throws UnmeasurableVideoError when the edit list is not canonical; RangeError when a box is broken
 */
export function trackLength(
  { boxes, timescale, span }: TrackReading,
  movieTimescale: number,
): TrackLength {
  const header = only(boxes, 'tkhd');
  const version = versionIn(header, 'tkhd');
  const trackTicks = knownTicks(header, TRACK_DURATION_OFFSETS[version]) ?? 0;
  const stated = timedHeader(only(boxes, 'mdia/mdhd'), 'mdhd').seconds ?? 0;
  const mediaSeconds = Math.max(shownSeconds(span, timescale), span.ticks / timescale);
  const list = atMostOne(boxes, 'edts/elst');
  const edit = list === undefined ? undefined : readEdit(list);
  const delay = (edit?.delay ?? 0) / movieTimescale;
  const skipped = (edit?.start ?? 0) / timescale;
  const playedSeconds =
    edit === undefined || edit.duration === 0
      ? delay + mediaSeconds - skipped
      : delay + edit.duration / movieTimescale;
  const shownAt = (tick: number): number => delay - skipped + tick / timescale;
  return {
    playedSeconds,
    shown:
      span.samples === 0 ? undefined : { from: shownAt(span.firstTick), to: shownAt(span.endTick) },
    longestSeconds: Math.max(
      playedSeconds,
      delay + mediaSeconds,
      delay + stated,
      trackTicks / movieTimescale,
    ),
  };
}

/**
 * Returns the time from the first picture shown to the end of the last. If fragments start late, the start
 * counts twice: ffmpeg uses their end time as their length and adds the start.
 */
function shownSeconds(span: TimeSpan, timescale: number): number {
  const { samples, startTick, firstTick, endTick } = span;
  if (samples === 0) return 0;
  if (startTick > 0) return (firstTick + endTick) / timescale;
  return (endTick - Math.min(firstTick, MAX_REORDERING_SECONDS * timescale)) / timescale;
}

function versionIn(header: Buffer, name: string): 0 | 1 {
  const version = header.readUInt8(0);
  if (version > MAX_VERSION) {
    throw new UnmeasurableVideoError(`its ${name} box is of an unknown version`);
  }
  return version === 1 ? 1 : 0;
}

/**
 * Reads a duration, which has 64 bits in version 1.
 *
 * @returns undefined for 0, which means "unknown"
 * @throws UnmeasurableVideoError for all ones: the standard reads them as "unknown", ffmpeg as the longest
 *   duration, and no known program writes them
 */
export function knownTicks(box: Buffer, offset: number): number | undefined {
  if (versionOf(box) === 0) return orUnknown(box.readUInt32BE(offset), 0xffff_ffff);
  return orUnknown(Number(box.readBigUInt64BE(offset)), 2 ** 64);
}

function orUnknown(ticks: number, allOnes: number): number | undefined {
  if (ticks === allOnes) throw new UnmeasurableVideoError('one of its headers states no length');
  return ticks === 0 ? undefined : ticks;
}
