import { describe, expect, it, test } from 'vitest';

import { mergePromptFlags } from '#src/catalogue/prompt/prompt-flags.ts';
import { takeFlags } from '#src/catalogue/prompt/take-flags.ts';
import type { AskedOptions } from '#src/catalogue/request.ts';
import { UserError } from '#src/errors.ts';

function asked(prompt: string, options: Partial<AskedOptions> = {}): AskedOptions {
  return { prompt, inputs: [], ...options };
}

describe('flags that become options', () => {
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
    ['a cat, --dur 5, jumping.', 'a cat, jumping.', { duration: 5 }],
    ['a cat (--dur 5)', 'a cat', { duration: 5 }],
    ['a cat --dur12', 'a cat', { duration: 12 }],
    ['a cat --ar16:9', 'a cat', { ratio: '16:9' }],
    ['a cat --camera-fixed true', 'a cat', { cameraFixed: true }],
    ['a cat --ratio: 16:9', 'a cat', { ratio: '16:9' }],
    ['a cat --ar 16:9', 'a cat', { ratio: '16:9' }],
    ['a cat --aspect 9:16', 'a cat', { ratio: '9:16' }],
    ['a cat --ar 16x9', 'a cat', { ratio: '16:9' }],
    ['a cat --ratio 16 : 9', 'a cat', { ratio: '16:9' }],
    ['a cat --ratio 16\u22369', 'a cat', { ratio: '16:9' }],
    ['a cat --dur 10sec', 'a cat', { duration: 10 }],
    ['a cat --duration 10 seconds', 'a cat', { duration: 10 }],
    ['一只猫 --duration 10秒', '一只猫', { duration: 10 }],
    ['夕阳--duration 10秒钟，海', '夕阳，海', { duration: 10 }],
    ['a cat \u2010\u2010duration 10', 'a cat', { duration: 10 }],
    ['a cat \u2011\u2011ratio 9:16', 'a cat', { ratio: '9:16' }],
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

  it('typed options without a matching flag are kept', () => {
    const merged = mergePromptFlags(asked('a cat --dur 5', { ratio: '1:1', audio: false }));

    expect(merged).toEqual(asked('a cat', { ratio: '1:1', audio: false, duration: 5 }));
  });

  it('a flag that repeats an option is accepted', () => {
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
    ['a cat --ratio 16:9 --ar 9:16', {}, /--ar 9:16 .* contradicts --ratio 16:9 in the prompt/],
    ['a cat --ar 16:9', { ratio: '1:1' }, /--ar 16:9 .* contradicts the option ratio \(1:1\)/],
    ['a cat —duration 10', { duration: 5 }, /—duration 10 .* contradicts the option duration/],
    ['a cat --seed 1.5', {}, /--seed .* a whole number after it, not 1\.5\./],
  ];
  test.each(refused)('%j with %j is refused', (prompt, options, sentence) => {
    expect(() => mergePromptFlags(asked(prompt, options))).toThrow(sentence);
    expect(() => mergePromptFlags(asked(prompt, options))).toThrow(UserError);
  });

  it('a refused flag is quoted short, without characters that format or ping', () => {
    const value = `@everyone**_\`<@1>${'x'.repeat(3000)}`;

    expect(() => takeFlags(`a cat --ratio ${value}`)).toThrow(/not everyone[?x1]+…\.$/);
  });
});

describe('a flag value', () => {
  const taken: readonly [string, string, Partial<AskedOptions>][] = [
    ['a cat --duration 10、', 'a cat', { duration: 10 }],
    ['a cat --ratio 16:9。', 'a cat。', { ratio: '16:9' }],
    ['a cat --duration 10. It jumps.', 'a cat. It jumps.', { duration: 10 }],
    ['猫 --duration 10、雨が降る', '猫、雨が降る', { duration: 10 }],
    ['猫 --duration 10一只狗', '猫 一只狗', { duration: 10 }],
    ['a cat --duration 10؟', 'a cat؟', { duration: 10 }],
    ['a cat --duration 10।', 'a cat।', { duration: 10 }],
    ['a cat --seed 7!!', 'a cat!!', { seed: 7 }],
    ['a cat --wm true;', 'a cat', { watermark: true }],
    ['a cat --duration `10`', 'a cat', { duration: 10 }],
    ['a cat `--duration 10`', 'a cat', { duration: 10 }],
    ['a cat `--duration 10 --ar 1:1`', 'a cat', { duration: 10, ratio: '1:1' }],
    ['a cat --duration "10"', 'a cat', { duration: 10 }],
    ["a cat --duration '10'", 'a cat', { duration: 10 }],
    ['a cat --duration “10”', 'a cat', { duration: 10 }],
    ['a cat --duration ‘10’', 'a cat', { duration: 10 }],
    ['a cat --duration 「10」', 'a cat', { duration: 10 }],
    ['a cat --ratio 『16:9』。', 'a cat。', { ratio: '16:9' }],
    ['a cat --ratio «16:9»', 'a cat', { ratio: '16:9' }],
    ['a cat --ratio **16:9**', 'a cat', { ratio: '16:9' }],
    ['a cat --ratio="16:9"', 'a cat', { ratio: '16:9' }],
    ['a cat --duration “10', 'a cat', { duration: 10 }],
    ['a cat --duration 10”', 'a cat', { duration: 10 }],
    ['a cat --duration (-1)', 'a cat', { duration: -1 }],
    ['she says "go --duration 10"', 'she says "go"', { duration: 10 }],
  ];
  test.each(taken)('the quoted value in %j is read as %j', (prompt, clean, options) => {
    expect(mergePromptFlags(asked(prompt))).toEqual(asked(clean, options));
  });
});

describe('a long dash, which phones make of two hyphens', () => {
  const taken: readonly [string, string, Partial<AskedOptions>][] = [
    ['a cat —duration 10', 'a cat', { duration: 10 }],
    ['a cat –duration 10', 'a cat', { duration: 10 }],
    ['a cat ―ratio 16:9', 'a cat', { ratio: '16:9' }],
    ['a cat —ar 9:16 —seed 5', 'a cat', { ratio: '9:16', seed: 5 }],
    ['a cat —-dur 10', 'a cat', { duration: 10 }],
    ['a cat ——dur 10', 'a cat', { duration: 10 }],
    ['—duration 10 a cat', 'a cat', { duration: 10 }],
    ['a cat (—duration 10)', 'a cat', { duration: 10 }],
    ['a cat\n—duration “10”', 'a cat', { duration: 10 }],
  ];
  test.each(taken)('a long dash begins a known flag: %j', (prompt, clean, options) => {
    expect(mergePromptFlags(asked(prompt))).toEqual(asked(clean, options));
  });

  test.each([
    'the film—duration 10 minutes',
    'the —seed of all things',
    'a tree –frames of oak',
    'it rains —no dogs are out',
    'a cat — ratio 16:9',
    'a fight —v 2',
  ])('a long dash stays a dash in %j', (prompt) => {
    expect(takeFlags(prompt)).toEqual({ prompt, flags: [], removed: [] });
  });
});
