/**
 * Reads a file of any size with little memory: only a window of it is loaded. Loaded bytes are read
 * synchronously, so that millions of small steps do not need millions of promises:
 * `if (!(window.holds(at, 4) || (await window.load(at, 4)))) return undefined;`
 */
import type { ByteSource } from './byte-source.ts';

const WINDOW_BYTES = 64 * 1024;

export class ByteWindow {
  /** Length of the whole file. */
  readonly byteLength: number;
  readonly #source: ByteSource;
  #start = 0;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(source: ByteSource) {
    this.#source = source;
    this.byteLength = source.byteLength;
  }

  /** Returns whether `count` bytes from the offset are loaded. */
  holds(offset: number, count: number): boolean {
    return offset >= this.#start && offset + count <= this.#start + this.#bytes.length;
  }

  /** Moves the window to the offset. Resolves to false, with an empty window, if the file ends before. */
  async load(offset: number, count: number): Promise<boolean> {
    this.#start = offset;
    const isThere = offset >= 0 && offset + count <= this.byteLength;
    const size = Math.max(count, WINDOW_BYTES);
    this.#bytes = isThere ? await this.#source.read(offset, size) : Buffer.alloc(0);
    return this.holds(offset, count);
  }

  /** Returns the position of the next loaded byte with that value from the offset on; -1 if none. */
  indexOf(byte: number, offset: number): number {
    const found = this.#bytes.indexOf(byte, offset - this.#start);
    return found === -1 ? -1 : found + this.#start;
  }

  /** The position after the last loaded byte. */
  get end(): number {
    return this.#start + this.#bytes.length;
  }

  uint8(offset: number): number {
    return this.#bytes.readUInt8(offset - this.#start);
  }

  uint16BE(offset: number): number {
    return this.#bytes.readUInt16BE(offset - this.#start);
  }

  uint32BE(offset: number): number {
    return this.#bytes.readUInt32BE(offset - this.#start);
  }

  uint32LE(offset: number): number {
    return this.#bytes.readUInt32LE(offset - this.#start);
  }

  text(offset: number, count: number): string {
    return this.#bytes.toString('latin1', offset - this.#start, offset - this.#start + count);
  }

  /** Returns a copy, because the window moves. */
  slice(offset: number, count: number): Buffer {
    return Buffer.from(this.#bytes.subarray(offset - this.#start, offset - this.#start + count));
  }
}
