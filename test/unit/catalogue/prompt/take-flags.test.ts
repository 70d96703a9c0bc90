import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';

import { takeFlags } from '#src/catalogue/prompt/take-flags.ts';
import { UserError } from '#src/errors.ts';

describe('flags of other programs', () => {
  const removed: readonly [string, string, readonly string[]][] = [
    ['a cat --no dogs', 'a cat', ['--no dogs']],
    ['a cat --no dogs, red birds, text --v 6', 'a cat', ['--no dogs, red birds, text', '--v 6']],
    ['a cat --no dogs. It jumps.', 'a cat. It jumps.', ['--no dogs']],
    ['a cat --no dogs\nIt jumps.', 'a cat \nIt jumps.', ['--no dogs']],
    ['a cat --no dogs — it rains', 'a cat — it rains', ['--no dogs']],
    ['猫 --no 犬、鳥。雨', '猫。雨', ['--no 犬、鳥']],
    ['a cat --stylize 250', 'a cat', ['--stylize 250']],
    ['a cat --v 6', 'a cat', ['--v 6']],
    ['a cat --v 6.1 --s 50 --c=20', 'a cat', ['--v 6.1', '--s 50', '--c=20']],
    ['a cat --niji jumps', 'a cat jumps', ['--niji']],
    ['a cat --tile on a mat', 'a cat on a mat', ['--tile']],
    ['a cat --style raw', 'a cat', ['--style raw']],
    ['a cat --style raw, in rain', 'a cat, in rain', ['--style raw']],
    ['a cat --style "film noir" in rain', 'a cat in rain', ['--style "film noir"']],
    ['猫 --style 电影，雨', '猫，雨', ['--style 电影']],
    [
      'a cat --sref https://x.example/1.png https://x.example/2.png in rain',
      'a cat in rain',
      ['--sref https://x.example/1.png https://x.example/2.png'],
    ],
    ['a cat --no-rain', 'a cat', ['--no-rain']],
    ['a cat --made-up 3', 'a cat', ['--made-up 3']],
    ['a cat --\u0434\u043e\u043c', 'a cat', ['--дом']],
    ['a cat －－ｓｔｙｌｅ', 'a cat', ['--style']],
    ['a cat -\u200b-style', 'a cat', ['--style']],
    ['a cat `--no dogs`', 'a cat', ['--no dogs']],
    ['--tile', '', ['--tile']],
    ['a cat --draft true in rain', 'a cat in rain', ['--draft true']],
    ['a cat --raw=false', 'a cat', ['--raw=false']],
    ['a cat --no dogs --dur 5 --v 6', 'a cat', ['--no dogs', '--v 6']],
  ];
  test.each(removed)('%j is sent as %j', (prompt, clean, flags) => {
    expect(takeFlags(prompt)).toMatchObject({ prompt: clean, removed: flags });
  });
});

describe('words that only look like flags', () => {
  const neutralised: readonly [string, string][] = [
    ['a cat ---wow', 'a cat –wow'],
    ['it ran--fast', 'it ran–fast'],
    ['the moment--seed of all', 'the moment–seed of all'],
    ['雨--夜', '雨–夜'],
  ];
  test.each(neutralised)('%j is sent as %j', (prompt, clean) => {
    expect(takeFlags(prompt)).toEqual({ prompt: clean, flags: [], removed: [] });
  });
});

describe('the text left after removing flags', () => {
  test.each([
    '--du--dur 5r 60',
    '--du --dur 5 r 60',
    'a- --dur 5 -dur 60',
    '-\ufeff--dur 5 -dur 60',
    '-`--dur 5`-dur 60',
    '--du--seed --foo 1 5',
    '-(--tile)-dur 60',
  ])('removing flags creates no new flag: %j', (prompt) => {
    const { prompt: clean } = takeFlags(prompt);

    expect(clean).not.toMatch(/--[a-z]/iu);
    expect(takeFlags(clean)).toEqual({ prompt: clean, flags: [], removed: [] });
  });
});

describe('ordinary prompts', () => {
  const kept: readonly string[] = [
    'a well\u2010lit, blue\u2011eyed cat',
    'a well-lit, wide-angle shot -- no people',
    'a cat – or a dog — in the rain',
    '- first it rains\n- then the sun comes out',
    'A --- B',
    'from 1990--1999',
    '--',
    'family 👨‍👩‍👧‍👦 waving, 🏳️‍🌈 flag, ❤️',
    'नमस्ते, क्षत्रिय; مى‌خواهم; é and e\u0301',
    'ﬁne ½ ℃ ｆｕｌｌ ①',
    'a - -b',
    'x-y-z',
  ];
  test.each(kept)('the ordinary prompt %j is unchanged', (prompt) => {
    expect(takeFlags(prompt)).toEqual({ prompt, flags: [], removed: [] });
  });
});

describe('any typed prompt', () => {
  const pieces = fc.constantFrom(
    '-',
    '-',
    '--',
    '－',
    '﹣',
    '–',
    '\u200b',
    '\u200d',
    '\u00ad',
    '\ufeff',
    '\u2060',
    '\ufff9',
    '\u0301',

    'd',
    'u',
    'r',
    'dur',
    'DUR',
    'ｄ',
    'seed',
    'rs',
    'ratio',
    'cf',
    'style',
    'no',
    '—',
    '―',
    '`',
    '"',
    '「',
    '」',
    '(',
    ')',
    '、',
    '。',
    '猫',
    '--dur 5',
    '--rs 720p',

    ' ',
    '\n',
    '\u00a0',
    '\u3000',
    '=',
    '5',
    '60',
    '720p',
    '16:9',
    'true',
    '.',
    ',',
    '\ud800',
    '\u0085',
  );
  const typed = fc
    .array(
      fc.oneof({ weight: 6, arbitrary: pieces }, fc.string({ unit: 'binary', maxLength: 4 })),
      {
        maxLength: 24,
      },
    )
    .map((parts) => parts.join(''));

  const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
  const readings: readonly [string, (text: string) => string][] = [
    ['as it stands', (text) => text],
    ['normalised', (text) => text.normalize('NFKC')],
    ['without zero-width characters', (text) => text.replaceAll(invisible, '')],
    ['normalised, then without', (text) => text.normalize('NFKC').replaceAll(invisible, '')],
    ['without, then normalised', (text) => text.replaceAll(invisible, '').normalize('NFKC')],
    ['decomposed', (text) => text.normalize('NFKD')],
  ];
  test.each(readings)('no flag is left for a vendor that reads it %s', (_name, read) => {
    fc.assert(
      fc.property(typed, (prompt) => {
        const clean = cleanOrRefused(prompt);
        fc.pre(clean !== undefined);

        expect(read(clean)).not.toMatch(/--[a-z]/iu);
      }),
      { numRuns: 3000 },
    );
  });

  it('a prompt that was cleaned once does not change again', () => {
    fc.assert(
      fc.property(typed, (prompt) => {
        const clean = cleanOrRefused(prompt);
        fc.pre(clean !== undefined);

        expect(takeFlags(clean)).toEqual({ prompt: clean, flags: [], removed: [] });
      }),
      { numRuns: 3000 },
    );
  });

  it('the sent prompt is well-formed Unicode', () => {
    fc.assert(
      fc.property(typed, (prompt) => {
        expect(cleanOrRefused(prompt)?.isWellFormed()).not.toBe(false);
      }),
    );
  });

  it('cleaning never makes a prompt longer', () => {
    fc.assert(
      fc.property(typed, (prompt) => {
        expect((cleanOrRefused(prompt) ?? '').length).toBeLessThanOrEqual(prompt.length);
      }),
    );
  });

  function cleanOrRefused(prompt: string): string | undefined {
    try {
      return takeFlags(prompt).prompt;
    } catch (error) {
      if (error instanceof UserError) return undefined;
      throw error;
    }
  }
});
