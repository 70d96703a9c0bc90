/** Reference videos whose tables could give different decoders different lengths. */
import { describe, expect, test } from 'vitest';

import { changeContent, contentOf } from '../../../fakes/mp4-changes.ts';
import { mp4Box, mp4File, uint32 } from '../../../fakes/videos.ts';
import {
  FRAMES,
  HONEST,
  TABLES,
  TRACK,
  addAfter,
  edits,
  addBefore,
  replaceBox,
  times,
  unclear,
  inspectionText,
  removeBox,
} from './reference-files.ts';

describe('a reference video with repeated tables', () => {
  test.each([
    ['two stts boxes', addAfter(TABLES, times(360)), 'it has 2 stts boxes where one belongs'],
    [
      'an stts box before the true one',
      addBefore(TABLES, times(360)),
      'it has 2 stts boxes where one belongs',
    ],
    [
      'two stsz boxes',
      addAfter(TABLES, mp4Box('stsz', uint32(0, 1, 360))),
      'it has 2 stsz boxes where one belongs',
    ],
    [
      'stsz and stz2 boxes',
      addAfter(TABLES, mp4Box('stz2', uint32(0, 8, FRAMES), Buffer.alloc(FRAMES, 1))),
      'it has both stsz and stz2 boxes',
    ],
    [
      'stco and co64 boxes',
      addAfter(TABLES, mp4Box('co64', uint32(0, 1, 0, 40))),
      'it has both stco and co64 boxes',
    ],
    [
      'two mdhd boxes',
      addAfter('moov/trak/mdia', mp4Box('mdhd', contentOf(HONEST, 'moov/trak/mdia/mdhd'))),
      'it has 2 mdhd boxes where one belongs',
    ],
    [
      'two tkhd boxes',
      addAfter(TRACK, mp4Box('tkhd', contentOf(HONEST, 'moov/trak/tkhd'))),
      'it has 2 tkhd boxes where one belongs',
    ],
    [
      'two mvhd boxes',
      addAfter('moov', mp4Box('mvhd', contentOf(HONEST, 'moov/mvhd'))),
      'it has 2 mvhd boxes where one belongs',
    ],
    [
      'two edit lists',
      addAfter(TRACK, edits([5000, 0]), edits([5000, 0])),
      'it has 2 edts boxes where one belongs',
    ],
    [
      'two sample tables',
      addAfter('moov/trak/mdia/minf', mp4Box('stbl', contentOf(HONEST, TABLES))),
      'it has 2 stbl boxes where one belongs',
    ],
    [
      'two descriptions',
      addAfter('', mp4Box('moov', contentOf(HONEST, 'moov'))),
      'it has two descriptions',
    ],
    [
      'a description in front of the true one',
      addBefore('', mp4Box('moov', contentOf(mp4File({ seconds: 20 }), 'moov'))),
      'it has two descriptions',
    ],
    [
      'two videos',
      addAfter('moov', mp4Box('trak', contentOf(mp4File({ seconds: 20 }), TRACK))),
      'it has two videos in it',
    ],
  ])('a reference video with %s is refused', async (_, bytes, reason) => {
    expect(await inspectionText(bytes)).toBe(unclear(reason));
  });
});

describe('a reference video with a table where only some decoders read it', () => {
  const hidden = times(360);
  test.each([
    ['in the track', addAfter(TRACK, hidden)],
    ['in the media', addAfter('moov/trak/mdia', hidden)],
    ['in the user data', addAfter(TRACK, mp4Box('udta', hidden))],
    [
      'in the user data of the movie',
      addAfter(
        'moov',
        mp4Box('udta', mp4Box('meta', uint32(0), mp4Box('hdlr', Buffer.alloc(25)), hidden)),
      ),
    ],
    [
      'in user data, larger than these',
      addAfter(TRACK, mp4Box('udta', Buffer.concat([uint32(9999), hidden.subarray(4)]))),
    ],
    [
      'in user data behind a box of 64 bits',
      addAfter(TRACK, mp4Box('udta', uint32(1), Buffer.from('free'), uint32(0, 16), hidden)),
    ],
    [
      'in user data whose handler is far behind',
      addAfter(
        TRACK,
        mp4Box(
          'udta',
          mp4Box('meta', uint32(0), Buffer.alloc(100), mp4Box('hdlr', Buffer.alloc(25)), hidden),
        ),
      ),
    ],
    ['in user data of the file', addAfter('', mp4Box('udta', hidden))],
    [
      'in the sample entry',
      changeContent(HONEST, `${TABLES}/stsd`, (entry) => Buffer.concat([entry, hidden])),
    ],
    ['in the file', addAfter('', hidden)],
    ['as a track in the file', addAfter('', mp4Box('trak', contentOf(HONEST, TRACK)))],
    ['as a track in a track', addAfter(TRACK, mp4Box('trak', contentOf(HONEST, TRACK)))],
    ['as a compressed description', addAfter('moov', mp4Box('cmov', Buffer.alloc(20)))],
  ])('a reference video with a table %s is refused', async (_, bytes) => {
    expect(await inspectionText(bytes)).toMatch(
      /length of the reference video is unclear.*\(its \w+ box is not where it belongs\)$/,
    );
  });
});

describe('a reference video with inconsistent tables', () => {
  test.each([
    [
      'fewer times than sizes',
      replaceBox(`${TABLES}/stts`, uint32(0, 1, 48, 1000)),
      'its stts and stsz boxes do not agree',
    ],
    [
      'more times than sizes',
      replaceBox(`${TABLES}/stts`, uint32(0, 1, 360, 1000)),
      'its stts and stsz boxes do not agree',
    ],
    [
      'fewer frames in chunks than sizes',
      replaceBox(`${TABLES}/stsc`, uint32(0, 1, 1, 48, 1)),
      'its stsc and stsz boxes do not agree',
    ],
    [
      'more frames in chunks than sizes',
      replaceBox(`${TABLES}/stsc`, uint32(0, 1, 1, 360, 1)),
      'its stsc and stsz boxes do not agree',
    ],
    [
      'missing chunks',
      replaceBox(`${TABLES}/stsc`, uint32(0, 2, 1, 60, 1, 2, 60, 1)),
      'its stsc and stco boxes do not agree',
    ],
    [
      'chunks from the second on',
      replaceBox(`${TABLES}/stsc`, uint32(0, 1, 2, 60, 1)),
      'its stsc and stco boxes do not agree',
    ],
    [
      'fewer late frames than times',
      addAfter(TABLES, mp4Box('ctts', uint32(0, 1, 360, 0))),
      'its stts and ctts boxes do not agree',
    ],
    [
      'more late frames than times',
      addAfter(TABLES, mp4Box('ctts', uint32(0, 1, 48, 0))),
      'its stts and ctts boxes do not agree',
    ],
    [
      'an entry behind the stated ones',
      replaceBox(`${TABLES}/stts`, uint32(0, 1, FRAMES, 1000, 240, 1000)),
      'its stts box states another number of entries than it has',
    ],
    [
      'fewer entries than stated',
      replaceBox(`${TABLES}/stts`, uint32(0, 2, FRAMES, 1000)),
      'its stts box states another number of entries than it has',
    ],
    [
      'fewer sizes than stated',
      replaceBox(`${TABLES}/stsz`, uint32(0, 0, 0xffff_ffff)),
      'its stsz box states another number of entries than it has',
    ],
    [
      'a negative duration',
      replaceBox(`${TABLES}/stts`, uint32(0, 1, FRAMES, 0xffff_fc18)),
      'it has a negative duration',
    ],
    [
      'frames of more bytes than the file',
      replaceBox(
        `${TABLES}/stsz`,
        uint32(0, 0, FRAMES, ...Array<number>(FRAMES).fill(0).with(0, 101)),
      ),
      'its frames would have more bytes than the file',
    ],
    [
      'a media time scale of 0',
      changeContent(HONEST, 'moov/trak/mdia/mdhd', (box) => void box.writeUInt32BE(0, 12)),
      'its mdhd box has no time scale',
    ],
    [
      'a movie time scale of 0',
      changeContent(HONEST, 'moov/mvhd', (box) => void box.writeUInt32BE(0, 12)),
      'its mvhd box has no time scale',
    ],
    [
      'a negative time scale',
      changeContent(HONEST, 'moov/mvhd', (box) => void box.writeUInt32BE(0x8000_0000, 12)),
      'its mvhd box has no time scale',
    ],
    [
      'a header of another version',
      changeContent(HONEST, 'moov/trak/mdia/mdhd', (box) => void box.writeUInt8(2, 0)),
      'its mdhd box is of an unknown version',
    ],
  ])('a reference video with %s is refused', async (_, bytes, reason) => {
    expect(await inspectionText(bytes)).toBe(unclear(reason));
  });

  test.each([
    ['times', removeBox(TABLES, 'stts')],
    ['sizes', removeBox(TABLES, 'stsz')],
    ['places', removeBox(TABLES, 'stco')],
    ['chunks', removeBox(TABLES, 'stsc')],
    ['coding', removeBox(TABLES, 'stsd')],
    ['only coding', changeContent(HONEST, `${TABLES}/stsd`, (box) => box.subarray(0, 8))],
    ['ticks', removeBox('moov/trak/mdia', 'mdhd')],
  ])('a reference video with no information about its %s is damaged', async (_, bytes) => {
    expect(await inspectionText(bytes)).toContain('is damaged or cut short');
  });

  test.each([
    [
      'lie behind its end',
      changeContent(HONEST, `${TABLES}/stco`, (box) => void box.writeUInt32BE(1_000_000, 8)),
    ],
    ['are cut off', mp4File().subarray(0, -1)],
  ])('a reference video whose frames %s is cut short', async (_, bytes) => {
    expect(await inspectionText(bytes)).toContain('is damaged or cut short');
  });
});
