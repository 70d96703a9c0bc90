/** A valid picture of any size in bytes. */
import { crc32 } from 'node:zlib';

import { pngImage } from '../fakes/images.ts';

/** Length, type and checksum of a PNG chunk. */
const CHUNK_FRAME_BYTES = 12;
/** The closing chunk, which is empty. */
const END_BYTES = CHUNK_FRAME_BYTES;

/** A PNG with a text chunk that pads it to exactly `byteLength`. */
export function paddedPng(byteLength: number): Buffer {
  const plain = pngImage();
  const data = Buffer.alloc(byteLength - plain.length - CHUNK_FRAME_BYTES, 'x');
  data.write('Comment\0');
  const body = Buffer.concat([Buffer.from('tEXt'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  const end = plain.length - END_BYTES;
  return Buffer.concat([plain.subarray(0, end), length, body, checksum, plain.subarray(end)]);
}
