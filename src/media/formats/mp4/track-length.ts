/** How long one track lasts, by each of the boxes that a decoder could believe. */
import { versionOf } from '../mp4-boxes.ts';
import { readEdit } from './edit-list.ts';
import { sampleTimes } from './sample-tables.ts';
import { atMostOne, only, type DecidingBoxes } from './structure.ts';
import type { TimeSpan } from './time-span.ts';
import { UnmeasurableVideoError } from './unmeasurable.ts';

/**
 * Pictures that are decoded out of order are shown some frames late, and players start with the
 * first one all the same. What is later than this counts.
 */
const MAX_REORDERING_SECONDS = 0.2;
/** Where fields lie by version 0 and 1; the duration follows the time scale, or the reserved field. */
const TIMESCALE_OFFSETS = [12, 20] as const;
const TRACK_ID_OFFSETS = [12, 20] as const;
const TRACK_DURATION_OFFSETS = [20, 28] as const;
const HANDLER_OFFSET = 8;
const MAX_VERSION = 1;
/** Larger ones are negative to ffmpeg, which takes 1 then. */
const MAX_TIMESCALE = 0x7fff_ffff;

/** Ticks a second, and a duration in them where one is stated. */
export interface TimedHeader {
  readonly timescale: number;
  readonly seconds: number | undefined;
}

export interface TrackReading {
  readonly id: number;
  /** `vide`, `soun` or another. */
  readonly kind: string;
  readonly boxes: DecidingBoxes;
  /** Ticks a second of its own samples. */
  readonly timescale: number;
  /** Its samples. Fragments add to it. */
  readonly span: TimeSpan;
}

export interface TrackLength {
  /** As a player shows it. */
  readonly playedSeconds: number;
  /** From when to when its samples are shown, those included that the edit list leaves out. */
  readonly shown: { readonly from: number; readonly to: number } | undefined;
  /** The longest that a decoder could find. */
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
 * @param movieTimescale of the durations in `tkhd` and `elst`
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
 * From the first picture shown to the end of the last. Where fragments start late the start counts
 * twice: ffmpeg takes the time of their end for their length, and adds the start.
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
 * A duration, of 64 bits in version 1; 0 where none is stated. All ones mean the same by the
 * standard, and the longest of all to ffmpeg: no program is known to write them.
 *
 * @throws UnmeasurableVideoError
 */
export function knownTicks(box: Buffer, offset: number): number | undefined {
  if (versionOf(box) === 0) return orUnknown(box.readUInt32BE(offset), 0xffff_ffff);
  return orUnknown(Number(box.readBigUInt64BE(offset)), 2 ** 64);
}

function orUnknown(ticks: number, allOnes: number): number | undefined {
  if (ticks === allOnes) throw new UnmeasurableVideoError('one of its headers states no length');
  return ticks === 0 ? undefined : ticks;
}
