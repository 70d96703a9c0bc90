import { describe, expect, test } from 'vitest';

import { inspectReferenceVideo } from '#src/media/inspection/inspect-reference.ts';

import { changeBoxes, changeContent, typeOf } from '../../../fakes/mp4-changes.ts';
import { mp4Box, mp4File, uint32 } from '../../../fakes/videos.ts';
import { HONEST_VIDEOS, honestVideo } from '../../../fixtures/videos/honest-videos.ts';
import { FRAMES, HONEST, OPTIONS, TABLES, addAfter, measure } from './reference-files.ts';

describe('an ordinary reference video', () => {
  test.each(HONEST_VIDEOS)(
    '$name has its true length',
    async ({ name, seconds, billableMs, framesPerSecond }) => {
      const facts = await inspectReferenceVideo(await honestVideo(name), OPTIONS);

      expect(facts).toMatchObject({ seconds, billableMs });
      expect(facts.framesPerSecond).toBeCloseTo(framesPerSecond, 2);
      expect([facts.width, facts.height]).toEqual([864, 480]);
    },
  );
});

describe('unusual but valid structures', () => {
  const compact = Buffer.alloc(FRAMES / 2, 0);
  const half = Math.round(FRAMES / 2);
  const withTables = (...tables: readonly Buffer[]): Buffer =>
    changeBoxes(HONEST, TABLES, (boxes) => {
      const types = new Set(tables.map((box) => typeOf(box)));
      const kept = boxes.filter((box) => !types.has(typeOf(box)));
      return [...kept, ...tables];
    });

  test.each([
    [
      'sizes of 4 bits',
      changeBoxes(withTables(mp4Box('stz2', uint32(0, 4, FRAMES), compact)), TABLES, (boxes) =>
        boxes.filter((box) => typeOf(box) !== 'stsz'),
      ),
    ],
    [
      'offsets of 64 bits',
      changeBoxes(withTables(mp4Box('co64', uint32(0, 1, 0, 40))), TABLES, (boxes) =>
        boxes.filter((box) => typeOf(box) !== 'stco'),
      ),
    ],
    [
      'several chunks',
      withTables(
        mp4Box('stsc', uint32(0, 2, 1, half, 1, 2, 1, 1)),
        mp4Box('stco', uint32(0, half + 1, ...Array<number>(half + 1).fill(40))),
      ),
    ],
    [
      'frames of different lengths',
      withTables(mp4Box('stts', uint32(0, 2, half, 500, half, 1500))),
    ],
    ['other data behind its end', Buffer.concat([HONEST, Buffer.from('a phone wrote this')])],
    [
      'a truncated free box at its end',
      Buffer.concat([HONEST, mp4Box('free', Buffer.alloc(50)).subarray(0, 20)]),
    ],
    [
      'user data that is not a box',
      addAfter('moov', mp4Box('udta', Buffer.from('\0\0\0\x03 a camera wrote this', 'latin1'))),
    ],
    ['media to the end of the file', openEnded()],
    ['a second media box', addAfter('', mp4Box('mdat', Buffer.alloc(9)))],
  ])('%s changes nothing', async (_, bytes) => {
    expect(await measure(bytes)).toEqual({ seconds: 5, billableMs: 5000 });
  });

  test('a picture that a phone rotated has the displayed dimensions', async () => {
    const turned = changeContent(
      mp4File({ width: 1920, height: 1080 }),
      'moov/trak/tkhd',
      (box) => {
        box.writeInt32BE(0x1_0000, 44);
      },
    );

    expect(await inspectReferenceVideo(turned, OPTIONS)).toMatchObject({
      width: 1080,
      height: 1920,
    });
  });

  /** As written by a program that cannot go back to fill in the size. */
  function openEnded(): Buffer {
    const file = mp4File();
    file.writeUInt32BE(0, file.indexOf('mdat', 0, 'latin1') - 4);
    return file;
  }
});
