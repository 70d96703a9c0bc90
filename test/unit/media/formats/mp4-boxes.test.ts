import { describe, expect, test } from 'vitest';

import { withByteSource } from '#src/media/formats/byte-source.ts';
import { readDescription, topLevelBoxes, type BoxPlace } from '#src/media/formats/mp4-boxes.ts';

import { mp4Box, mp4File } from '../../../fakes/videos.ts';

async function boxesOf(bytes: Buffer): Promise<BoxPlace[]> {
  return withByteSource(bytes, async (source) => Array.fromAsync(topLevelBoxes(source)));
}

async function typesOf(bytes: Buffer): Promise<string[]> {
  return (await boxesOf(bytes)).map(({ type, isWhole }) => (isWhole ? type : `${type} cut`));
}

function largeBox(
  type: string,
  contentBytes: number,
  statedBytes = BigInt(contentBytes + 16),
): Buffer {
  const box = Buffer.alloc(contentBytes + 16);
  box.writeUInt32BE(1, 0);
  box.write(type, 4, 'latin1');
  box.writeBigUInt64BE(statedBytes, 8);
  return box;
}

describe('the boxes of a file', () => {
  test('the boxes cover the file from its start to its end', async () => {
    const file = mp4File();

    const boxes = await boxesOf(file);

    expect(boxes.map(({ type }) => type)).toEqual(['ftyp', 'moov', 'mdat']);
    expect(boxes[0]).toMatchObject({ offset: 0, headerBytes: 8, boxBytes: 32, isWhole: true });
    expect(boxes.reduce((sum, { boxBytes }) => sum + boxBytes, 0)).toBe(file.length);
  });

  test('boxes may have sizes of 64 bits', async () => {
    const boxes = await boxesOf(Buffer.concat([largeBox('mdat', 100), mp4Box('free')]));

    expect(boxes).toMatchObject([
      { type: 'mdat', headerBytes: 16, boxBytes: 116 },
      { type: 'free', offset: 116 },
    ]);
  });

  test('a box of size 0 reaches to the end of the file', async () => {
    const open = Buffer.concat([Buffer.from('\0\0\0\0mdat', 'latin1'), Buffer.alloc(50)]);

    expect(await boxesOf(Buffer.concat([mp4Box('ftyp'), open]))).toMatchObject([
      { type: 'ftyp' },
      { type: 'mdat', boxBytes: 58, isWhole: true },
    ]);
  });

  test.each([
    ['in its last box', mp4File().subarray(0, -1), ['ftyp', 'moov', 'mdat cut']],
    ['in the header of its last box', mp4File().subarray(0, -103), ['ftyp', 'moov']],
    ['in a box of 64 bits', largeBox('mdat', 100, 2n ** 63n), ['mdat cut']],
    ['in a size of 64 bits', Buffer.from('\0\0\0\x01mdat\0\0', 'latin1'), []],
  ])('the boxes end where the file is cut: %s', async (_, bytes, types) => {
    expect(await typesOf(bytes)).toEqual(types);
  });

  test('the boxes end before bytes that are not a box', async () => {
    const rubbish = Buffer.from([0, 0, 0, 2, 1, 2, 3, 4, 5]);

    expect(await typesOf(Buffer.concat([mp4File(), rubbish]))).toEqual(['ftyp', 'moov', 'mdat']);
  });

  test('too many boxes are refused', async () => {
    await expect(boxesOf(Buffer.alloc(100_000, mp4Box('free')))).rejects.toThrow('too many boxes');
  });
});

describe('a truncated description', () => {
  test('a description that is cut short is refused', async () => {
    const cut = mp4File({ descriptionAt: 'end' }).subarray(0, -1);

    await expect(withByteSource(cut, readDescription)).rejects.toThrow('cut short');
  });
});
