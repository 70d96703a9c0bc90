/**
 * Checks whether a JPEG (ITU T.81, annex B) is complete and extracts the parts that state its size. Finds
 * markers like libjpeg: after fill bytes, and after a few stray bytes that broken programs leave.
 */
import type { ByteSource } from '../byte-source.ts';
import { ByteWindow } from '../byte-window.ts';

const SIZES = new Set([
  0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf,
]);
const START_OF_IMAGE = 0xd8;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const EXIF_SEGMENT = 0xe1;
const TEMPORARY = 0x01;
/** Real files have a few hundred, with a long colour profile and many scans. */
const MAX_SEGMENTS = 10_000;
/** In total, before the first scan. */
const MAX_STRAY_BYTES = 4096;
const FIRST_MARKER_OFFSET = 2;
/** Start of the image and an empty segment, which the size reader expects first. */
const START = Buffer.from([0xff, START_OF_IMAGE, 0xff, 0xe0, 0, 2]);

/**
 * Returns a header with size and orientation only, for a reader that may scan all its input; undefined if
 * the file is truncated or broken.
 */
export async function jpegHeader(source: ByteSource): Promise<Buffer | undefined> {
  let [size, exif]: (Buffer | undefined)[] = [];
  let isInScan = false;
  for await (const segment of segmentsOf(new ByteWindow(source))) {
    const marker = segment.readUInt8(1);
    if (marker === END_OF_IMAGE) {
      if (!isInScan || size === undefined) return undefined;
      return Buffer.concat([START, exif ?? Buffer.alloc(0), size]);
    }
    if (SIZES.has(marker)) size ??= segment;
    if (isExif(segment)) exif ??= segment;
    isInScan ||= marker === START_OF_SCAN;
  }
  return undefined;
}

function isExif(segment: Buffer): boolean {
  return segment.readUInt8(1) === EXIF_SEGMENT && segment.toString('latin1', 4, 8) === 'Exif';
}

/**
 * Yields the segments with their markers, ending with the end marker. Stops early if the file is truncated
 * or broken. Does not look into EXIF segments, whose thumbnail has its own end marker, nor past the end
 * marker, where phones append video.
 */
async function* segmentsOf(window: ByteWindow): AsyncGenerator<Buffer> {
  let [offset, strayBytes] = [FIRST_MARKER_OFFSET, MAX_STRAY_BYTES];
  for (let count = 0; count < MAX_SEGMENTS; count += 1) {
    const next = await nextMarker(window, offset, strayBytes);
    if (next === undefined || next.marker === START_OF_IMAGE) return;
    const { marker, at } = next;
    strayBytes -= at - 2 - offset;
    if (marker === END_OF_IMAGE) {
      yield window.slice(at - 2, 2);
      return;
    }
    const segmentBytes = await segmentLength(window, at);
    if (segmentBytes === undefined) return;
    yield window.slice(at - 2, segmentBytes + 2);
    offset = at + segmentBytes;
    // From the first scan on, everything between markers is coded data.
    if (marker === START_OF_SCAN) strayBytes = window.byteLength;
  }
}

/** Returns the length of a segment including its two length bytes, after loading it with its marker. */
async function segmentLength(window: ByteWindow, at: number): Promise<number | undefined> {
  if (!(window.holds(at, 2) || (await window.load(at - 2, 4)))) return undefined;
  const length = window.uint16BE(at);
  const isThere = window.holds(at - 2, length + 2) || (await window.load(at - 2, length + 2));
  return length < 2 || !isThere ? undefined : length;
}

/**
 * Returns the next marker that has a segment or ends the image, and the position after it. FF 00 is coded
 * data; restart markers within it have no segment.
 *
 * @param mostSkipped maximum number of bytes before the marker
 */
async function nextMarker(
  window: ByteWindow,
  start: number,
  mostSkipped: number,
): Promise<{ marker: number; at: number } | undefined> {
  let offset = start;
  while (offset - start <= mostSkipped) {
    if (!(window.holds(offset, 2) || (await window.load(offset, 2)))) return undefined;
    const found = window.indexOf(0xff, offset);
    if (found === -1 || found === window.end - 1) {
      offset = found === -1 ? window.end : found;
      continue;
    }
    const marker = window.uint8(found + 1);
    const isAlone = marker <= TEMPORARY || (marker >= 0xd0 && marker <= 0xd7);
    if (!isAlone && marker !== 0xff) {
      return found - start > mostSkipped ? undefined : { marker, at: found + 2 };
    }
    offset = isAlone ? found + 2 : found + 1;
  }
  return undefined;
}
