/**
 * Small pictures of any size, valid and broken, built by hand so that no test needs a picture file
 * or an image library. All except `heicImage` open in any viewer; each has one colour.
 */
import { crc32, deflateSync } from 'node:zlib';

export interface Size {
  width: number;
  height: number;
}

export interface Colour {
  red: number;
  green: number;
  blue: number;
}

const DEFAULT_SIZE: Size = { width: 640, height: 480 };
const DEFAULT_COLOUR: Colour = { red: 70, green: 130, blue: 180 };
const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const BITS_PER_BYTE = 8;

export function pngImage({
  width = DEFAULT_SIZE.width,
  height = DEFAULT_SIZE.height,
  colour = DEFAULT_COLOUR,
}: Partial<Size> & { colour?: Colour } = {}): Buffer {
  const row = Buffer.alloc(1 + width * 3, Buffer.of(colour.red, colour.green, colour.blue));
  row.copyWithin(1, 0, width * 3);
  row[0] = 0; // filter: none
  const rows = Buffer.alloc(row.length * height, row);
  return Buffer.concat([
    PNG_SIGNATURE,
    pngChunk('IHDR', pngHeader({ width, height })),
    pngChunk('IDAT', deflateSync(rows)),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Claims 32768 × 32768 pixels, over a thousand million, in less than a hundred bytes. */
export function hugeHeaderPng(): Buffer {
  return Buffer.concat([
    PNG_SIGNATURE,
    pngChunk('IHDR', pngHeader({ width: 32_768, height: 32_768 })),
    pngChunk('IDAT', deflateSync(Buffer.alloc(10))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngHeader({ width, height }: Size): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8); // bits per channel; red, green, blue
  return header;
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/**
 * A baseline JPEG in grey. Its two Huffman tables have one code of one bit each ("no difference",
 * "end of block"), so that every block is two zero bits.
 *
 * @param options.orientation the EXIF orientation; 6 and 8 are photos taken with the phone upright
 */
export function jpegImage({
  width = DEFAULT_SIZE.width,
  height = DEFAULT_SIZE.height,
  orientation,
}: Partial<Size> & { orientation?: number } = {}): Buffer {
  const frame = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(height, 1);
  frame.writeUInt16BE(width, 3);
  const oneCode = Buffer.from([1, ...Array<number>(15).fill(0), 0]);
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  const scan = Buffer.alloc(Math.ceil((blocks * 2) / BITS_PER_BYTE));
  const usedBits = (blocks * 2) % BITS_PER_BYTE;
  if (usedBits > 0) scan[scan.length - 1] = 0xff >> usedBits; // padded with ones
  return Buffer.concat([
    Buffer.from('ffd8', 'hex'),
    jpegSegment(0xe0, Buffer.from('4a46494600010100000100010000', 'hex')),
    ...(orientation === undefined ? [] : [jpegSegment(0xe1, exif(orientation))]),
    jpegSegment(0xdb, Buffer.concat([Buffer.of(0), Buffer.alloc(64, 16)])),
    jpegSegment(0xc0, frame),
    jpegSegment(0xc4, Buffer.concat([Buffer.of(0x00), oneCode])),
    jpegSegment(0xc4, Buffer.concat([Buffer.of(0x10), oneCode])),
    jpegSegment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    scan,
    Buffer.from('ffd9', 'hex'),
  ]);
}

function jpegSegment(marker: number, data: Buffer): Buffer {
  const header = Buffer.from([0xff, marker, 0, 0]);
  header.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([header, data]);
}

/** One directory with one entry: orientation, a short, once. */
function exif(orientation: number): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write('MM\0*', 'latin1');
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(1, 8);
  tiff.writeUInt16BE(0x0112, 10);
  tiff.writeUInt16BE(3, 12);
  tiff.writeUInt32BE(1, 14);
  tiff.writeUInt16BE(orientation, 18);
  return Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
}

/** A large canvas with a frame of one pixel in its corner. */
export function gifImage({ width, height }: Size = DEFAULT_SIZE): Buffer {
  const screen = Buffer.alloc(7);
  screen.writeUInt16LE(width, 0);
  screen.writeUInt16LE(height, 2);
  screen[4] = 0x80; // a colour table of two
  return Buffer.concat([
    Buffer.from('GIF89a', 'latin1'),
    screen,
    Buffer.from('4682b4ffffff', 'hex'),
    Buffer.from('2c000000000100010000', 'hex'),
    Buffer.from('02024401003b', 'hex'),
  ]);
}

/** One bit per pixel, uncompressed. */
export function bmpImage({ width, height }: Size = DEFAULT_SIZE): Buffer {
  const rowBytes = Math.ceil(width / 32) * 4;
  const header = Buffer.alloc(62);
  const file = Buffer.concat([header, Buffer.alloc(rowBytes * height)]);
  file.write('BM', 'latin1');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(header.length, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(1, 28);
  file.set([0xb4, 0x82, 0x46, 0, 0xff, 0xff, 0xff, 0], 54);
  return file;
}

/** Lossless, with prefix codes of one symbol each: a pixel takes no bits at all. */
export function webpImage({ width, height }: Size = DEFAULT_SIZE): Buffer {
  const bits: number[] = [];
  const push = (value: number, count: number): void => {
    for (let bit = 0; bit < count; bit += 1) bits.push((value >> bit) & 1);
  };
  push(0x2f, 8);
  push(width - 1, 14);
  push(height - 1, 14);
  push(0, 1 + 3 + 1 + 1 + 1); // no alpha, version 0, no transform, no colour cache, one code group
  for (const symbol of [130, 70, 180, 255, 0]) {
    push(0b101, 3); // a simple code; one symbol; of eight bits
    push(symbol, 8);
  }
  const stream = Buffer.alloc(Math.ceil(bits.length / 16) * 2);
  bits.forEach((bit, index) => {
    const byte = Math.floor(index / BITS_PER_BYTE);
    stream[byte] = (stream[byte] ?? 0) | (bit << (index % BITS_PER_BYTE));
  });
  const header = Buffer.alloc(20);
  header.write('RIFF\0\0\0\0WEBPVP8L', 'latin1');
  header.writeUInt32LE(stream.length + 12, 4);
  header.writeUInt32LE(stream.length, 16);
  return Buffer.concat([header, stream]);
}

/** One bit per pixel, uncompressed, with the directory at the end as most programs write it. */
export function tiffImage({ width, height }: Size = DEFAULT_SIZE): Buffer {
  const pixels = Buffer.alloc(Math.ceil(width / BITS_PER_BYTE) * height);
  const padding = Buffer.alloc(pixels.length % 2);
  const entries: readonly (readonly [tag: number, value: number])[] = [
    [256, width],
    [257, height],
    [258, 1], // bits a sample
    [259, 1], // not compressed
    [262, 1], // zero is black
    [273, 8], // where the pixels start
    [277, 1], // samples a pixel
    [278, height],
    [279, pixels.length],
  ];
  const directory = Buffer.alloc(2 + entries.length * 12 + 4);
  directory.writeUInt16LE(entries.length, 0);
  entries.forEach(([tag, value], index) => {
    const offset = 2 + index * 12;
    directory.writeUInt16LE(tag, offset);
    directory.writeUInt16LE(4, offset + 2);
    directory.writeUInt32LE(1, offset + 4);
    directory.writeUInt32LE(value, offset + 8);
  });
  const header = Buffer.alloc(8);
  header.write('II*\0', 'latin1');
  header.writeUInt32LE(header.length + pixels.length + padding.length, 4);
  return Buffer.concat([header, pixels, padding, directory]);
}

/** The boxes that state type and size, without a picture. */
export function heicImage({ width, height }: Size = DEFAULT_SIZE): Buffer {
  const sizeBox = box('ispe', Buffer.concat([uint32(0), uint32(width), uint32(height)]));
  const properties = box('iprp', box('ipco', sizeBox));
  return Buffer.concat([
    box('ftyp', Buffer.from('heic\0\0\0\0mif1heic', 'latin1')),
    box('meta', Buffer.concat([uint32(0), properties])),
  ]);
}

function box(type: string, content: Buffer): Buffer {
  return Buffer.concat([uint32(content.length + 8), Buffer.from(type, 'latin1'), content]);
}

/** What a member uploads as `notes.png`. */
export function textFile(text = 'Shopping list: bread, milk, two apples.\n'): Buffer {
  return Buffer.from(text);
}

/** The first part of a file, as a cut upload leaves it; half of it by default. */
export function truncate(bytes: Uint8Array, keptBytes = Math.floor(bytes.length / 2)): Buffer {
  return Buffer.from(bytes.subarray(0, keptBytes));
}
