/**
 * Measures an MP4 or MOV for its price: the longest length that any decoder could find. Reads every box
 * that states a length and the time of every sample. A file with contradicting or duplicate boxes is
 * refused. Nothing is decoded, and only descriptive boxes are read.
 */
import type { ByteSource } from '../byte-source.ts';
import { readBox, unreadableVideo } from '../mp4-boxes.ts';
import { addFragment, sampleDefaults, type GrowingTrack } from './fragments.ts';
import { readLayout, type Layout } from './layout.ts';
import { checkSamples } from './sample-tables.ts';
import { atMostOne, only, structureOf, type DecidingBoxes } from './structure.ts';
import {
  knownTicks,
  readTrack,
  timedHeader,
  trackLength,
  type TrackLength,
  type TrackReading,
} from './track-length.ts';
import { UnmeasurableVideoError } from './unmeasurable.ts';

const TIMED_KINDS: ReadonlySet<string> = new Set(['vide', 'soun']);

export interface MeasuredVideo {
  /** The content of `moov`. */
  readonly description: Buffer;
  /** The length that a player shows. */
  readonly seconds: number;
  /** The longest length that a decoder could find; more than `seconds` if cut parts are still in the file. */
  readonly longestSeconds: number;
  /** Average frame rate. */
  readonly framesPerSecond: number;
}

type Track = TrackReading & GrowingTrack;

/**
 * @throws UnmeasurableVideoError when decoders could find different lengths; UntrustedContentError when
 *   it is not an MP4 with a video, or truncated
 */
export async function measureVideo(source: ByteSource): Promise<MeasuredVideo> {
  try {
    return await measure(source);
  } catch (error) {
    // Reads outside a box throw RangeError; anything else is a disk error.
    if (!(error instanceof RangeError)) throw error;
    throw unreadableVideo('a box of it is broken', error);
  }
}

async function measure(source: ByteSource): Promise<MeasuredVideo> {
  const layout = await readLayout(source);
  const { movie, tracks: trackBoxes } = structureOf(layout.description);
  const header = timedHeader(only(movie, 'mvhd'), 'mvhd');
  const tracks = trackBoxes.map((boxes) => ({ ...readTrack(boxes), fragmentBytes: 0 }));
  const video = onlyVideo(tracks);
  const tableBytes = checkTables(tracks, video, source.byteLength);
  await addFragments(source, layout, { movie, tracks });
  if (video.span.ticks === 0) throw unreadableVideo('there are no pictures in it');
  if (tableBytes + video.fragmentBytes > layout.mediaBytes) {
    throw new UnmeasurableVideoError('its frames would have more bytes than the file');
  }
  const lengths = tracks.map((track) => ({ ...trackLength(track, header.timescale), ...track }));
  const stated = [header.seconds ?? 0, extendedSeconds(movie, header.timescale)];
  const played = lengths.filter(({ kind }) => TIMED_KINDS.has(kind));
  return {
    description: layout.description,
    seconds: Math.max(...stated, ...played.map(({ playedSeconds }) => playedSeconds)),
    longestSeconds: Math.max(
      ...stated,
      layout.indexedSeconds,
      togetherSeconds(lengths),
      ...lengths.map(({ longestSeconds }) => longestSeconds),
    ),
    framesPerSecond: (video.span.samples * video.timescale) / video.span.ticks,
  };
}

function onlyVideo(tracks: readonly Track[]): Track {
  const [video, second] = tracks.filter(({ kind }) => kind === 'vide');
  if (second !== undefined) throw new UnmeasurableVideoError('it has two videos in it');
  if (video === undefined) throw unreadableVideo('there is no video in it');
  return video;
}

/** Checks the tables of all tracks. @returns the bytes of the video's samples in the tables */
function checkTables(tracks: readonly Track[], video: Track, fileBytes: number): number {
  for (const { boxes, span } of tracks) checkSamples(boxes, span.samples, undefined);
  return checkSamples(video.boxes, video.span.samples, fileBytes);
}

async function addFragments(
  source: ByteSource,
  { fragments }: Layout,
  { movie, tracks }: { movie: DecidingBoxes; tracks: readonly Track[] },
): Promise<void> {
  const byId = new Map(tracks.map((track) => [track.id, track]));
  if (byId.size < tracks.length) throw new UnmeasurableVideoError('two tracks of it have one id');
  atMostOne(movie, 'mvex');
  const defaults = sampleDefaults(movie.get('mvex/trex') ?? []);
  for (const place of fragments) addFragment(await readBox(source, place), byId, defaults);
}

/** Returns the time from the first sample of any track to the end of the last. */
function togetherSeconds(lengths: readonly TrackLength[]): number {
  const spans = lengths.flatMap(({ shown }) => shown ?? []);
  return Math.max(...spans.map(({ to }) => to)) - Math.min(...spans.map(({ from }) => from));
}

/** Returns the total length of all fragments as stated in the description. */
function extendedSeconds(movie: DecidingBoxes, timescale: number): number {
  const header = atMostOne(movie, 'mvex/mehd');
  return header === undefined ? 0 : (knownTicks(header, 4) ?? 0) / timescale;
}
