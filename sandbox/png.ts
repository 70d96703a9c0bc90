/** A PNG writer for generated pictures, without picture files or an image library. */
import { randomBytes } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const BYTES_PER_PIXEL = 3;

/** Red, green and blue, 0 to 255. */
export type Pixel = readonly [red: number, green: number, blue: number];

export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** The colour at a position, 0 … 1 from left to right and from top to bottom. */
  readonly paint: (x: number, y: number) => Pixel;
}

export function encodePng({ width, height, paint }: Canvas): Buffer {
  const rowBytes = 1 + width * BYTES_PER_PIXEL; // the first byte says "no filter"
  const rows = Buffer.alloc(rowBytes * height);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      rows.set(paint(column / width, row / height), row * rowBytes + 1 + column * BYTES_PER_PIXEL);
    }
  }
  return pngFile({ width, height }, deflateSync(rows));
}

/** A square of noise, which compresses to about so many megabytes. */
export function randomPng(megabytes: number): Buffer {
  const side = Math.floor(Math.sqrt((megabytes * 1_000_000) / BYTES_PER_PIXEL));
  const rowBytes = 1 + side * BYTES_PER_PIXEL;
  const rows = randomBytes(rowBytes * side);
  for (let row = 0; row < side; row += 1) rows[row * rowBytes] = 0; // the first byte says "no filter"
  return pngFile({ width: side, height: side }, deflateSync(rows, { level: 0 }));
}

/** The file around already compressed rows; the header contains the given values. */
function pngFile(size: { width: number; height: number }, compressedRows: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size.width, 0);
  header.writeUInt32BE(size.height, 4);
  header.set([8, 2], 8); // bits per channel; red, green, blue
  const chunks = [
    chunk('IHDR', header),
    chunk('IDAT', compressedRows),
    chunk('IEND', new Uint8Array()),
  ];
  return Buffer.concat([SIGNATURE, ...chunks]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
