/** Reads an MP4's length from its header, for videos that are not billed by it. */
import { findBox, versionOf } from './mp4-boxes.ts';

/** Offset of the time scale in `mvhd`, by the box's version; the duration follows it. */
const TIMESCALE_OFFSETS = [12, 20] as const;

/** Returns the length that a player shows, after edit lists; undefined if the file does not state it. */
export function presentedSeconds(description: Buffer): number | undefined {
  const header = findBox(description, ['mvhd']);
  if (header === undefined) return undefined;
  const offset = TIMESCALE_OFFSETS[versionOf(header)];
  const timescale = header.readUInt32BE(offset);
  // A fragmented file states no length in its header, but may state it in `mehd`.
  const extended = findBox(description, ['mvex', 'mehd']);
  const ticks = knownTicks(header, offset + 4) ?? (extended && knownTicks(extended, 4));
  return ticks === undefined || timescale === 0 ? undefined : ticks / timescale;
}

/** Returns the ticks, or undefined for 0 and all ones, which both mean "unknown". */
function knownTicks(box: Buffer, offset: number): number | undefined {
  const isLong = versionOf(box) === 1;
  const ticks = isLong ? Number(box.readBigUInt64BE(offset)) : box.readUInt32BE(offset);
  return ticks === 0 || ticks === (isLong ? 2 ** 64 : 2 ** 32 - 1) ? undefined : ticks;
}
