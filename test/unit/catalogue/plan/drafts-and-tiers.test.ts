import { describe, expect, it, test } from 'vitest';

import { finalResolutions } from '#src/catalogue/plan/plan-final.ts';
import { mostCredits, mostTokens } from '#src/catalogue/prices/cost.ts';
import { offersOf, priceFor } from '#src/catalogue/prices/prices.ts';
import type { AskedOptions, VideoRequest } from '#src/catalogue/request.ts';

import { plan, refusalOf, type Here } from '../../../fakes/plan.ts';

describe('a draft', () => {
  it('a draft is 480p, on the ordinary tier, without a last frame', () => {
    expect(plan({ draft: true })).toMatchObject({ model: '2.5', isDraft: true });
    expect(plan({ draft: true, model: '1.5-pro' })).toMatchObject({
      isDraft: true,
      resolution: '480p',
      tier: 'default',
      returnsLastFrame: false,
    });
  });

  const taken: readonly [string, Partial<AskedOptions>, Here, Partial<VideoRequest>][] = [
    ['accepts 480p by name', { draft: true, resolution: '480p' }, {}, { isDraft: true }],
    [
      'accepts frames and a length chosen by the model',
      { draft: true, inputs: ['first_frame', 'last_frame'], duration: -1 },
      {},
      { isDraft: true, ratio: 'adaptive', length: { unit: 'model-chooses' } },
    ],
    [
      'accepts the ordinary tier by name',
      { draft: true, model: '1.5-pro', economy: false },
      {},
      { isDraft: true, tier: 'default' },
    ],
    [
      'overrules a default resolution and tier',
      { draft: true, model: '1.5-pro' },
      { defaults: { resolution: '1080p', tier: 'flex' } },
      { isDraft: true, resolution: '480p', tier: 'default' },
    ],
    ['is made by default', { model: '2.5' }, { defaults: { isDraft: true } }, { isDraft: true }],
    [
      'by default is dropped when it is refused',
      { model: '2.5', draft: false },
      { defaults: { isDraft: true } },
      { isDraft: false, resolution: '720p', returnsLastFrame: true },
    ],
    [
      'by default is dropped for a typed resolution',
      { model: '2.5', resolution: '1080p' },
      { defaults: { isDraft: true } },
      { isDraft: false, resolution: '1080p' },
    ],
    [
      'by default is dropped for the slower tier',
      { model: '1.5-pro', economy: true },
      { defaults: { isDraft: true } },
      { isDraft: false, tier: 'flex' },
    ],
    [
      'by default is dropped on a model without drafts',
      { model: '2.0' },
      { defaults: { isDraft: true } },
      { isDraft: undefined, resolution: '720p', returnsLastFrame: true },
    ],
  ];
  test.each(taken)('a draft %s', (_name, asked, context, expected) => {
    expect(plan(asked, context)).toMatchObject(expected);
  });

  const refused: readonly [string, Partial<AskedOptions>, string][] = [
    [
      'at 1080p',
      { draft: true, resolution: '1080p' },
      'Drafts are 480p. Leave resolution out; you choose it when you make the final.',
    ],
    [
      'at 720p by flag',
      { draft: true, prompt: 'a cat --rs 720p' },
      'Drafts are 480p. Leave resolution out; you choose it when you make the final.',
    ],
    [
      'with economy',
      { draft: true, economy: true },
      'Drafts can’t use economy. Turn one of the two off.',
    ],
    [
      'on a model without drafts',
      { draft: true, model: '2.0' },
      '2.0 makes no drafts. Turn draft off, or use 2.5 or 1.5-pro.',
    ],
  ];
  test.each(refused)('a draft %s is refused', (_name, asked, sentence) => {
    expect(refusalOf(() => plan(asked))).toBe(sentence);
  });

  it('a draft is made by a model whose finals the server allows', () => {
    const offered = ['2.5', '1.5-pro'] as const;
    const defaults = { model: '2.5' } as const;

    expect(plan({ draft: true }, { offered, defaults }).model).toBe('2.5');
    expect(plan({ draft: true }, { offered, defaults, maxResolution: '720p' }).model).toBe(
      '1.5-pro',
    );
    expect(plan({ draft: true }, { offered, maxResolution: '480p' })).toMatchObject({
      model: '1.5-pro',
      isDraft: true,
    });
  });

  it('a default draft becomes an ordinary video when the server allows no final of the model', () => {
    const context = { maxResolution: '720p', defaults: { isDraft: true } } as const;

    expect(plan({ model: '2.5' }, context)).toMatchObject({ isDraft: false, resolution: '720p' });
  });

  const forbidden: readonly [Partial<AskedOptions>, Here, string][] = [
    [
      { model: '2.5' },
      {},
      'The final of a 2.5 draft is 1080p, more than this server allows. Turn draft off, or use 1.5-pro.',
    ],
    [
      { model: '2.5' },
      { offered: ['2.0', '2.5'] },
      'The final of a 2.5 draft is 1080p, more than this server allows. Turn draft off.',
    ],
    [
      {},
      { offered: ['2.0', '2.5'] },
      'The final of a 2.5 draft is 1080p, more than this server allows. Turn draft off.',
    ],
  ];
  test.each(forbidden)(
    'a draft with %j is refused when the server forbids its final',
    (asked, context, sentence) => {
      const maxResolution = '720p';
      expect(refusalOf(() => plan({ draft: true, ...asked }, { maxResolution, ...context }))).toBe(
        sentence,
      );
    },
  );

  it('a draft of 2.5 has references, no tier, and its only final resolution', () => {
    const request = plan({ draft: true, inputs: ['reference_image'] });

    expect(request).toMatchObject({ model: '2.5', resolution: '480p', isDraft: true });
    expect(request.tier).toBeUndefined();
    expect(finalResolutions('2.5')).toEqual(['1080p']);
  });

  it('a draft of 2.5 costs as much as any video of 480p', () => {
    const draft = plan({ draft: true, model: '2.5' });

    expect(mostTokens(draft)).toBe(mostTokens(plan({ model: '2.5', resolution: '480p' })));
    expect(mostTokens({ ...draft, hasAudio: false })).toBe(mostTokens(draft));
  });

  it('a draft costs six tenths with sound and seven without, rounded up', () => {
    // 864 × 496 × 121 / 1024 is 50638.
    const model = '1.5-pro';
    expect(mostTokens(plan({ model, resolution: '480p' }))).toBe(50_638);
    expect(mostTokens(plan({ model, draft: true }))).toBe(30_383);
    expect(mostTokens(plan({ model, draft: true, audio: false }))).toBe(35_447);
  });
});

describe('the slower tier', () => {
  const taken: readonly [string, Partial<AskedOptions>, Here, Partial<VideoRequest>][] = [
    ['is requested as economy', { economy: true }, {}, { model: '1.0-pro-fast', tier: 'flex' }],
    [
      'is requested by default',
      { model: '1.0-pro' },
      { defaults: { tier: 'flex' } },
      { tier: 'flex' },
    ],
    [
      'by default is dropped when it is refused',
      { model: '1.0-pro', economy: false },
      { defaults: { tier: 'flex' } },
      { tier: 'default' },
    ],
    [
      'by default is dropped on 2.x',
      { model: '2.0' },
      { defaults: { tier: 'flex' } },
      { tier: undefined },
    ],
    [
      'by default is dropped when no vendor has it',
      { model: '1.0-pro-fast' },
      { defaults: { tier: 'flex' }, onFlex: ['1.0-pro'] },
      { tier: 'default' },
    ],
    [
      'selects a model that a vendor offers on it',
      { economy: true },
      { onFlex: ['1.0-pro'] },
      { model: '1.0-pro', tier: 'flex' },
    ],
    [
      'switched off does not restrict the model',
      { model: '2.5', economy: false },
      {},
      { model: '2.5', tier: undefined },
    ],
  ];
  test.each(taken)('the slower tier %s', (_name, asked, context, expected) => {
    expect(plan(asked, context)).toMatchObject(expected);
  });

  const refused: readonly [string, Partial<AskedOptions>, Here, string][] = [
    [
      'on 2.0',
      { model: '2.0', economy: true },
      {},
      '2.0 has no economy price. Turn economy off, or use 1.0-pro-fast, 1.0-pro, or 1.5-pro.',
    ],
    [
      'where no vendor has it for the model',
      { model: '1.5-pro', economy: true },
      { onFlex: ['1.0-pro'] },
      'Here, 1.5-pro has no economy price. Turn economy off, or use 1.0-pro.',
    ],
    [
      'where no vendor has it at all',
      { economy: true },
      { offered: ['1.5-pro', '2.0'], onFlex: [] },
      'No model here has an economy price. Turn economy off.',
    ],
    [
      'for a length that only 2.5 makes',
      { economy: true, duration: 20 },
      { offered: ['1.5-pro', '2.5'] },
      'No model here can do all of this together: economy (only 1.5-pro); 20 s (only 2.5). Leave one of them out.',
    ],
  ];
  test.each(refused)('the slower tier %s is refused', (_name, asked, context, sentence) => {
    expect(refusalOf(() => plan(asked, context))).toBe(sentence);
  });

  it('the slower tier costs half', () => {
    const offer = offersOf('byteplus')['1.0-pro'];
    const costs = [false, true].map((economy) => {
      const request = plan({ model: '1.0-pro', resolution: '1080p', economy });
      const price = offer && priceFor(offer, request);
      return price && mostCredits(request, price);
    });

    // 246840 tokens: $0.6171 and $0.30855.
    expect(costs).toEqual([62, 31]);
  });
});
