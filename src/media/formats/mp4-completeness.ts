/**
 * Checks whether an MP4 or MOV file is complete. The file consists only of boxes with sizes (ISO/IEC
 * 14496-12, 4.2), so a truncated file ends within a box or lacks one. This detects truncation even if the
 * server did not state the file's length.
 */
import type { ByteSource } from './byte-source.ts';
import { boxesIn, findBox, readBox, topLevelBoxes, type BoxPlace } from './mp4-boxes.ts';

/** Top-level box types: ISO/IEC 14496-12, 8.1 to 8.16, and QuickTime's own. */
const TOP_LEVEL_TYPES: ReadonlySet<string> = new Set(
  'emsg ftyp free imda junk mdat meco meta mfra moof moov pdin pnot prft sidx skip ssix styp udta uuid wide'.split(
    ' ',
  ),
);

/**
 * @param isLengthConfirmed whether the server stated the file's length and all of it has arrived. Then
 *   bytes after the last box belong to the file, which is not standard, but players skip them. Otherwise
 *   they may be a truncated box, and the file counts as incomplete
 * @throws UntrustedContentError when it has too many boxes or its description is too large
 */
export async function isWholeMp4(
  source: ByteSource,
  { isLengthConfirmed }: { isLengthConfirmed: boolean },
): Promise<boolean> {
  const places: BoxPlace[] = [];
  let isCut = false;
  for await (const place of topLevelBoxes(source)) {
    if (!place.isWhole && TOP_LEVEL_TYPES.has(place.type)) isCut = true;
    if (place.isWhole) places.push(place);
  }
  const description = places.find(({ type }) => type === 'moov');
  const hasMedia = places.some(({ type }) => type === 'mdat' || type === 'imda');
  if (isCut || description === undefined || !hasMedia) return false;
  if (isLengthConfirmed) return true;
  const last = places.at(-1);
  if (last === undefined || last.offset + last.boxBytes < source.byteLength) return false;
  if (!(await hasOpenEnd(source, last))) return true;
  return lastSampleEnd(await readBox(source, description)) <= source.byteLength;
}

/** Returns whether the size is 0: the box extends to the end of the file, wherever that is. */
async function hasOpenEnd(source: ByteSource, { offset }: BoxPlace): Promise<boolean> {
  return (await source.read(offset, 4)).readUInt32BE(0) === 0;
}

/**
 * Returns the end of the last chunk of any track, in bytes from the start of the file. 0 for a fragmented
 * file, whose description has no samples, so that an open end cannot be checked.
 */
function lastSampleEnd(description: Buffer): number {
  try {
    const ends = boxesIn(description)
      .filter(({ type }) => type === 'trak')
      .map(({ content }) => findBox(content, ['mdia', 'minf', 'stbl']))
      .map((table) => (table === undefined ? 0 : lastChunkEnd(table)));
    return Math.max(0, ...ends);
  } catch (error) {
    // Broken tables say nothing here; later reads of the file detect them.
    if (error instanceof RangeError) return 0;
    throw error;
  }
}

/** @param table the content of a track's `stbl` */
function lastChunkEnd(table: Buffer): number {
  const start = lastChunkOffset(table);
  // The last run of `stsc` covers the last chunk and states the samples per chunk.
  const runs = findBox(table, ['stsc']);
  const sizes = findBox(table, ['stsz']);
  if (start === undefined || runs === undefined || sizes === undefined) return 0;
  const samplesInChunk = runs.length < 20 ? 0 : runs.readUInt32BE(runs.length - 8);
  const uniformSize = sizes.readUInt32BE(4);
  if (uniformSize > 0) return start + uniformSize * samplesInChunk;
  const first = Math.max(12, sizes.length - 4 * samplesInChunk);
  let end = start;
  for (let offset = first; offset + 4 <= sizes.length; offset += 4)
    end += sizes.readUInt32BE(offset);
  return end;
}

function lastChunkOffset(table: Buffer): number | undefined {
  const short = findBox(table, ['stco']);
  if (short !== undefined && short.length >= 12) return short.readUInt32BE(short.length - 4);
  const long = findBox(table, ['co64']);
  return long !== undefined && long.length >= 16
    ? Number(long.readBigUInt64BE(long.length - 8))
    : undefined;
}
