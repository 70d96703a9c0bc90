/** How long an MP4 is by its own header: good enough for videos that nobody is billed for by this. */
import { findBox, versionOf } from './mp4-boxes.ts';

/** Where the time scale lies in `mvhd`, by the box's version; the duration follows it. */
const TIMESCALE_OFFSETS = [12, 20] as const;

/** As a player shows it: after the cuts of edit lists. Undefined where the file does not say. */
export function presentedSeconds(description: Buffer): number | undefined {
  const header = findBox(description, ['mvhd']);
  if (header === undefined) return undefined;
  const offset = TIMESCALE_OFFSETS[versionOf(header)];
  const timescale = header.readUInt32BE(offset);
  // A file in fragments states no length in its header, but may in `mehd`.
  const extended = findBox(description, ['mvex', 'mehd']);
  const ticks = knownTicks(header, offset + 4) ?? (extended && knownTicks(extended, 4));
  return ticks === undefined || timescale === 0 ? undefined : ticks / timescale;
}

/** 0 and all ones both mean "not known". */
function knownTicks(box: Buffer, offset: number): number | undefined {
  const isLong = versionOf(box) === 1;
  const ticks = isLong ? Number(box.readBigUInt64BE(offset)) : box.readUInt32BE(offset);
  return ticks === 0 || ticks === (isLong ? 2 ** 64 : 2 ** 32 - 1) ? undefined : ticks;
}
