/** The boxes of a file show that it ended too early. */
import { readFile } from 'node:fs/promises';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { withByteSource } from '#src/media/formats/byte-source.ts';
import { isWholeMp4 } from '#src/media/formats/mp4-completeness.ts';

import { mp4Box, mp4File } from '../../../fakes/videos.ts';

/** A really encoded file: `ftyp`, `moov`, `free`, `mdat`. */
const CLIP = await readFile(new URL('../../../../sandbox/vendor/clip.mp4', import.meta.url));
const MOOV_AT = 32;
const FREE_AT = 1925;
const MDAT_AT = 1933;
/** As cameras write it: the description after the pictures. */
const MOOV_LAST = Buffer.concat([
  CLIP.subarray(0, MOOV_AT),
  CLIP.subarray(MDAT_AT),
  CLIP.subarray(FREE_AT, MDAT_AT),
  CLIP.subarray(MOOV_AT, FREE_AT),
]);
const MOV = mp4File({ brand: 'qt  ', mediaBytes: 500, descriptionAt: 'end' });

async function isWhole(bytes: Buffer, isLengthConfirmed = false): Promise<boolean> {
  return withByteSource(bytes, async (source) => isWholeMp4(source, { isLengthConfirmed }));
}

/** The last box as encoders write it before they know its size. */
function openEnded(bytes: Buffer, lastAt: number): Buffer {
  const open = Buffer.from(bytes);
  open.writeUInt32BE(0, lastAt);
  return open;
}

/** The last box with a size of 64 bits. */
function large(bytes: Buffer, lastAt: number): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32BE(1, 0);
  bytes.copy(header, 4, lastAt + 4, lastAt + 8);
  header.writeBigUInt64BE(BigInt(bytes.length - lastAt + 8), 8);
  return Buffer.concat([bytes.subarray(0, lastAt), header, bytes.subarray(lastAt + 8)]);
}

describe('a file of unstated length', () => {
  test.each([
    ['with its description in front', CLIP],
    ['with its description at its end', MOOV_LAST],
    ['that is a MOV', MOV],
    ['with a size of 64 bits', large(CLIP, MDAT_AT)],
    ['whose last box is open', openEnded(CLIP, MDAT_AT)],
    ['with an unknown box', Buffer.concat([CLIP, mp4Box('AIGC', Buffer.alloc(9))])],
  ])('a file %s is complete', async (_, bytes) => {
    expect(await isWhole(bytes)).toBe(true);
  });

  test.each([
    ['with its description in front', CLIP],
    ['with its description at its end', MOOV_LAST],
    ['that is a MOV', MOV],
    ['with a size of 64 bits', large(CLIP, MDAT_AT)],
    ['whose last box is open', openEnded(CLIP, MDAT_AT)],
  ])('a file %s is incomplete wherever it was cut', async (_, bytes) => {
    const taken: number[] = [];
    for (let length = 0; length < bytes.length; length += 1) {
      if (await isWhole(bytes.subarray(0, length))) taken.push(length);
    }

    expect(taken).toEqual([]);
  });

  test('a file with one extra byte is incomplete', async () => {
    expect(await isWhole(Buffer.concat([CLIP, Buffer.alloc(1)]))).toBe(false);
  });

  test.each(['ftyp', 'mdat'])(
    'a file with only %s and what precedes it is incomplete',
    async (type) => {
      const end = type === 'ftyp' ? MOOV_AT : MOOV_LAST.length - (FREE_AT - MOOV_AT);

      expect(await isWhole(MOOV_LAST.subarray(0, end))).toBe(false);
    },
  );
});

describe('a file whose length the server confirmed', () => {
  test.each([
    ['a few bytes', Buffer.from('junk')],
    ['a text', Buffer.from('appended by a careless store\n')],
    ['zeros', Buffer.alloc(64)],
    ['a box of an impossible size', Buffer.from([0, 0, 0, 3, 102, 114, 101, 101])],
  ])('a file of confirmed length may have %s behind its last box', async (_, garbage) => {
    expect(await isWhole(Buffer.concat([CLIP, garbage]), true)).toBe(true);
  });

  test.each([
    ['within its pictures', CLIP, 20_000],
    ['within its description', MOOV_LAST, MOOV_LAST.length - 50],
    ['before its description', MOOV_LAST, MOOV_LAST.length - (FREE_AT - MOOV_AT)],
    ['before its pictures', CLIP, MDAT_AT],
  ])(
    'a file of confirmed length that ends %s is incomplete: the store may still be writing it',
    async (_, bytes, length) => {
      expect(await isWhole(bytes.subarray(0, length), true)).toBe(false);
    },
  );
});

test('bytes of any kind have a result', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (tail, isConfirmed) => {
      const bytes = Buffer.concat([CLIP.subarray(0, 40), tail]);

      expect(await isWhole(bytes, isConfirmed)).toBe(false);
    }),
  );
});
