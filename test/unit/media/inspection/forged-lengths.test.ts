/** Reference videos that state different lengths: in an edit list, in headers, in time tables. */
import { describe, expect, test } from 'vitest';

import { changeBoxes, changeContent, contentOf, typeOf } from '../../../fakes/mp4-changes.ts';
import { mp4Box, mp4File, uint32 } from '../../../fakes/videos.ts';
import {
  FRAMES,
  HONEST,
  MEDIA_SECOND,
  MOVIE_SECOND,
  TABLES,
  TRACK,
  addAfter,
  withEdits,
  addBefore,
  measure,
  times,
  unclear,
  inspectionText,
  edits,
} from './reference-files.ts';

describe('an edit list', () => {
  test.each([
    [
      'plays the same part seven times',
      withEdits(...Array.from({ length: 7 }, () => [2000, 0] as const)),
      'its edit list plays several parts',
    ],
    ['plays two parts', withEdits([2000, 0], [3000, 48_000]), 'its edit list plays several parts'],
    [
      'plays a part before a pause',
      withEdits([2000, 0], [9000, -1]),
      'its edit list plays several parts',
    ],
    [
      'plays two parts behind a pause',
      withEdits([0, -1], [2000, 0], [2000, 0]),
      'its edit list plays several parts',
    ],
    ['plays backwards', withEdits([5000, 0, 0xffff_0000]), 'its edit list changes the speed'],
    ['plays at half the speed', withEdits([10_000, 0, 0x8000]), 'its edit list changes the speed'],
    ['stands still', withEdits([20_000, 0, 0]), 'its edit list changes the speed'],
    ['plays nothing', withEdits([5000, -1]), 'its edit list plays nothing'],
    ['plays nothing twice', withEdits([5000, -1], [5000, -1]), 'its edit list plays nothing'],
    [
      'states more entries than it has',
      addBefore(TRACK, mp4Box('edts', mp4Box('elst', uint32(0, 1)))),
      'its elst box states another number of entries than it has',
    ],
    [
      'has an entry that it does not state',
      addBefore(TRACK, mp4Box('edts', mp4Box('elst', uint32(0, 0, 5000, 0, 0x1_0000)))),
      'its elst box states another number of entries than it has',
    ],
  ])('an edit list that %s is refused', async (_, bytes, reason) => {
    expect(await inspectionText(bytes)).toBe(unclear(reason));
  });

  test('an edit list without entries changes nothing', async () => {
    expect(await measure(withEdits())).toEqual({ seconds: 5, billableMs: 5000 });
  });

  test('an edit list that starts with a pause adds it', async () => {
    expect(await measure(withEdits([1500, -1], [5000, 0]))).toEqual({
      seconds: 6.5,
      billableMs: 6500,
    });
  });

  test('an edit list longer than the media counts with its stated length', async () => {
    expect(await measure(withEdits([14_000, 0]))).toEqual({ seconds: 14, billableMs: 14_000 });
  });

  test('an edit list of 64 bits is read like one of 32', async () => {
    const entry = Buffer.alloc(20);
    entry.writeBigUInt64BE(14_000n, 0);
    entry.writeUInt32BE(0x1_0000, 16);
    const list = mp4Box('elst', uint32(0x0100_0000, 1), entry);

    expect(await measure(addBefore(TRACK, mp4Box('edts', list)))).toMatchObject({
      billableMs: 14_000,
    });
  });

  test('a part that an edit list hides, as phones do, is still billed', async () => {
    const cut = changeContent(
      withEdits([3000, MEDIA_SECOND]),
      'moov/mvhd',
      (box) => void box.writeUInt32BE(3000, 16),
    );

    expect(await measure(cut)).toEqual({ seconds: 3, billableMs: 5000 });
  });
});

describe('conflicting statements of length', () => {
  const stating = (path: string, offset: number, ticks: number): Buffer =>
    changeContent(HONEST, path, (box) => void box.writeUInt32BE(ticks, offset));
  const long = (path: string, timescale: number, seconds: number): Buffer =>
    changeContent(HONEST, path, (box) => {
      const content = Buffer.alloc(box.length + 12);
      content.writeUInt8(1, 0);
      content.writeUInt32BE(timescale, 20);
      content.writeBigUInt64BE(BigInt(timescale * seconds), 24);
      return content;
    });

  test.each([
    ['the header of the movie', stating('moov/mvhd', 16, 14 * MOVIE_SECOND)],
    ['the header of the movie, of 64 bits', long('moov/mvhd', MOVIE_SECOND, 14)],
    ['the header of the track', stating('moov/trak/tkhd', 20, 14 * MOVIE_SECOND)],
    ['the header of the media', stating('moov/trak/mdia/mdhd', 16, 14 * MEDIA_SECOND)],
    ['the header of the media, of 64 bits', long('moov/trak/mdia/mdhd', MEDIA_SECOND, 14)],
    [
      'a last frame shown late',
      addAfter(TABLES, mp4Box('ctts', uint32(0, 2, 119, 0, 1, 9 * MEDIA_SECOND))),
    ],
    [
      'a first frame shown late',
      addAfter(TABLES, mp4Box('ctts', uint32(0, 1, FRAMES, 9.2 * MEDIA_SECOND))),
    ],
    [
      'a first frame shown early',
      addAfter(
        TABLES,
        mp4Box('ctts', uint32(0x0100_0000, 2, 1, 2 ** 32 - 9 * MEDIA_SECOND, 119, 0)),
      ),
    ],
    ['sound', soundOf(14)],
    [
      'a track of another kind',
      changeContent(
        soundOf(14),
        'moov/trak/mdia/hdlr',
        (box) => void box.write('meta', 8, 'latin1'),
      ),
    ],
    [
      'an index of segments',
      addAfter('', mp4Box('sidx', uint32(0, 1, 1000, 0, 0, 1, 100, 14_000, 0))),
    ],
  ])('the hold uses a longer length in %s', async (_, bytes) => {
    expect((await measure(bytes)).billableMs).toBe(14_000);
  });

  test.each([
    ['the header of the movie', stating('moov/mvhd', 16, 2 * MOVIE_SECOND)],
    ['the header of the movie, which is unset', stating('moov/mvhd', 16, 0)],
    ['the header of the media', stating('moov/trak/mdia/mdhd', 16, 2 * MEDIA_SECOND)],
    ['the header of the media, which is unset', stating('moov/trak/mdia/mdhd', 16, 0)],
  ])('a shorter length in %s has no effect', async (_, bytes) => {
    expect(await measure(bytes)).toEqual({ seconds: 5, billableMs: 5000 });
  });

  test.each([
    ['movie', stating('moov/mvhd', 16, 0xffff_ffff)],
    ['track', stating('moov/trak/tkhd', 20, 0xffff_ffff)],
    ['media', stating('moov/trak/mdia/mdhd', 16, 0xffff_ffff)],
  ])('a missing or maximal length in the header of the %s is refused', async (_, bytes) => {
    expect(await inspectionText(bytes)).toBe(unclear('one of its headers states no length'));
  });

  test('the hold covers sound and pictures together when one starts before the other', async () => {
    const file = soundOf(5);
    const pictures = mp4File({ descriptionAt: 'end' });
    const early = changeBoxes(pictures, TRACK, (boxes) => [
      edits([1000, 4 * MEDIA_SECOND]),
      ...boxes,
    ]);
    const bytes = changeBoxes(file, 'moov', (boxes) => [
      ...boxes.filter((_, index) => index < 2),
      mp4Box('trak', contentOf(early, TRACK)),
    ]);

    expect(await measure(bytes)).toEqual({ seconds: 5, billableMs: 9000 });
  });

  test('pictures decoded out of order do not lengthen the hold', async () => {
    const reordered = addAfter(TABLES, mp4Box('ctts', uint32(0, 2, 1, 2000, 119, 2000)));

    expect(await measure(reordered)).toEqual({ seconds: 5, billableMs: 5000 });
  });

  test('a file over the limit is refused, however little is played', async () => {
    const cut = changeContent(
      withEdits([5000, 0]),
      'moov/trak/mdia/mdhd',
      (box) => void box.writeUInt32BE(200 * MEDIA_SECOND, 16),
    );

    expect(await inspectionText(cut)).toBe(
      'The reference video plays 5 s but contains 200 s; the limit is 30 s. Re-export the clip as an ordinary MP4 and send the new file.',
    );
  });

  /** A video of 5 s with sound of the given length. */
  function soundOf(seconds: number): Buffer {
    const file = mp4File({ descriptionAt: 'end', hasAudio: true });
    const frames = Math.round((seconds * MEDIA_SECOND) / 1000);
    return changeBoxes(file, TABLES, (boxes) =>
      boxes.map((box) => {
        switch (typeOf(box)) {
          case 'stts':
            return times(frames);
          case 'stsz':
            return mp4Box('stsz', uint32(0, 1, frames));
          case 'stsc':
            return mp4Box('stsc', uint32(0, 1, 1, frames, 1));
          default:
            return box;
        }
      }),
    );
  }
});
