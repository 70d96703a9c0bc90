/**
 * How long an MP3 is (ISO/IEC 11172-3 and 13818-3, layer III), by counting its frames: right for
 * any bit rate, constant or not, whatever a Xing header or a tag claims.
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

/** A frame of this name instead of sound describes the rest; it lies within so many bytes. */
const INFO_NAMES = ['Xing', 'Info', 'VBRI'] as const;
const INFO_SEARCH_BYTES = 64;
/** Bytes that happen to look like one frame are common in tags and pictures; two in line are not. */
const LEAST_FRAMES = 2;
/** So many in line are no chance, whatever the file says it is. */
const TELLING_FRAMES = 5;
const TELLING_WITHIN_BYTES = 64 * 1024;
/** In all. What is no frame is a tag of an unknown kind, or damage. */
const MAX_SKIPPED_BYTES = 1024 * 1024;
/** More than as many frames as are looked at from one place. */
const LOOK_BYTES = 16 * 1024;
/** Each costs a search; a file of the free format needs one. */
const MAX_FREE_SEARCHES = 100;
/** Real files have a few. */
const MAX_TAGS = 1000;

/** Where the tags in front end; 0 where there are none. */
export async function afterTags(source: ByteSource): Promise<number> {
  return new FrameReader(source).afterTags(0);
}

/** Whether it holds sound of this kind near its start, for a file that does not begin with it. */
export async function isMp3(source: ByteSource): Promise<boolean> {
  const reader = new FrameReader(source);
  const start = await reader.afterTags(0);
  return (await reader.next(start, start + TELLING_WITHIN_BYTES, TELLING_FRAMES)) !== undefined;
}

/**
 * The length in seconds, or undefined when it is no MP3. One pass over the frame headers: bytes
 * between frames are skipped once, none is decoded.
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

/** The frames of a file, wherever they are looked for. */
class FrameReader {
  readonly #window: ByteWindow;
  /** Of each frame of the free format, without padding; undefined until one is found. */
  #freeBytes: number | undefined;
  #freeSearches = 0;

  constructor(source: ByteSource) {
    this.#window = new ByteWindow(source);
  }

  /** The whole frame whose header stands there, where the window has it; undefined otherwise. */
  held(offset: number): Frame | undefined {
    return this.#window.holds(offset, FRAME_HEADER_BYTES) ? this.#frame(offset) : undefined;
  }

  /** The whole frame whose header stands there. */
  async at(offset: number): Promise<Frame | undefined> {
    return (await this.#look(offset)) ? this.#frame(offset) : undefined;
  }

  /** The next place before `end` where so many frames stand in line; the last of a file stands alone. */
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

  /** Past the tags that stand there, one behind the other. */
  async afterTags(start: number): Promise<number> {
    let offset = start;
    for (let count = 0; count < MAX_TAGS; count += 1) {
      const end = await tagEnd(this.#window, offset);
      if (end === undefined) break;
      offset = end;
    }
    return offset;
  }

  /** Whether the frame there describes the file instead of sounding. */
  async isInfo(offset: number): Promise<boolean> {
    if (!this.#window.holds(offset, INFO_SEARCH_BYTES)) await this.#look(offset);
    const start = this.#window.text(offset, INFO_SEARCH_BYTES);
    return INFO_NAMES.some((name) => start.includes(name));
  }

  /** Of what is held, which reaches far enough or to the end of the file. */
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

  /** Makes a header there readable, and what follows it as far as the file goes. */
  async #look(offset: number): Promise<boolean> {
    const wanted = Math.min(LOOK_BYTES, this.#window.byteLength - offset);
    if (wanted < FRAME_HEADER_BYTES) return false;
    return this.#window.holds(offset, wanted) || (await this.#window.load(offset, wanted));
  }
}
