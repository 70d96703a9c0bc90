import { describe, expect, test } from 'vitest';

import { metadataTags } from '#src/media/formats/metadata-tags.ts';

import { mp4Box, uint32 } from '../../../fakes/videos.ts';

const HANDLER = mp4Box('hdlr', Buffer.alloc(24));

function text(type: string | number, value: string): Buffer {
  const name = typeof type === 'string' ? type : uint32(type).toString('latin1');
  return mp4Box(name, mp4Box('data', uint32(1, 0), Buffer.from(value)));
}

function nameBoxes(tags: Readonly<Record<string, string>>): Buffer[] {
  const keys = Object.keys(tags).map((name) => mp4Box('mdta', Buffer.from(name)));
  const values = Object.values(tags).map((value, index) => text(index + 1, value));
  const list = mp4Box('ilst', ...values);
  return [HANDLER, mp4Box('keys', uint32(0, keys.length), ...keys), list];
}

describe('metadata tags', () => {
  test('tags are read by their names, as ffmpeg writes them into MP4 files', () => {
    const meta = mp4Box(
      'meta',
      uint32(0),
      ...nameBoxes({ comment: 'a boat', AIGC: '{"Label":"1"}' }),
    );

    expect([...metadataTags(mp4Box('udta', meta))]).toEqual([
      ['comment', 'a boat'],
      ['AIGC', '{"Label":"1"}'],
    ]);
  });

  test('tags are read from a MOV, whose box has no version', () => {
    const meta = mp4Box('meta', ...nameBoxes({ AIGC: 'äöü' }));

    expect(metadataTags(meta).get('AIGC')).toBe('äöü');
  });

  test('tags are read by their iTunes codes', () => {
    const meta = mp4Box('meta', uint32(0), HANDLER, mp4Box('ilst', text('\u00A9cmt', 'a boat')));

    expect(metadataTags(mp4Box('udta', meta)).get('\u00A9cmt')).toBe('a boat');
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['a box without texts', mp4Box('udta', mp4Box('meta', uint32(0), HANDLER))],
    ['keys that end too early', mp4Box('meta', HANDLER, mp4Box('keys', uint32(0, 9, 3)))],
  ])('%s has no tags', (_, description) => {
    expect(metadataTags(description).size).toBe(0);
  });
});
