import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';

import { modelOf } from '#src/catalogue/models.ts';
import { violationsOf } from '#src/catalogue/plan/check-model.ts';
import { optionsOf } from '#src/catalogue/plan/parse-options.ts';
import {
  INPUT_ROLES,
  MODEL_IDS,
  RATIOS,
  RESOLUTIONS,
  videoRequestSchema,
} from '#src/catalogue/request.ts';
import type {
  AskedOptions,
  InputRole,
  Length,
  ModelId,
  VideoRequest,
} from '#src/catalogue/request.ts';
import { UserError } from '#src/errors.ts';

import { BOTH, FIRST, plan, type Here } from '../../../fakes/plan.ts';

const DRAWN = 4711;

const LAST: readonly InputRole[] = ['last_frame'];

function seconds(count: number): Length {
  return { unit: 'seconds', seconds: count };
}

describe('omitted options', () => {
  it('omitted options are filled in for a prompt alone', () => {
    expect(plan({})).toEqual({
      model: '2.0-mini',
      prompt: 'a cat',
      resolution: '720p',
      ratio: '16:9',
      length: seconds(5),
      seed: DRAWN,
      hasAudio: true,
      hasWatermark: false,
      inputs: [],
      returnsLastFrame: true,
    });
  });

  it('omitted options are filled in by name when the model has such options', () => {
    expect(plan({ model: '1.5-pro' })).toMatchObject({
      isCameraFixed: false,
      isDraft: false,
      tier: 'default',
    });
  });

  it('an omitted sound is off on a silent model, without a note', () => {
    expect(plan({ model: '1.0-pro' }).hasAudio).toBeUndefined();
  });

  const filled: readonly [string, Partial<AskedOptions>, Partial<VideoRequest>][] = [
    [
      'the ratio follows a first frame',
      { inputs: FIRST },
      { ratio: 'adaptive', model: '2.0-mini' },
    ],
    ['the ratio follows two frames', { inputs: BOTH }, { ratio: 'adaptive', inputs: [...BOTH] }],
    [
      'pictures are sent first frame first',
      { inputs: ['last_frame', 'first_frame'] },
      { inputs: [...BOTH] },
    ],
    ['a seed of -1 is drawn', { seed: -1 }, { seed: DRAWN }],
    ['the prompt is trimmed', { prompt: '  a cat \n' }, { prompt: 'a cat' }],
  ];
  test.each(filled)('%s', (_name, asked, expected) => {
    expect(plan(asked)).toMatchObject(expected);
  });
});

describe('typed options', () => {
  const taken: readonly [string, Partial<AskedOptions>, Partial<VideoRequest>][] = [
    [
      'with all options is planned',
      {
        model: '1.5-pro',
        ratio: '9:16',
        duration: 12,
        resolution: '1080p',
        seed: 0,
        cameraFixed: true,
        audio: false,
        watermark: true,
      },
      {
        model: '1.5-pro',
        ratio: '9:16',
        length: seconds(12),
        resolution: '1080p',
        seed: 0,
        isCameraFixed: true,
        hasAudio: false,
        hasWatermark: true,
      },
    ],
    [
      'with flags is planned',
      { prompt: 'a cat --dur 8 --rs 480p' },
      { prompt: 'a cat', length: seconds(8), resolution: '480p' },
    ],
    ['with the largest seed is planned', { seed: 2_147_483_647 }, { seed: 2_147_483_647 }],
    [
      'with a fixed camera is planned on 1.0-pro-fast',
      { model: '1.0-pro-fast', cameraFixed: true },
      { isCameraFixed: true },
    ],
    [
      'without sound is planned on a silent model',
      { model: '1.0-pro', audio: false },
      { hasAudio: undefined },
    ],
    [
      'with a length chosen by the model is planned on 1.5-pro',
      { model: '1.5-pro', duration: -1 },
      { length: { unit: 'model-chooses' } },
    ],
    [
      'with an adaptive ratio for text is planned on 2.0-mini',
      { ratio: 'adaptive' },
      { model: '2.0-mini', ratio: 'adaptive' },
    ],
    [
      'with half a second is planned in frames on 1.0',
      { model: '1.0-pro', duration: 2.5 },
      { length: { unit: 'frames', frames: 61 } },
    ],
    [
      'with the shortest fraction is planned with 29 frames',
      { model: '1.0-pro', duration: 1.2 },
      { length: { unit: 'frames', frames: 29 } },
    ],
    [
      'with the longest fraction is planned with 289 frames',
      { model: '1.0-pro', duration: 12.04 },
      { length: { unit: 'frames', frames: 289 } },
    ],
    [
      'with frames is planned',
      { prompt: 'a cat --frames 33' },
      { model: '1.0-pro-fast', length: { unit: 'frames', frames: 33 } },
    ],
    [
      'may name a model as people write it',
      { model: 'Seedance 1.0 Pro Fast' },
      { model: '1.0-pro-fast' },
    ],
    ['may name a resolution in capitals', { resolution: '1080P' }, { resolution: '1080p' }],
    ['may write a ratio with a cross', { ratio: '9x16' }, { ratio: '9:16' }],
    [
      'may have a prompt of exactly 4000 characters',
      { prompt: 'x'.repeat(4000) },
      { prompt: 'x'.repeat(4000) },
    ],
  ];
  test.each(taken)('a typed request %s', (_name, asked, expected) => {
    expect(plan(asked)).toMatchObject(expected);
  });
});

describe('the model chosen for a request', () => {
  const chosen: readonly [string, Partial<AskedOptions>, Here, VideoRequest['model']][] = [
    ['anything', {}, {}, '2.0-mini'],
    ['2 s', { duration: 2 }, {}, '1.0-pro-fast'],
    ['2 s with a last frame', { duration: 2, inputs: BOTH }, {}, '1.0-pro'],
    ['2 s by flag', { prompt: 'a cat --dur 2' }, {}, '1.0-pro-fast'],
    ['a fraction', { duration: 5.5 }, {}, '1.0-pro-fast'],
    ['where 2.0-mini is not offered', {}, { offered: ['1.0-pro', '1.0-pro-fast'] }, '1.0-pro-fast'],
    ['where 1.0-pro is the default', {}, { defaults: { model: '1.0-pro' } }, '1.0-pro'],
    [
      'sound, where 1.0-pro is the default',
      { audio: true },
      { defaults: { model: '1.0-pro' } },
      '2.0-mini',
    ],
    [
      'a default that is not offered',
      {},
      { offered: ['1.5-pro'], defaults: { model: '1.0-pro' } },
      '1.5-pro',
    ],
  ];
  test.each(chosen)('the first fitting model is chosen: %s', (_name, asked, context, model) => {
    expect(plan(asked, context).model).toBe(model);
  });
});

describe('server defaults', () => {
  it('server defaults fill in omitted options', () => {
    const defaults = {
      resolution: '480p',
      ratio: '1:1',
      length: seconds(8),
      isCameraFixed: true,
      hasAudio: false,
      hasWatermark: true,
    } as const;

    expect(plan({ model: '1.5-pro' }, { defaults })).toMatchObject(defaults);
  });

  it('typed options take precedence over server defaults', () => {
    const request = plan(
      { duration: 6, audio: true },
      { defaults: { length: seconds(8), hasAudio: false } },
    );

    expect(request).toMatchObject({ length: seconds(6), hasAudio: true });
  });

  it('server defaults are ignored when the model does not support them', () => {
    const request = plan(
      { model: '1.0-pro' },
      { defaults: { ratio: 'adaptive', length: { unit: 'model-chooses' }, hasAudio: true } },
    );

    expect(request).toMatchObject({ ratio: '16:9', length: seconds(5), hasAudio: undefined });
  });
});

describe('any request', () => {
  const anything = fc.record({
    prompt: fc.constantFrom('a cat', 'a --dur 7 cat', 'a cat --frames 61', ''),
    inputs: fc.oneof(
      fc.constantFrom([], FIRST, BOTH, LAST),
      fc.array(fc.constantFrom(...INPUT_ROLES), { maxLength: 6 }),
    ),
    model: fc.option(fc.constantFrom(...MODEL_IDS), { nil: undefined }),
    ratio: fc.option(fc.constantFrom(...RATIOS, '5:4'), { nil: undefined }),
    resolution: fc.option(fc.constantFrom(...RESOLUTIONS, '8k'), { nil: undefined }),
    duration: fc.option(fc.oneof(fc.integer({ min: -2, max: 15 }), fc.double()), {
      nil: undefined,
    }),
    seed: fc.option(fc.oneof(fc.integer(), fc.double()), { nil: undefined }),
    audio: fc.option(fc.boolean(), { nil: undefined }),
    cameraFixed: fc.option(fc.boolean(), { nil: undefined }),
    draft: fc.option(fc.boolean(), { nil: undefined }),
    economy: fc.option(fc.boolean(), { nil: undefined }),
  });
  const models = fc.subarray([...MODEL_IDS]);

  it('any request leads to a refusal for people, or to a request that its model supports', () => {
    fc.assert(
      fc.property(anything, models, models, (asked, offered, onFlex) => {
        const answer = outcomeOf(() => plan(asked, { offered, onFlex }));

        expect(faultOf(answer, offered)).toBe('none');
        expect(isFlex(answer) && !onFlex.some((id) => id === modelIn(answer))).toBe(false);
      }),
      { numRuns: 4000 },
    );
  });

  /** A refusal is one sentence or more; a request is complete, offered, and supported by its model. */
  function faultOf(answer: VideoRequest | string, offered: readonly ModelId[]): string {
    if (typeof answer === 'string') {
      return /^[A-Z0-9-].{10,900}\.$/su.test(answer) ? 'none' : `unclear refusal: ${answer}`;
    }
    if (!videoRequestSchema.safeParse(answer).success) return 'incomplete';
    if (!offered.includes(answer.model)) return 'not offered';
    if (answer.isDraft === true && !isRightDraft(answer)) return 'an impossible draft';
    return violationsOf(modelOf(answer.model), optionsOf(answer))[0]?.topic ?? 'none';
  }

  function isRightDraft({ resolution, tier, returnsLastFrame }: VideoRequest): boolean {
    return resolution === '480p' && tier !== 'flex' && returnsLastFrame === false;
  }

  function isFlex(answer: VideoRequest | string): boolean {
    return typeof answer !== 'string' && answer.tier === 'flex';
  }

  function modelIn(answer: VideoRequest | string): string {
    return typeof answer === 'string' ? '' : answer.model;
  }
});

function outcomeOf(make: () => VideoRequest): VideoRequest | string {
  try {
    return make();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
