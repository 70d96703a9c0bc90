/** Unusual pictures that common decoders read, next to truncated ones. */
import { crc32 } from 'node:zlib';

import { describe, expect, test } from 'vitest';

import { inspectImage } from '#src/media/inspection/inspect-image.ts';
import { text } from '#src/text/text.ts';

import {
  bmpImage,
  gifImage,
  jpegImage,
  pngImage,
  tiffImage,
  truncate,
  webpImage,
} from '../../../fakes/images.ts';
import { temporaryFolder } from '../../../fakes/temporary-folder.ts';
import { inspectionTextOf } from './inspection-text.ts';

const SIZE = { width: 800, height: 600 };
const BEHIND = Buffer.from('\r\nsomething else', 'latin1');
const photo = jpegImage(SIZE);

async function inspectionText(bytes: Uint8Array): Promise<string> {
  return inspectionTextOf(inspectImage(bytes, { label: text('media:firstFrame') }));
}

describe('a GIF', () => {
  const gif = gifImage(SIZE);
  const inFront = (...blocks: readonly Buffer[]): Buffer =>
    Buffer.concat([gif.subarray(0, 19), ...blocks, gif.subarray(19)]);
  const comment = Buffer.concat([Buffer.from('21fe', 'hex'), Buffer.from('\x05hello\x02;;\0')]);

  test.each([
    ['two bytes behind its trailer', Buffer.concat([gif, Buffer.from('\r\n')])],
    ['other data behind its trailer', Buffer.concat([gif, BEHIND])],
    ['zeros behind its trailer', Buffer.concat([gif, Buffer.alloc(200)])],
    ['a comment that holds a trailer', inFront(comment)],
    [
      'a repetition and a pause',
      inFront(
        Buffer.from('21ff0b4e45545343415045322e300301000000', 'hex'),
        Buffer.from('21f90400000000 00'.replace(' ', ''), 'hex'),
      ),
    ],
    ['several frames', Buffer.concat([gif.subarray(0, -1), gif.subarray(19)])],
    [
      'zeros between its blocks',
      Buffer.concat([gif.subarray(0, -1), Buffer.alloc(3), gif.subarray(-1)]),
    ],
    [
      'colours of a frame',
      Buffer.concat([gif.subarray(0, 28), Buffer.from('80000000ffffff', 'hex'), gif.subarray(29)]),
    ],
  ])('a GIF with %s is read', async (_, bytes) => {
    expect(await inspectionText(bytes)).toContain('"width":800,"height":600');
  });

  test.each([
    ['its trailer missing', gif.subarray(0, -1)],
    [
      'its trailer only in a comment',
      Buffer.concat([gif.subarray(0, -1), comment.subarray(0, -1)]),
    ],
    ['its picture missing', Buffer.concat([gif.subarray(0, 19), gif.subarray(-1)])],
    [
      'its picture cut, and a byte like a trailer behind',
      Buffer.concat([gif.subarray(0, -3), Buffer.from(';')]),
    ],
  ])('a GIF with %s is refused', async (_, bytes) => {
    expect(await inspectionText(bytes)).toContain(
      'is damaged or cut short: its GIF file can’t be read',
    );
  });
});

describe('a PNG', () => {
  const png = pngImage(SIZE);
  const chunk = (type: string, content: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(content.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const behindHeader = (...chunks: readonly Buffer[]): Buffer =>
    Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)]);

  test.each([
    ['bytes behind IEND', Buffer.concat([png, BEHIND])],
    ['a chunk larger than one read', behindHeader(chunk('iCCP', Buffer.alloc(300_000, 'IEND')))],
    [
      'many chunks',
      behindHeader(...Array.from({ length: 5000 }, () => chunk('tEXt', Buffer.from('a\0b')))),
    ],
    ['frames', behindHeader(chunk('acTL', Buffer.alloc(8)))],
  ])('a PNG with %s is read', async (_, bytes) => {
    expect(await inspectionText(bytes)).toMatch(/"image\/png","width":800,"height":600/);
  });

  test.each([
    ['IEND cut', png.subarray(0, -1)],
    ['its data missing', Buffer.concat([png.subarray(0, 33), png.subarray(-12)])],
    [
      'IEND only inside a chunk',
      Buffer.concat([
        png.subarray(0, 33),
        chunk('IDAT', Buffer.alloc(9000, png.subarray(-12))).subarray(0, -200),
      ]),
    ],
  ])('a PNG with %s is refused', async (_, bytes) => {
    expect(await inspectionText(bytes)).toContain(
      'is damaged or cut short: its PNG file can’t be read',
    );
  });
});

describe('a WebP', () => {
  const webp = webpImage(SIZE);
  const picture = webp.subarray(12);
  const riff = (content: Buffer, size = content.length): Buffer => {
    const header = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
    header.writeUInt32LE(size + 4, 4);
    return Buffer.concat([header, content]);
  };
  /** With a chunk one byte longer, of odd length. */
  const odd = Buffer.concat([picture, Buffer.alloc(1)]);
  odd.writeUInt32LE(picture.readUInt32LE(4) + 1, 4);
  const padded = Buffer.concat([odd, Buffer.alloc(1)]);
  const exif = Buffer.concat([Buffer.from('EXIF\x03\0\0\0', 'latin1'), Buffer.from('MM\0\0')]);

  test.each([
    ['bytes behind its end', Buffer.concat([webp, BEHIND])],
    ['a chunk of odd length and its padding', riff(padded)],
    ['padding that is not counted', riff(padded, odd.length)],
    ['padding that is not there', riff(odd)],
    ['padding that is counted and not there', riff(odd, padded.length)],
    ['a chunk of odd length in the middle', riff(Buffer.concat([padded, exif]))],
  ])('a WebP with %s is read', async (_, bytes) => {
    expect(await inspectionText(bytes)).toContain('"width":800,"height":600');
  });

  test.each([
    ['its last byte missing', webp.subarray(0, -1)],
    ['its data cut', riff(padded).subarray(0, -2)],
    ['its second chunk cut', riff(Buffer.concat([padded, exif])).subarray(0, -3)],
    ['no chunk', riff(Buffer.alloc(0))],
  ])('a WebP with %s is refused', async (_, bytes) => {
    expect(await inspectionText(bytes)).not.toMatch(/^accepted/);
  });
});

describe('a BMP', () => {
  const bmp = bmpImage(SIZE);
  const withField = (offset: number, value: number): Buffer => {
    const changed = Buffer.from(bmp);
    changed.writeInt32LE(value, offset);
    return changed;
  };

  test.each([
    ['a size field of 0', withField(2, 0)],
    ['a size field that is too large', withField(2, bmp.length + 100)],
    ['rows from the top down', withField(22, -600)],
    ['bytes behind its end', Buffer.concat([bmp, BEHIND])],
    ['the header of OS/2', ofOs2()],
  ])('a BMP with %s is read', async (_, bytes) => {
    expect(await inspectionText(bytes)).toContain('"width":800,"height":600');
  });

  test.each([
    ['pixels missing', bmp.subarray(0, -100)],
    ['pixels missing, and a size field of 0', withField(2, 0).subarray(0, -100)],
    ['its header cut', bmp.subarray(0, 40)],
  ])('a BMP with %s is refused', async (_, bytes) => {
    expect(await inspectionText(bytes)).toContain(
      'is damaged or cut short: its BMP file can’t be read',
    );
  });

  /** Dimensions of 16 bits, and three bytes per colour. */
  function ofOs2(): Buffer {
    const header = Buffer.alloc(32);
    header.write('BM', 'latin1');
    header.writeUInt32LE(32, 10);
    header.writeUInt32LE(12, 14);
    header.writeUInt16LE(800, 18);
    header.writeUInt16LE(600, 20);
    header.writeUInt16LE(1, 22);
    header.writeUInt16LE(1, 24);
    return Buffer.concat([header, bmp.subarray(62)]);
  }
});

describe('a TIFF', () => {
  const tiff = tiffImage(SIZE);

  test('a TIFF with other data behind its directory is read', async () => {
    expect(await inspectionText(Buffer.concat([tiff, BEHIND]))).toContain(
      '"width":800,"height":600',
    );
  });

  test('a TIFF without the offset of a next directory is read', async () => {
    expect(await inspectionText(tiff.subarray(0, -4))).toContain('"width":800,"height":600');
  });

  test('a TIFF with its directory cut, or written by a camera, is refused', async () => {
    const raw = Buffer.from(tiff);
    raw.writeUInt16LE(50_706, tiff.readUInt32LE(4) + 2 + 8 * 12);

    expect(await inspectionText(tiff.subarray(0, -20))).toContain('is damaged or cut short');
    expect(await inspectionText(raw)).toContain('is a picture in ADOBE-DNG format');
  });
});

test('a picture is read from the disk as from memory, a part at a time', async () => {
  await using folder = await temporaryFolder();
  const { writeFile } = await import('node:fs/promises');
  const pictures = [
    photo,
    gifImage(SIZE),
    pngImage(SIZE),
    webpImage(SIZE),
    bmpImage(SIZE),
    tiffImage(SIZE),
  ];

  for (const [index, bytes] of pictures.entries()) {
    const path = `${folder.path}/${index}`;
    await writeFile(path, bytes);
    const facts = await inspectImage({ path }, { label: text('media:firstFrame') });
    expect(facts).toEqual(await inspectImage(bytes, { label: text('media:firstFrame') }));
    await writeFile(path, truncate(bytes));
    await expect(inspectImage({ path }, { label: text('media:firstFrame') })).rejects.toThrow(
      'cut short',
    );
  }
});

test('a picture is read from any store that returns parts of it, and never as a whole', async () => {
  const bytes = Buffer.concat([pngImage(SIZE), Buffer.alloc(2_000_000)]);
  const lengths: number[] = [];
  const source = {
    byteLength: bytes.length,
    read: async (position: number, byteLength: number) => {
      lengths.push(byteLength);
      return bytes.subarray(position, position + byteLength);
    },
  };

  const facts = await inspectImage(source, { label: text('media:firstFrame') });

  expect(facts).toMatchObject({ width: 800, height: 600, byteLength: bytes.length });
  expect(Math.max(...lengths)).toBeLessThanOrEqual(64 * 1024);
});
