import { describe, expect, it, test } from 'vitest';

import { planRequest } from '#src/catalogue/plan/plan.ts';
import type { AskedOptions, InputRole, ModelId } from '#src/catalogue/request.ts';
import { UserError } from '#src/errors.ts';
import type { Locale } from '#src/text/locales.ts';

import { planOffers } from '../../../fakes/plan.ts';

/** Few enough to name in an expectation; other tests cover the rest. */
const FEW = ['1.5-pro', '1.0-pro-fast', '1.0-pro'] as const;
const BOTH: readonly InputRole[] = ['first_frame', 'last_frame'];
const LAST: readonly InputRole[] = ['last_frame'];

describe('refusals of options', () => {
  const refused: readonly [string, Partial<AskedOptions>, string | RegExp][] = [
    [
      'an empty prompt',
      { prompt: '' },
      /^The prompt is empty .* Say what the video should show, or add a picture or video\.$/,
    ],
    ['a blank prompt', { prompt: ' \n\t ' }, /^The prompt is empty/],
    ['an invisible prompt', { prompt: '\u200b\u2060' }, /^The prompt is empty/],
    ['a prompt of flags alone', { prompt: '--dur 5 --wm true' }, /^The prompt is empty/],
    [
      'audio alone without a prompt',
      { prompt: '', model: '2.5', inputs: ['reference_audio'] },
      /^The prompt is empty .* Say what the video should show, or add a picture or video\.$/,
    ],
    [
      'a prompt that is too long',
      { prompt: 'x'.repeat(4321) },
      'The prompt has 4321 characters; the limit is 4000. Make it 321 shorter.',
    ],
    [
      'a last frame alone',
      { inputs: LAST },
      'A last frame needs a first frame. Add first_frame, or give this picture as first_frame instead.',
    ],
    [
      'two first frames',
      { inputs: ['first_frame', 'first_frame'] },
      /^A video takes one first frame and one last frame/,
    ],
    [
      'a last frame on a model without it',
      { model: '1.0-pro-fast', inputs: BOTH },
      '1.0-pro-fast takes text alone or a first frame, not a last frame. Leave the last frame out, or use 1.0-pro or 1.5-pro.',
    ],
    [
      'an unknown model',
      { model: '9.9-ultra' },
      'There is no model 9.9-ultra. Choose 1.0-pro-fast, 1.0-pro, or 1.5-pro.',
    ],
    [
      'a length that no model supports',
      { prompt: 'a cat --duration 60' },
      'No model here makes 60 s. Possible: 2–12 s (1.0-pro-fast and 1.0-pro); 4–12 s (1.5-pro). Ask for 12 s.',
    ],
    ['a length of zero', { duration: 0 }, /^No model here makes 0 s\. .* Ask for 2 s\.$/],
    ['a negative length', { duration: -5 }, /^No model here makes -5 s\. .* Ask for 2 s\.$/],
    [
      'a length that is not a number',
      { duration: Number.NaN },
      'The duration must be a number of seconds, such as 5.',
    ],
    [
      'a length too long for the named model',
      { model: '1.0-pro', duration: 20 },
      '1.0-pro makes 2–12 s, not 20 s. Ask for 12 s.',
    ],
    [
      'a length too short for the named model',
      { model: '1.5-pro', duration: 2 },
      '1.5-pro makes 4–12 s, not 2 s. Ask for 4 s, or use 1.0-pro-fast or 1.0-pro.',
    ],
    [
      'a fraction on 1.5-pro',
      { model: '1.5-pro', duration: 5.4 },
      '1.5-pro makes whole seconds (4–12 s), not 5.4 s. Ask for 5 s, or use 1.0-pro-fast or 1.0-pro.',
    ],
    [
      'a fraction beyond the maximum frames',
      { model: '1.0-pro', duration: 12.2 },
      /not 12\.2 s\. Ask for 12 s\.$/,
    ],
    [
      'a length chosen by the model on 1.0-pro',
      { model: '1.0-pro', duration: -1 },
      '1.0-pro can’t choose the length itself. Ask for 5 s, or use 1.5-pro.',
    ],
    [
      'frames between the steps',
      { model: '1.0-pro', prompt: 'a cat --frames 100' },
      '1.0-pro makes 29, 33, 37 … 289 frames, not 100 frames (4.17 s). Ask for --frames 101.',
    ],
    [
      'frames between the steps on any model',
      { prompt: 'a cat --frames 100' },
      /Ask for --frames 101\.$/,
    ],
    [
      'frames on 1.5-pro',
      { model: '1.5-pro', prompt: 'a cat --frames 121' },
      /not 121 frames \(5\.04 s\)\. Ask for 5 s, or use 1\.0-pro-fast or 1\.0-pro\.$/,
    ],
    [
      'an unknown ratio',
      { ratio: '2:1' },
      /^There is no ratio 2:1\. Choose 16:9, .*or adaptive; the nearest is 16:9\.$/,
    ],
    ['a very wide ratio', { ratio: '32:9' }, /the nearest is 21:9\.$/],
    ['an invalid ratio', { ratio: 'wide' }, /^There is no ratio wide\. Choose .* or adaptive\.$/],
    ['a ratio of zero', { ratio: '0:0' }, /or adaptive\.$/],
    [
      'an adaptive ratio for text on 1.0-pro',
      { model: '1.0-pro', ratio: 'adaptive' },
      '1.0-pro makes the ratio 16:9, 4:3, 1:1, 3:4, 9:16, or 21:9 with text alone, not adaptive. Ask for 16:9, or use 1.5-pro.',
    ],
    [
      'an unknown resolution',
      { resolution: '1440p' },
      'There is no resolution 1440p. Choose 480p, 720p, or 1080p; the nearest is 1080p.',
    ],
    [
      'a resolution that is too high',
      { prompt: 'a cat --rs 4k' },
      /^There is no resolution 4k\. .*the nearest is 1080p\.$/,
    ],
    ['a resolution that is too low', { resolution: '360p' }, /the nearest is 480p\.$/],
    [
      'an invalid resolution',
      { resolution: 'best' },
      'There is no resolution best. Choose 480p, 720p, or 1080p.',
    ],
    [
      'a seed that is too large',
      { seed: 4_294_967_295 },
      /^A seed is a whole number from 0 to 2147483647.* The nearest is 2147483647\.$/,
    ],
    ['a negative seed', { seed: -2 }, /not -2\. The nearest is 0\.$/],
    ['a seed that is a fraction', { seed: 1.5 }, /not 1\.5\. The nearest is 2\.$/],
    ['a seed that is not a number', { seed: Number.NaN }, /not NaN\. The nearest is 0\.$/],
    [
      'sound on a silent model',
      { model: '1.0-pro', audio: true },
      '1.0-pro makes no sound. Turn audio off, or use 1.5-pro.',
    ],
    [
      'two options that a model does not support',
      { model: '1.0-pro-fast', inputs: BOTH, audio: true },
      '1.0-pro-fast takes text alone or a first frame, not a last frame. Leave the last frame out. 1.0-pro-fast makes no sound. Turn audio off. For all of it, use 1.5-pro.',
    ],
    [
      'options that no model supports together',
      { duration: 2, audio: true, inputs: BOTH },
      'No model here can do all of this together: sound (only 1.5-pro); 2 s (only 1.0-pro). Leave one of them out.',
    ],
    [
      'a flag against an option',
      { prompt: 'a cat --dur 12', duration: 5 },
      /^--dur 12 in the prompt contradicts the option duration \(5\)\./,
    ],
  ];
  test.each(refused)(
    'a refusal names the fault and the nearest working request: %s',
    (_name, asked, sentence) => {
      const refusal = refusalOf(asked);

      expect(refusal).toMatch(typeof sentence === 'string' ? exactly(sentence) : sentence);
    },
  );

  it('a refusal names only models that are offered here', () => {
    const offered = ['1.0-pro-fast', '1.0-pro'] as const;

    expect(refusalOf({ model: '1.5-pro' }, { offered })).toBe(
      '1.5-pro is not available here. You can use 1.0-pro-fast or 1.0-pro.',
    );
    expect(refusalOf({ model: '1.0-pro', audio: true }, { offered })).toBe(
      '1.0-pro makes no sound. Turn audio off.',
    );
    expect(refusalOf({ audio: true }, { offered })).toBe(
      'No model here makes sound. Turn audio off.',
    );
    expect(refusalOf({ model: 'x' }, { offered })).toBe(
      'There is no model x. Choose 1.0-pro-fast or 1.0-pro.',
    );
  });

  it('a refusal says when no model is offered', () => {
    expect(refusalOf({}, { offered: [] })).toMatch(/^No model can be used here right now\./);
  });

  const inChinese: readonly [string, Partial<AskedOptions>, string][] = [
    [
      'one thing that the named model cannot do',
      { model: '1.0-pro', audio: true },
      '1.0-pro 不生成声音。请关闭 audio，或改用 1.5-pro。',
    ],
    [
      'several things that the named model cannot do',
      { model: '1.0-pro-fast', inputs: BOTH, audio: true },
      '1.0-pro-fast 支持纯文本或首帧，不支持尾帧。请去掉尾帧。1.0-pro-fast 不生成声音。请关闭 audio。要全部满足，请改用 1.5-pro。',
    ],
    [
      'what no model makes',
      { duration: 60 },
      '这里没有模型支持 60 秒。可选：2–12 秒（1.0-pro-fast 和 1.0-pro）；4–12 秒（1.5-pro）。请改为 12 秒。',
    ],
    [
      'what no model does together',
      { duration: 2, audio: true, inputs: BOTH },
      '这里没有模型能同时做到这些：声音（仅 1.5-pro）；2 秒（仅 1.0-pro）。请去掉其中一项。',
    ],
    [
      'a flag against an option',
      { prompt: 'a cat --dur 12', duration: 5 },
      '提示词里的 --dur 12 与选项 duration（5）冲突。请去掉其中一个。',
    ],
  ];
  test.each(inChinese)('a refusal in Chinese names %s', (_name, asked, sentence) => {
    expect(refusalOf(asked, { locale: 'zh-CN' })).toBe(sentence);
  });
});

function exactly(sentence: string): RegExp {
  return new RegExp(`^${sentence.replaceAll(/[.()]/g, String.raw`\$&`)}$`);
}

function refusalOf(
  asked: Partial<AskedOptions>,
  { offered = FEW, locale = 'en-US' }: { offered?: readonly ModelId[]; locale?: Locale } = {},
): string {
  try {
    const request = planRequest(
      { prompt: 'a cat', inputs: [], ...asked },
      { offers: planOffers({ offered }), drawSeed: () => 4711 },
    );
    return `not refused: ${JSON.stringify(request)}`;
  } catch (error) {
    if (error instanceof UserError) return error.in(locale);
    throw error;
  }
}
