import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';

import { mergePromptFlags, takeFlags } from '#src/catalogue/prompt/prompt-flags.ts';
import type { AskedOptions } from '#src/catalogue/request.ts';
import { UserError } from '#src/errors.ts';

function asked(prompt: string, options: Partial<AskedOptions> = {}): AskedOptions {
  return { prompt, inputs: [], ...options };
}

describe('flags become options', () => {
  const taken: readonly [string, string, Partial<AskedOptions>][] = [
    ['a cat --duration 12', 'a cat', { duration: 12 }],
    ['a cat --dur 12', 'a cat', { duration: 12 }],
    ['a cat --dur=12', 'a cat', { duration: 12 }],
    ['a cat --DUR = 12', 'a cat', { duration: 12 }],
    ['a cat --dur 2.5s', 'a cat', { duration: 2.5 }],
    ['a cat --duration -1', 'a cat', { duration: -1 }],
    ['a cat --duration 60', 'a cat', { duration: 60 }],
    ['a cat --resolution 1080P', 'a cat', { resolution: '1080P' }],
    ['a cat --rs 4k', 'a cat', { resolution: '4k' }],
    ['--ratio 9:16 a cat', 'a cat', { ratio: '9:16' }],
    ['a --rt adaptive cat', 'a cat', { ratio: 'adaptive' }],
    ['a cat --frames 121', 'a cat', { frames: 121 }],
    ['a cat --seed 11', 'a cat', { seed: 11 }],
    ['a cat --seed -1', 'a cat', { seed: -1 }],
    ['a cat --camerafixed true', 'a cat', { cameraFixed: true }],
    ['a cat --camera_fixed true', 'a cat', { cameraFixed: true }],
    ['a cat --cf FALSE', 'a cat', { cameraFixed: false }],
    ['a cat --watermark true', 'a cat', { watermark: true }],
    ['a cat --wm false', 'a cat', { watermark: false }],
    ['a cat --fps 24', 'a cat', {}],
    ['a cat --framespersecond 24', 'a cat', {}],
    [
      'a cat --rs 720p --rt 16:9 --dur 5 --fps 24 --wm true --seed 11 --cf false',
      'a cat',
      {
        resolution: '720p',
        ratio: '16:9',
        duration: 5,
        watermark: true,
        seed: 11,
        cameraFixed: false,
      },
    ],
    ['a cat --rs 720p--dur 5', 'a cat', { resolution: '720p', duration: 5 }],
    ['a cat, --dur 5, jumping.', 'a cat, , jumping.', { duration: 5 }],
    ['a cat (--dur 5)', 'a cat ( )', { duration: 5 }],
    ['a cat --dur 5\nin the rain', 'a cat \nin the rain', { duration: 5 }],
    ['a cat\n--dur\t5', 'a cat', { duration: 5 }],
    ['a cat ---dur 5', 'a cat', { duration: 5 }],
    ['a cat --dur 5 --duration 5', 'a cat', { duration: 5 }],
    ['a cat －－ｄｕｒ　１２', 'a cat', { duration: 12 }],
    ['a cat ﹣-dur 12', 'a cat', { duration: 12 }],
    ['a cat -\u200b-du\u200dr\u2060 1\ufeff2', 'a cat', { duration: 12 }],
    ['a cat -\u00ad-dur 12', 'a cat', { duration: 12 }],
    ['a cat --re\u017folution 480p', 'a cat', { resolution: '480p' }],
  ];
  test.each(taken)('%j is sent as %j', (prompt, clean, options) => {
    expect(mergePromptFlags(asked(prompt))).toEqual(asked(clean, options));
  });

  it('keeps typed options that no flag speaks of', () => {
    const merged = mergePromptFlags(asked('a cat --dur 5', { ratio: '1:1', audio: false }));

    expect(merged).toEqual(asked('a cat', { ratio: '1:1', audio: false, duration: 5 }));
  });

  it('takes a flag that says what an option says', () => {
    const merged = mergePromptFlags(asked('a cat --rs 720P', { resolution: '720p' }));

    expect(merged.prompt).toBe('a cat');
  });
});

describe('flags that cannot be options', () => {
  const refused: readonly [string, Partial<AskedOptions>, RegExp][] = [
    [
      'a cat --dur 12',
      { duration: 5 },
      /--dur 12 in the prompt contradicts the option duration \(5\)/,
    ],
    [
      'a cat --rs 480p',
      { resolution: '1080p' },
      /--rs 480p .* contradicts the option resolution \(1080p\)/,
    ],
    [
      'a cat --cf true',
      { cameraFixed: false },
      /--cf true .* contradicts the option camera_fixed \(false\)/,
    ],
    ['a cat --seed 1 --seed 2', {}, /--seed 2 .* contradicts --seed 1 in the prompt/],
    ['a cat --dur 5 --duration 6', {}, /--duration 6 .* contradicts --dur 5 in the prompt/],
    [
      'a cat --frames 121',
      { duration: 5 },
      /--frames 121 .* contradicts the option duration \(5\)/,
    ],
    ['a cat --frames 121 --dur 5', {}, /--dur 5 .* contradicts --frames 121 in the prompt/],
    ['a cat --fps 30', {}, /--fps 30 .* every video has 24 frames a second/],
    ['a cat --dur', {}, /--dur in the prompt needs a number of seconds after it\.$/],
    ['a cat --dur five', {}, /--dur in the prompt needs a number of seconds after it, not five\./],
    ['a cat --dur --ratio 1:1', {}, /--dur in the prompt needs a number of seconds/],
    ['a cat --resolution 720', {}, /--resolution .* a resolution such as 720p after it, not 720\./],
    ['a cat --wm maybe', {}, /--wm .* true or false after it, not maybe\./],
    ['a cat --seed 1.5', {}, /--seed .* a whole number after it, not 1\.5\./],
  ];
  test.each(refused)('%j with %j is refused', (prompt, options, sentence) => {
    expect(() => mergePromptFlags(asked(prompt, options))).toThrow(sentence);
    expect(() => mergePromptFlags(asked(prompt, options))).toThrow(UserError);
  });

  it('are quoted short, and without anything that could format or ping', () => {
    const value = `@everyone**_\`<@1>${'x'.repeat(3000)}`;

    expect(() => takeFlags(`a cat --ratio ${value}`)).toThrow(/not \?everyone[?x1]+…\.$/);
  });
});

describe('words that only look like flags', () => {
  const neutralised: readonly [string, string][] = [
    ['a cat --style anime', 'a cat –style anime'],
    ['a cat --no-rain', 'a cat –no-rain'],
    ['a cat ---wow', 'a cat –wow'],
    ['it ran--fast', 'it ran–fast'],
    ['the moment--seed of all', 'the moment–seed of all'],
    ['a cat --dur12', 'a cat –dur12'],
    ['a cat --\u0434\u043e\u043c', 'a cat –дом'],
    ['雨--夜', '雨–夜'],
    ['a cat －－ｓｔｙｌｅ', 'a cat –ｓｔｙｌｅ'],
    ['a cat -\u200b-style', 'a cat –style'],
    ['--du--dur 5r 60', '–du–dur 5r 60'],
    ['--du --dur 5 r 60', '–du r 60'],
    ['a- --dur 5 -dur 60', 'a- -dur 60'],
    ['-\ufeff--dur 5 -dur 60', '-dur 60'],
  ];
  test.each(neutralised)('%j is sent as %j', (prompt, clean) => {
    expect(takeFlags(prompt).prompt).toBe(clean);
  });
});

describe('ordinary prompts', () => {
  const kept: readonly string[] = [
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
  test.each(kept)('%j keeps its look', (prompt) => {
    expect(takeFlags(prompt)).toEqual({ prompt, flags: [] });
  });
});

describe('whatever is typed', () => {
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

  it('what was cleaned once stays as it is', () => {
    fc.assert(
      fc.property(typed, (prompt) => {
        const clean = cleanOrRefused(prompt);
        fc.pre(clean !== undefined);

        expect(takeFlags(clean)).toEqual({ prompt: clean, flags: [] });
      }),
      { numRuns: 3000 },
    );
  });

  it('what is sent is well-formed Unicode, which no reader has to mend', () => {
    fc.assert(
      fc.property(typed, (prompt) => {
        expect(cleanOrRefused(prompt)?.isWellFormed()).not.toBe(false);
      }),
    );
  });

  it('a prompt never grows', () => {
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
