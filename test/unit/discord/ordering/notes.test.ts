import { describe, expect, test } from 'vitest';

import { flagNotes as flagTexts, frameNotes as frameTexts } from '#src/discord/ordering/notes.ts';
import { translate, type Text } from '#src/text/text.ts';

const inEnglish = (texts: readonly Text[]): string[] =>
  texts.map((each) => translate('en-US', each));
const flagNotes = (...given: Parameters<typeof flagTexts>) => inEnglish(flagTexts(...given));
const frameNotes = (...given: Parameters<typeof frameTexts>) => inEnglish(frameTexts(...given));

const first = (width: number, height: number) => ({ role: 'first_frame', width, height }) as const;
const last = (width: number, height: number) => ({ role: 'last_frame', width, height }) as const;

describe('frames', () => {
  test.each([
    ['of one size', first(640, 360), last(640, 360)],
    ['of one shape', first(640, 360), last(1920, 1080)],
    ['a pixel apart', first(1000, 1000), last(1000, 999)],
    ['2 % apart', first(1020, 1000), last(1000, 1000)],
  ])('frames %s need no note', (_what, one, other) => {
    expect(frameNotes([one, other], 'adaptive')).toEqual([]);
  });

  test.each([
    ['3 % apart', first(1030, 1000), last(1000, 1000)],
    ['turned', first(1080, 1920), last(1920, 1080)],
    ['square and wide', first(1000, 1000), last(1920, 1080)],
  ])('frames %s are described in pixels', (_what, one, other) => {
    const [note, ...more] = frameNotes([other, one], 'adaptive');

    expect(more).toEqual([]);
    expect(note).toBe(
      `The first frame is ${one.width}×${one.height} and the last ${other.width}×${other.height}: the video takes the shape of the first, and the last is cropped to it.`,
    );
  });

  test('a note says that both frames are cropped to the video’s own ratio', () => {
    expect(frameNotes([first(1080, 1920), last(1920, 1080)], '1:1')).toEqual([
      'The first frame is 1080×1920 and the last 1920×1080: both are cropped to 1:1.',
    ]);
  });

  test.each([
    ['one frame', [first(1080, 1920)]],
    ['references', [{ role: 'reference_image', width: 1, height: 9 } as const]],
    ['an unknown size', [first(1080, 1920), { role: 'last_frame' } as const]],
    ['a size of zero', [first(1080, 1920), last(0, 0)]],
  ])('%s needs no note', (_what, pictures) => {
    expect(frameNotes(pictures, 'adaptive')).toEqual([]);
  });
});

describe('flags', () => {
  test('flags that become options need no note', () => {
    expect(flagNotes('a cat --ar 16:9 —duration 5, well-lit -- or not')).toEqual([]);
  });

  test('other flags are named on one line, and ping nobody', () => {
    const [note, ...more] = flagNotes('a cat --no <@1>,\t@everyone --v 6');

    expect(more).toEqual([]);
    expect(note).not.toMatch(/(?<!\\)[<@]/);
    expect(note).toContain('--v 6');
  });

  test('a long list of flags is cut short', () => {
    const [note = ''] = flagNotes(`a cat --no ${'dogs, '.repeat(600)}`);

    expect(note.length).toBeLessThan(400);
    expect(note).not.toContain('\n');
  });
});
