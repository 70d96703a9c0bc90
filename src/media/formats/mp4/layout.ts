/** Reads the layout of an MP4 file: its description, its fragments, and the amount of media. */
import type { ByteSource } from '../byte-source.ts';
import {
  MAX_DESCRIPTION_BYTES,
  readBox,
  topLevelBoxes,
  unreadableVideo,
  type BoxPlace,
} from '../mp4-boxes.ts';
import { checkTopLevel, isSearched } from './structure.ts';
import { UnmeasurableVideoError } from './unmeasurable.ts';

const NOTHING = Buffer.alloc(0);
/** If one of these is incomplete, the file is truncated. After them programs append other data. */
const NEEDED: ReadonlySet<string> = new Set(['moov', 'moof', 'mdat']);
const SIDX_TIMESCALE_OFFSET = 8;
const SIDX_TIMES_OFFSET = 12;
const SIDX_ENTRY_BYTES = 12;

export interface Layout {
  /** The content of `moov`. */
  readonly description: Buffer;
  /** Each `moof`, in file order. */
  readonly fragments: readonly BoxPlace[];
  /** Content bytes of all `mdat` boxes. */
  readonly mediaBytes: number;
  /** The longest length stated by a segment index; 0 without one. */
  readonly indexedSeconds: number;
}

/**
 * Walks the boxes of the file, reading `moov` and the small boxes that matter.
 *
 * @throws UnmeasurableVideoError; UntrustedContentError when it is truncated; RangeError
 */
export async function readLayout(source: ByteSource): Promise<Layout> {
  const budget = { bytes: MAX_DESCRIPTION_BYTES };
  const descriptions: Buffer[] = [];
  const fragments: BoxPlace[] = [];
  let [mediaBytes, indexedSeconds] = [0, 0];
  for await (const place of topLevelBoxes(source)) {
    const content = await checkedContent(source, place, budget);
    if (place.type === 'mdat') mediaBytes += place.boxBytes - place.headerBytes;
    if (place.type === 'moof') fragments.push(place);
    if (place.type === 'moov') descriptions.push(content);
    if (place.type === 'sidx') indexedSeconds = Math.max(indexedSeconds, segmentSeconds(content));
  }
  const [description, second] = descriptions;
  if (second !== undefined) throw new UnmeasurableVideoError('it has two descriptions');
  if (description === undefined) throw unreadableVideo('it has no description');
  return { description, fragments, mediaBytes, indexedSeconds };
}

/** Returns the content of a box that is needed now; empty for others. */
async function checkedContent(
  source: ByteSource,
  place: BoxPlace,
  budget: { bytes: number },
): Promise<Buffer> {
  const { type, isWhole } = place;
  if (!isWhole && NEEDED.has(type)) throw unreadableVideo('it is cut short');
  const isRead = isWhole && (type === 'moov' || type === 'sidx' || isSearched(type));
  if (isRead || type === 'moof') budget.bytes -= place.boxBytes;
  if (budget.bytes < 0) throw unreadableVideo('its description is too large');
  const content = isRead ? await readBox(source, place) : NOTHING;
  checkTopLevel(type, content);
  return content;
}

/** Returns the end of the last segment in a `sidx`, in seconds. */
function segmentSeconds(index: Buffer): number {
  const isLong = index.readUInt8(0) === 1;
  const timescale = index.readUInt32BE(SIDX_TIMESCALE_OFFSET);
  const start = isLong
    ? Number(index.readBigUInt64BE(SIDX_TIMES_OFFSET))
    : index.readUInt32BE(SIDX_TIMES_OFFSET);
  const entriesOffset = SIDX_TIMES_OFFSET + (isLong ? 16 : 8) + 4;
  const count = index.readUInt16BE(entriesOffset - 2);
  let ticks = start;
  for (let entry = 0; entry < count; entry += 1) {
    ticks += index.readUInt32BE(entriesOffset + entry * SIDX_ENTRY_BYTES + 4);
  }
  if (timescale === 0) throw new UnmeasurableVideoError('its sidx box has no time scale');
  return ticks / timescale;
}
