/**
 * Reads the fragments of a file that was written while recording (ISO/IEC 14496-12, 8.8): each `moof`
 * adds samples to the tracks. A run of samples without individual times is counted, not iterated.
 */
import { atMostOne, fragmentTracks, only } from './structure.ts';
import type { TimeSpan } from './time-span.ts';
import { UnmeasurableVideoError } from './unmeasurable.ts';

const DEFAULT_DURATION_OFFSET = 12;
const DEFAULT_SIZE_OFFSET = 16;
/** Flags of the fields of `tfhd` up to its default duration and size. */
const TFHD = { baseOffset: 0x1, description: 0x2, duration: 0x8, size: 0x10, isEmpty: 0x1_0000 };
/** Flags of the fields of `trun`, before its samples and per sample. */
const TRUN = {
  dataOffset: 0x1,
  firstFlags: 0x4,
  duration: 0x100,
  size: 0x200,
  flags: 0x400,
  offset: 0x800,
};

/** Because encoders round durations, a fragment may end slightly after the start of the next one. */
const MAX_OVERLAP_SECONDS = 0.1;

/** A track to which fragments add samples. */
export interface GrowingTrack {
  /** Ticks per second. */
  readonly timescale: number;
  readonly span: TimeSpan;
  /** The bytes of its samples in fragments. */
  fragmentBytes: number;
}

/** Defaults of a track's samples, which a fragment may override. */
export interface SampleDefaults {
  readonly duration: number;
  readonly size: number;
}

/** Reads the defaults from the content of each `trex`, by track id. @throws UnmeasurableVideoError for two of one track */
export function sampleDefaults(extensions: readonly Buffer[]): Map<number, SampleDefaults> {
  const defaults = new Map<number, SampleDefaults>();
  for (const content of extensions) {
    const id = content.readUInt32BE(4);
    if (defaults.has(id)) throw new UnmeasurableVideoError('it has two trex boxes for a track');
    const duration = content.readUInt32BE(DEFAULT_DURATION_OFFSET);
    defaults.set(id, { duration, size: content.readUInt32BE(DEFAULT_SIZE_OFFSET) });
  }
  return defaults;
}

/**
 * Adds the samples of a `moof`, given its content.
 *
 * @throws UnmeasurableVideoError; RangeError when it is broken
 */
export function addFragment(
  fragment: Buffer,
  tracks: ReadonlyMap<number, GrowingTrack>,
  defaults: ReadonlyMap<number, SampleDefaults>,
): void {
  for (const boxes of fragmentTracks(fragment)) {
    const header = only(boxes, 'tfhd');
    const id = header.readUInt32BE(4);
    const [track, trackDefaults] = [tracks.get(id), defaults.get(id)];
    if (track === undefined || trackDefaults === undefined) {
      throw new UnmeasurableVideoError('it has fragments of a track that it does not describe');
    }
    const base = atMostOne(boxes, 'tfdt');
    if (base !== undefined) goTo(decodeTime(base), track);
    const runDefaults = fragmentDefaults(header, trackDefaults);
    for (const run of boxes.get('trun') ?? []) addRun(run, track, runDefaults);
  }
}

function goTo(tick: number, { span, timescale }: GrowingTrack): void {
  if (tick < span.nextTick - MAX_OVERLAP_SECONDS * timescale) {
    throw new UnmeasurableVideoError('its fragments are not in the order of their times');
  }
  span.jumpTo(tick);
}

function decodeTime(base: Buffer): number {
  return base.readUInt8(0) === 1 ? Number(base.readBigUInt64BE(4)) : base.readUInt32BE(4);
}

function fragmentDefaults(header: Buffer, { duration, size }: SampleDefaults): SampleDefaults {
  const flags = header.readUInt32BE(0) & 0xff_ffff;
  if ((flags & TFHD.isEmpty) !== 0) throw new UnmeasurableVideoError('it has an empty fragment');
  let offset = 8;
  if ((flags & TFHD.baseOffset) !== 0) offset += 8;
  if ((flags & TFHD.description) !== 0) offset += 4;
  const hasDuration = (flags & TFHD.duration) !== 0;
  const sizeOffset = offset + (hasDuration ? 4 : 0);
  return {
    duration: hasDuration ? header.readUInt32BE(offset) : duration,
    size: (flags & TFHD.size) === 0 ? size : header.readUInt32BE(sizeOffset),
  };
}

function addRun(run: Buffer, track: GrowingTrack, defaults: SampleDefaults): void {
  const flags = run.readUInt32BE(0) & 0xff_ffff;
  const count = run.readUInt32BE(4);
  const has = (flag: number): number => ((flags & flag) === 0 ? 0 : 4);
  const start = 8 + has(TRUN.dataOffset) + has(TRUN.firstFlags);
  const sizeAt = has(TRUN.duration);
  const offsetAt = sizeAt + has(TRUN.size) + has(TRUN.flags);
  const entryBytes = offsetAt + has(TRUN.offset);
  if (entryBytes === 0) {
    track.span.add({ count, delta: defaults.duration, offset: 0 });
    track.fragmentBytes += count * defaults.size;
    return;
  }
  if (Math.floor((run.length - start) / entryBytes) !== count) {
    throw new UnmeasurableVideoError('its trun box states another number of samples than it has');
  }
  for (let at = start; at + entryBytes <= run.length; at += entryBytes) {
    track.span.add({
      count: 1,
      delta: has(TRUN.duration) === 0 ? defaults.duration : run.readUInt32BE(at),
      offset: has(TRUN.offset) === 0 ? 0 : run.readInt32BE(at + offsetAt),
    });
    track.fragmentBytes += has(TRUN.size) === 0 ? defaults.size : run.readUInt32BE(at + sizeAt);
  }
}
