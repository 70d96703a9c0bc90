/**
 * Measures an MP3 (ISO/IEC 11172-3 and 13818-3, layer III) by counting its frames. Correct for constant
 * and variable bit rates, whatever a Xing header or a tag states.
 */
import type { ByteSource } from '../byte-source.ts';
import { ByteWindow } from '../byte-window.ts';
import {
  FRAME_HEADER_BYTES,
  freeFrameBytes,
  frameIn,
  isFreeFormat,
  type Frame,
} from './mp3-frame.ts';
import { tagEnd } from './sound-tags.ts';

/** Names in a frame that has metadata instead of sound, within the first bytes of the frame. */
const INFO_NAMES = ['Xing', 'Info', 'VBRI'] as const;
const INFO_SEARCH_BYTES = 64;
/** In tags and pictures, bytes that look like one frame are common; two consecutive ones are not. */
const LEAST_FRAMES = 2;
/** This many consecutive frames are not a coincidence, whatever the declared file type. */
const TELLING_FRAMES = 5;
const TELLING_WITHIN_BYTES = 64 * 1024;
/** In total. Bytes outside frames are unknown tags or damage. */
const MAX_SKIPPED_BYTES = 1024 * 1024;
/** More than the frames examined from one position. */
const LOOK_BYTES = 16 * 1024;
/** Limits expensive searches; a free-format file needs one. */
const MAX_FREE_SEARCHES = 100;
/** Real files have a few. */
const MAX_TAGS = 1000;

/** Returns the end of the leading tags; 0 without tags. */
export async function afterTags(source: ByteSource): Promise<number> {
  return new FrameReader(source).afterTags(0);
}

/** Returns whether the file has MP3 frames near its start, for a file that does not begin with one. */
export async function isMp3(source: ByteSource): Promise<boolean> {
  const reader = new FrameReader(source);
  const start = await reader.afterTags(0);
  return (await reader.next(start, start + TELLING_WITHIN_BYTES, TELLING_FRAMES)) !== undefined;
}

/**
 * Returns the length in seconds, or undefined if it is not an MP3. One pass over the frame headers;
 * nothing is decoded.
 */
export async function mp3Seconds(source: ByteSource): Promise<number | undefined> {
  const reader = new FrameReader(source);
  let offset: number | undefined = await reader.afterTags(0);
  let [seconds, frames, skippableBytes] = [0, 0, MAX_SKIPPED_BYTES];
  while (offset !== undefined) {
    const frame: Frame | undefined = reader.held(offset) ?? (await reader.at(offset));
    if (frame === undefined) {
      const from: number = await reader.afterTags(offset);
      offset = await reader.next(from, from + skippableBytes, LEAST_FRAMES);
      skippableBytes -= (offset ?? from) - from;
      continue;
    }
    if (frames > 0 || !(await reader.isInfo(offset))) seconds += frame.seconds;
    frames += 1;
    offset += frame.byteLength;
  }
  return frames < LEAST_FRAMES || seconds === 0 ? undefined : seconds;
}

/** Finds the frames of a file. */
class FrameReader {
  readonly #window: ByteWindow;
  /** Length of each free-format frame, without padding; undefined until one is found. */
  #freeBytes: number | undefined;
  #freeSearches = 0;

  constructor(source: ByteSource) {
    this.#window = new ByteWindow(source);
  }

  /** Returns the complete frame at the offset if its header is loaded. */
  held(offset: number): Frame | undefined {
    return this.#window.holds(offset, FRAME_HEADER_BYTES) ? this.#frame(offset) : undefined;
  }

  /** Returns the complete frame at the offset. */
  async at(offset: number): Promise<Frame | undefined> {
    return (await this.#look(offset)) ? this.#frame(offset) : undefined;
  }

  /** Returns the next position before `end` with that many consecutive frames; the file's last frame may be alone. */
  async next(start: number, end: number, frames: number): Promise<number | undefined> {
    for (let offset = start; offset < end; offset += 1) {
      if (!(await this.#look(offset))) return undefined;
      const found = this.#window.indexOf(0xff, offset);
      offset = found === -1 ? this.#window.end - 1 : found;
      if (found === -1 || offset >= end) continue;
      if ((await this.#look(offset)) && this.#isLine(offset, frames)) return offset;
    }
    return undefined;
  }

  /** Returns the position after the consecutive tags at `start`. */
  async afterTags(start: number): Promise<number> {
    let offset = start;
    for (let count = 0; count < MAX_TAGS; count += 1) {
      const end = await tagEnd(this.#window, offset);
      if (end === undefined) break;
      offset = end;
    }
    return offset;
  }

  /** Returns whether the frame at the offset has metadata instead of sound. */
  async isInfo(offset: number): Promise<boolean> {
    if (!this.#window.holds(offset, INFO_SEARCH_BYTES)) await this.#look(offset);
    const start = this.#window.text(offset, INFO_SEARCH_BYTES);
    return INFO_NAMES.some((name) => start.includes(name));
  }

  /** Checks loaded bytes only; the window extends far enough or to the end of the file. */
  #isLine(start: number, frames: number): boolean {
    let offset = start;
    for (let count = 0; count < frames; count += 1) {
      if (offset === this.#window.byteLength) return count > 0 && frames === LEAST_FRAMES;
      const frame = this.held(offset);
      if (frame === undefined) return false;
      offset += frame.byteLength;
    }
    return true;
  }

  #frame(offset: number): Frame | undefined {
    const header = this.#window.uint32BE(offset);
    const isSearched = this.#freeBytes === undefined && this.#freeSearches < MAX_FREE_SEARCHES;
    if (isSearched && isFreeFormat(header)) {
      this.#freeSearches += 1;
      this.#freeBytes = freeFrameBytes(this.#window, offset);
    }
    const frame = frameIn(header, this.#freeBytes);
    return frame && offset + frame.byteLength <= this.#window.byteLength ? frame : undefined;
  }

  /** Loads the header at the offset and the bytes after it. */
  async #look(offset: number): Promise<boolean> {
    const wanted = Math.min(LOOK_BYTES, this.#window.byteLength - offset);
    if (wanted < FRAME_HEADER_BYTES) return false;
    return this.#window.holds(offset, wanted) || (await this.#window.load(offset, wanted));
  }
}
