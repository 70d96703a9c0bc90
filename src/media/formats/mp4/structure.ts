/**
 * Collects the boxes that determine a video's length and requires each to occur once, in its proper
 * place. Decoders handle duplicates differently, and some read a box anywhere: ffmpeg accepts an `stts`
 * directly inside `trak`, in `udta`, or in a sample entry. In a file that is canonical in this sense every
 * decoder finds the same tables.
 */
import { boxesIn, sizesIn, unreadableVideo, type Box } from '../mp4-boxes.ts';
import { UnmeasurableVideoError } from './unmeasurable.ts';

const TRACK = 'moov/trak';
const MEDIA = `${TRACK}/mdia`;
const TABLES = `${MEDIA}/minf/stbl`;
const NOWHERE = 'nowhere';
/** By type: the path of its parent box, '' for the top level. */
const PLACES: ReadonlyMap<string, string> = new Map([
  ['moov', ''],
  ['moof', ''],
  ...['mvhd', 'mvex', 'trak'].map((type) => [type, 'moov'] as const),
  ...['mehd', 'trex'].map((type) => [type, 'moov/mvex'] as const),
  ...['tkhd', 'edts', 'mdia'].map((type) => [type, TRACK] as const),
  ['elst', `${TRACK}/edts`],
  ...['mdhd', 'minf'].map((type) => [type, MEDIA] as const),
  ['stbl', `${MEDIA}/minf`],
  ...['stsd', 'stts', 'ctts', 'stsc', 'stsz', 'stz2', 'stco', 'co64'].map(
    (type) => [type, TABLES] as const,
  ),
  ['traf', 'moof'],
  ...['tfhd', 'tfdt', 'trun'].map((type) => [type, 'moof/traf'] as const),
  // A compressed description, and a reference to another file: both may contain further tables.
  ['cmov', NOWHERE],
  ['rmra', NOWHERE],
]);
const CONTAINERS: ReadonlySet<string> = new Set([
  'moov',
  'mvex',
  'trak',
  'edts',
  'mdia',
  'minf',
  'stbl',
  'moof',
  'traf',
]);
/** Boxes without influence on the length, which ffmpeg searches nevertheless. */
const SEARCHED: ReadonlySet<string> = new Set([
  'udta',
  'meta',
  'ilst',
  'dinf',
  'tref',
  'wave',
  'sinf',
  'schi',
  'ipro',
  'gmhd',
]);
const MAX_SEARCH_DEPTH = 8;
/** Per description; real ones have a few hundred. */
const MAX_BOXES = 20_000;
/** In `stsd`. */
const ENTRIES_OFFSET = 8;

/** The relevant boxes of one container, by their relative paths: `mdia/minf/stbl/stts`. */
export type DecidingBoxes = ReadonlyMap<string, readonly Buffer[]>;

export interface Structure {
  /** Everything outside the tracks: `mvhd`, `mvex/trex`. */
  readonly movie: DecidingBoxes;
  readonly tracks: readonly DecidingBoxes[];
}

/**
 * Collects the relevant boxes of a description, the content of `moov`.
 *
 * @throws UnmeasurableVideoError; UntrustedContentError or RangeError when it is broken
 */
export function structureOf(description: Buffer): Structure {
  const budget = { boxes: MAX_BOXES };
  const movie = new Map<string, Buffer[]>();
  const tracks: DecidingBoxes[] = [];
  for (const box of boxesIn(description)) {
    if (box.type === 'trak') tracks.push(sortBoxes(box.content, TRACK, budget));
    else sortInto(movie, box, { path: 'moov', below: '', budget });
  }
  return { movie, tracks };
}

/** Collects the relevant boxes of a fragment, the content of `moof`, by track. @throws like `structureOf` */
export function fragmentTracks(fragment: Buffer): DecidingBoxes[] {
  const budget = { boxes: MAX_BOXES };
  const outside = new Map<string, Buffer[]>();
  const tracks: DecidingBoxes[] = [];
  for (const box of boxesIn(fragment)) {
    if (box.type === 'traf') tracks.push(sortBoxes(box.content, 'moof/traf', budget));
    else sortInto(outside, box, { path: 'moof', below: '', budget });
  }
  return tracks;
}

/**
 * Checks a top-level box. `content` is needed only for boxes that decoders search.
 *
 * @throws UnmeasurableVideoError
 */
export function checkTopLevel(type: string, content: Buffer): void {
  checkPlace(type, '');
  search({ type, content }, { boxes: MAX_BOXES });
}

/** Returns whether `checkTopLevel` needs the content of this top-level box. */
export function isSearched(type: string): boolean {
  return SEARCHED.has(type);
}

/** Returns the only box at the path. @throws UnmeasurableVideoError for several; UntrustedContentError for none */
export function only(boxes: DecidingBoxes, path: string): Buffer {
  const found = atMostOne(boxes, path);
  if (found === undefined) throw unreadableVideo(`it has no ${lastOf(path)} box`);
  return found;
}

/** @throws UnmeasurableVideoError when there is more than one */
export function atMostOne(boxes: DecidingBoxes, path: string): Buffer | undefined {
  const found = boxes.get(path) ?? [];
  if (found.length > 1) {
    throw new UnmeasurableVideoError(
      `it has ${found.length} ${lastOf(path)} boxes where one belongs`,
    );
  }
  return found[0];
}

interface Budget {
  boxes: number;
}

function sortBoxes(content: Buffer, path: string, budget: Budget): DecidingBoxes {
  const boxes = new Map<string, Buffer[]>();
  for (const box of boxesIn(content)) sortInto(boxes, box, { path, below: '', budget });
  return boxes;
}

function sortInto(
  boxes: Map<string, Buffer[]>,
  box: Box,
  { path, below, budget }: { path: string; below: string; budget: Budget },
): void {
  spend(budget);
  checkPlace(box.type, path);
  const key = below === '' ? box.type : `${below}/${box.type}`;
  // Handlers may occur elsewhere; only the one in `mdia` states the kind of track.
  if (PLACES.has(box.type) || key === 'mdia/hdlr') {
    boxes.set(key, [...(boxes.get(key) ?? []), box.content]);
  }
  if (CONTAINERS.has(box.type)) {
    for (const inner of boxesIn(box.content)) {
      sortInto(boxes, inner, { path: `${path}/${box.type}`, below: key, budget });
    }
  } else if (box.type === 'stsd') {
    checkEntries(box.content);
  } else {
    search(box, budget);
  }
}

function checkPlace(type: string, path: string): void {
  const place = PLACES.get(type);
  if (place !== undefined && place !== path) {
    throw new UnmeasurableVideoError(`its ${type} box is not where it belongs`);
  }
}

/** Searches the bytes for types, because sample entries are small and have various fields before their boxes. */
function checkEntries(descriptions: Buffer): void {
  const entries = [...boxesIn(descriptions.subarray(ENTRIES_OFFSET))];
  if (entries.length < descriptions.readUInt32BE(ENTRIES_OFFSET - 4)) {
    throw unreadableVideo('a description of its coding is missing');
  }
  for (const type of PLACES.keys()) {
    if (type !== 'stsd' && descriptions.includes(type, 0, 'latin1')) checkPlace(type, 'stsd');
  }
}

/** Searches for relevant boxes like ffmpeg: a box that is too large ends with its container. */
function search(box: Box, budget: Budget, depth = 0): void {
  if (!SEARCHED.has(box.type) || depth === MAX_SEARCH_DEPTH) return;
  let rest = box.type === 'meta' ? metaBoxes(box.content) : box.content;
  while (rest.length >= 8) {
    spend(budget);
    const { type, headerBytes, boxBytes } = sizesIn(rest, rest.length);
    checkPlace(type, box.type);
    if (boxBytes < headerBytes) return;
    const content = rest.subarray(headerBytes, Math.min(boxBytes, rest.length));
    search({ type, content }, budget, depth + 1);
    rest = rest.subarray(Math.min(boxBytes, rest.length));
  }
}

/** Returns the boxes from `hdlr` on, where ffmpeg starts. In MP4, but not in MOV, a version precedes the boxes. */
function metaBoxes(content: Buffer): Buffer {
  let handler = content.indexOf('hdlr', 4, 'latin1');
  while (handler % 4 !== 0 && handler !== -1) {
    handler = content.indexOf('hdlr', handler + 1, 'latin1');
  }
  return handler === -1 ? Buffer.alloc(0) : content.subarray(handler - 4);
}

function spend(budget: Budget): void {
  budget.boxes -= 1;
  if (budget.boxes < 0) throw new UnmeasurableVideoError('it has too many boxes');
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
