/**
 * Goes through a file of any size with little memory: only a window of it is held. What is held is
 * read at once, so that millions of small steps cost no millions of promises:
 * `if (!(window.holds(at, 4) || (await window.load(at, 4)))) return undefined;`
 */
import type { ByteSource } from './byte-source.ts';

const WINDOW_BYTES = 64 * 1024;

export class ByteWindow {
  /** Of the whole file. */
  readonly byteLength: number;
  readonly #source: ByteSource;
  #start = 0;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(source: ByteSource) {
    this.#source = source;
    this.byteLength = source.byteLength;
  }

  /** Whether `count` bytes from there on can be read now. */
  holds(offset: number, count: number): boolean {
    return offset >= this.#start && offset + count <= this.#start + this.#bytes.length;
  }

  /** Moves the window there. Resolves to false when the file ends before; nothing can be read then. */
  async load(offset: number, count: number): Promise<boolean> {
    this.#start = offset;
    const isThere = offset >= 0 && offset + count <= this.byteLength;
    const size = Math.max(count, WINDOW_BYTES);
    this.#bytes = isThere ? await this.#source.read(offset, size) : Buffer.alloc(0);
    return this.holds(offset, count);
  }

  /** Where the next byte of that value is held at or behind the offset; -1 when none is. */
  indexOf(byte: number, offset: number): number {
    const found = this.#bytes.indexOf(byte, offset - this.#start);
    return found === -1 ? -1 : found + this.#start;
  }

  /** The place behind the last byte held. */
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

  /** A copy: what it holds moves on. */
  slice(offset: number, count: number): Buffer {
    return Buffer.from(this.#bytes.subarray(offset - this.#start, offset - this.#start + count));
  }
}
