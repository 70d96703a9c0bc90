import { describe, expect, it, test } from 'vitest';

import { possibleSizes } from '#src/catalogue/pixels.ts';
import type { PixelSize } from '#src/catalogue/pixels.ts';
import { billedCredits, mostCredits, mostTokens, videoTokens } from '#src/catalogue/prices/cost.ts';
import type { ActualUsage, FixedLength } from '#src/catalogue/prices/cost.ts';
import type { Price } from '#src/catalogue/prices/price.ts';
import { offersOf, priceFor } from '#src/catalogue/prices/prices.ts';
import { FIXED_RATIOS, MODEL_IDS, RESOLUTIONS } from '#src/catalogue/request.ts';
import type { ModelId, VideoRequest } from '#src/catalogue/request.ts';

function aRequest(overrides: Partial<VideoRequest> = {}): VideoRequest {
  return {
    model: '1.5-pro',
    prompt: 'a cat',
    resolution: '720p',
    ratio: '16:9',
    length: { unit: 'seconds', seconds: 5 },
    seed: 1,
    hasAudio: true,
    hasWatermark: false,
    inputs: [],
    ...overrides,
  };
}

function byteplusPrice(model: ModelId): Price {
  const offer = offersOf('byteplus')[model];
  if (offer === undefined) throw new Error(`BytePlus does not offer ${model}`);
  return offer.price;
}

function priceAt(
  model: ModelId,
  inputs: VideoRequest['inputs'],
  resolution: VideoRequest['resolution'] = '720p',
): Price {
  const offer = offersOf('byteplus')[model];
  const price = offer && priceFor(offer, { resolution, tier: undefined, inputs });
  if (price === undefined) throw new Error(`BytePlus does not offer ${model}`);
  return price;
}

function seconds(count: number): FixedLength {
  return { unit: 'seconds', seconds: count };
}

describe('the tokens of one video', () => {
  const samples: readonly [string, PixelSize, FixedLength, number][] = [
    ['1.0 lite, 720p 16:9, 5 s', { width: 1248, height: 704 }, seconds(5), 103_818],
    ['1.0 pro, 480p 16:9, 2 s', { width: 864, height: 480 }, seconds(2), 19_845],
    ['1.0 pro, 480p 16:9, 5 s', { width: 864, height: 480 }, seconds(5), 49_005],
    ['1280×720, 5 s', { width: 1280, height: 720 }, seconds(5), 108_900],
    ['1920×1088, 5 s', { width: 1920, height: 1088 }, seconds(5), 246_840],
    ['2.0, 480p 16:9, 5 s', { width: 864, height: 496 }, seconds(5), 50_638],
    ['2.0 fast, 720p, 4 s', { width: 1280, height: 720 }, seconds(4), 87_300],
    ['1280×720, 30 s', { width: 1280, height: 720 }, seconds(30), 648_900],
    [
      '1280×720, 121 frames',
      { width: 1280, height: 720 },
      { unit: 'frames', frames: 121 },
      108_900,
    ],
    ['864×480, 29 frames', { width: 864, height: 480 }, { unit: 'frames', frames: 29 }, 11_745],
  ];
  test.each(samples)(
    '%s: the token count is what vendors reported',
    (_name, size, length, tokens) => {
      expect(videoTokens(size, length)).toBe(tokens);
    },
  );
});

describe('the token upper bound of a request', () => {
  const byRatio: readonly [ModelId, VideoRequest['resolution'], readonly number[]][] = [
    ['1.0-pro', '480p', [49_005, 47_311, 48_400, 47_311, 49_005, 47_190]],
    ['1.0-pro', '720p', [103_818, 110_110, 108_900, 110_110, 103_818, 113_740]],
    ['1.0-pro-fast', '1080p', [246_840, 245_388, 245_025, 245_388, 246_840, 238_612]],
    ['1.5-pro', '480p', [50_638, 49_761, 48_400, 49_761, 50_638, 50_638]],
    ['1.5-pro', '720p', [108_900, 109_586, 108_900, 109_586, 108_900, 109_431]],
    ['1.5-pro', '1080p', [245_025, 245_388, 245_025, 245_388, 245_025, 246_593]],
    ['1.0-lite-t2v', '720p', [103_818, 110_110, 108_900, 110_110, 103_818, 113_740]],
    ['2.0', '480p', [50_638, 49_761, 48_400, 49_761, 50_638, 50_638]],
    ['2.0-fast', '720p', [108_900, 109_586, 108_900, 109_586, 108_900, 109_431]],
    // Only 16:9 is published; other ratios count at the largest size that any model has.
    ['2.5', '480p', [48_437, 50_638, 50_638, 50_638, 50_638, 50_638]],
    ['2.5', '720p', [108_900, 113_740, 113_740, 113_740, 113_740, 113_740]],
    ['2.5', '1080p', [245_025, 246_840, 246_840, 246_840, 246_840, 246_840]],
  ];
  test.each(byRatio)(
    '%s at %s costs by its pixel table for each ratio',
    (model, resolution, expected) => {
      const tokens = FIXED_RATIOS.map((ratio) =>
        mostTokens(aRequest({ model, resolution, ratio })),
      );

      expect(tokens).toEqual(expected);
    },
  );

  test.each(byRatio)(
    '%s at %s with the ratio adaptive holds the most expensive ratio',
    (model, resolution, expected) => {
      const tokens = mostTokens(aRequest({ model, resolution, ratio: 'adaptive' }));

      expect(tokens).toBe(Math.max(...expected));
    },
  );

  it('the hold covers the longest length when the model chooses it', () => {
    const chosen = mostTokens(aRequest({ length: { unit: 'model-chooses' } }));

    expect(chosen).toBe(mostTokens(aRequest({ length: seconds(12) })));
  });

  it('the hold is never below any video that the request can produce', () => {
    for (const model of MODEL_IDS) {
      for (const resolution of RESOLUTIONS) {
        const request = aRequest({ model, resolution, ratio: 'adaptive' });
        for (const size of possibleSizes(model, resolution, 'adaptive')) {
          expect(mostTokens(request)).toBeGreaterThanOrEqual(videoTokens(size, seconds(5)));
        }
      }
    }
  });
});

describe('credits', () => {
  const silent: Partial<VideoRequest> = { hasAudio: undefined };
  const perSecond: Price = {
    unit: 'perSecond',
    withAudioMicroDollars: 52_000,
    silentMicroDollars: 26_000,
  };
  const perVideo: Price = {
    unit: 'perVideo',
    withAudioMicroDollars: 300_001,
    silentMicroDollars: 0,
  };
  const worked: readonly [string, VideoRequest, Price, number][] = [
    ['1.5-pro, 720p, 5 s, with sound: $0.261', aRequest(), byteplusPrice('1.5-pro'), 27],
    [
      '1.5-pro, 720p, 5 s, silent: half',
      aRequest({ hasAudio: false }),
      byteplusPrice('1.5-pro'),
      14,
    ],
    [
      '1.0-pro, 1080p, 5 s: $0.617',
      aRequest({ model: '1.0-pro', resolution: '1080p', ...silent }),
      byteplusPrice('1.0-pro'),
      62,
    ],
    [
      '1.0-pro-fast, 480p, 2 s: $0.0198',
      aRequest({ model: '1.0-pro-fast', resolution: '480p', length: seconds(2), ...silent }),
      byteplusPrice('1.0-pro-fast'),
      2,
    ],
    ['by the second', aRequest({ length: seconds(5) }), perSecond, 26],
    [
      '2.0 with 10 s of reference video, 720p, 5 s: $1.394, input and output at the lower price',
      aRequest({ model: '2.0', inputs: ['reference_video'], referenceVideoSeconds: 10 }),
      priceAt('2.0', ['reference_video']),
      140,
    ],
    [
      '2.0, 1080p, 5 s: $1.887',
      aRequest({ model: '2.0', resolution: '1080p' }),
      priceAt('2.0', [], '1080p'),
      189,
    ],
    ['2.5, 720p, 5 s: $1.165', aRequest({ model: '2.5' }), byteplusPrice('2.5'), 117],
    [
      '2.5, 1080p, 5 s: $2.867',
      aRequest({ model: '2.5', resolution: '1080p' }),
      priceAt('2.5', [], '1080p'),
      287,
    ],
    [
      '2.0 with 2 s of reference video, 720p, 5 s: $0.840, the input counted as 4 s',
      aRequest({ model: '2.0', inputs: ['reference_video'], referenceVideoSeconds: 2 }),
      priceAt('2.0', ['reference_video']),
      84,
    ],
    [
      'a draft of 1.5-pro, 5 s, with sound: $0.073',
      aRequest({ resolution: '480p', isDraft: true }),
      byteplusPrice('1.5-pro'),
      8,
    ],
    [
      'a draft of 1.5-pro, 5 s, silent: $0.043',
      aRequest({ resolution: '480p', isDraft: true, hasAudio: false }),
      byteplusPrice('1.5-pro'),
      5,
    ],
    [
      'by the second, with a reference video: its begun seconds count too',
      aRequest({ model: '2.0', inputs: ['reference_video'], referenceVideoSeconds: 5.2 }),
      perSecond,
      58,
    ],
    [
      'by the second, with a short reference video: four seconds count',
      aRequest({ model: '2.0', inputs: ['reference_video'], referenceVideoSeconds: 2 }),
      perSecond,
      47,
    ],
    [
      'by the second, of frames: each begun second counts',
      aRequest({ length: { unit: 'frames', frames: 121 }, ...silent }),
      perSecond,
      16,
    ],
    [
      'by the second, at the length of the model’s choice',
      aRequest({ length: { unit: 'model-chooses' } }),
      perSecond,
      63,
    ],
    ...(
      [
        [4, 26],
        [5, 26],
        [6, 52],
        [11, 78],
        [16, 84],
      ] as const
    ).map(([length, credits]): [string, VideoRequest, Price, number] => [
      `by the length that is sold: ${length} s`,
      aRequest({ length: seconds(length) }),
      { ...perSecond, soldSeconds: [5, 10, 15] },
      credits,
    ]),
    ['by the video', aRequest(), perVideo, 31],
    ['for nothing', aRequest({ hasAudio: false }), perVideo, 0],
  ];
  test.each(worked)('%s', (_name, request, price, credits) => {
    expect(mostCredits(request, price)).toBe(credits);
  });

  it('credits are rounded up once, and an exact price is not rounded', () => {
    const price: Price = {
      unit: 'perMillionTokens',
      withAudioMicroDollars: 10_000_000_000,
      silentMicroDollars: 0,
    };

    // One token is one credit.
    expect(mostCredits(aRequest(), price)).toBe(108_900);
  });

  it('credits stay exact where floating point would not', () => {
    const price: Price = {
      unit: 'perMillionTokens',
      withAudioMicroDollars: 998_542_814_857,
      silentMicroDollars: 0,
    };
    const tokens = 90_071_993;

    // The product is 89940741430000000001: one more than a whole number of credits.
    expect(billedCredits(aRequest(), price, { tokens })).toBe(8_994_074_144);
  });
});

describe('the vendor’s bill', () => {
  const price = byteplusPrice('1.5-pro');
  const adaptive = aRequest({ ratio: 'adaptive', length: { unit: 'model-chooses' } });
  const cases: readonly [string, VideoRequest, ActualUsage, number][] = [
    ['is the vendor’s token count, when there is one', aRequest(), { tokens: 50_638 }, 13],
    ['may exceed the hold', aRequest(), { tokens: 1_296_900 }, 312],
    [
      'is computed from the finished video, when there is no token count',
      adaptive,
      { resolution: '480p', ratio: '1:1', seconds: 4 },
      10,
    ],
    ['uses frames rather than seconds', adaptive, { ratio: '16:9', frames: 121, seconds: 4 }, 27],
    ['counts zero tokens as missing', aRequest(), { tokens: 0 }, 27],
    ['counts an impossible number of tokens as missing', aRequest(), { tokens: Number.NaN }, 27],
    ['is the maximum, when the vendor states nothing', adaptive, {}, mostCredits(adaptive, price)],
    [
      'ignores unknown values',
      adaptive,
      { resolution: '8k', ratio: '5:4' },
      mostCredits(adaptive, price),
    ],
    [
      'counts the reference video without a token count',
      aRequest({
        model: '2.0',
        inputs: ['reference_video'],
        referenceVideoSeconds: 5,
        length: { unit: 'model-chooses' },
      }),
      { seconds: 4 },
      47,
    ],
    [
      'counts a short reference video as its minimum without a token count',
      aRequest({ model: '2.0', inputs: ['reference_video'], referenceVideoSeconds: 2 }),
      {},
      47,
    ],
    ['understands a resolution in capitals', aRequest(), { resolution: '480P' }, 13],
  ];
  test.each(cases)('the bill %s', (_name, request, actual, credits) => {
    expect(billedCredits(request, price, actual)).toBe(credits);
  });

  it('the bill counts the seconds of the finished video when the price is per second', () => {
    const rates = { withAudioMicroDollars: 50_000, silentMicroDollars: 0 };
    const bySecond: Price = { unit: 'perSecond', ...rates };

    expect(billedCredits(adaptive, bySecond, { tokens: 999_999, seconds: 7 })).toBe(35);
  });
});
