import { describe, expect, it, test } from 'vitest';

import { modelOf } from '#src/catalogue/models.ts';
import { mostCredits } from '#src/catalogue/prices/cost.ts';
import { priceSchema, type Priced } from '#src/catalogue/prices/price.ts';
import { offersFlex, offersOf, priceFor, type Offer } from '#src/catalogue/prices/prices.ts';
import { YUAN_PER_DOLLAR } from '#src/catalogue/prices/published-prices.ts';
import {
  MODEL_IDS,
  RESOLUTIONS,
  TIERS,
  type ModelId,
  type Resolution,
  type VideoRequest,
} from '#src/catalogue/request.ts';
import { VENDOR_NAMES, type VendorName } from '#src/catalogue/vendors.ts';

const INTERNATIONAL = MODEL_IDS.filter((id) => !id.startsWith('1.0-lite'));

describe('offers', () => {
  it('every vendor has offers', () => {
    expect([...VENDOR_NAMES]).toEqual([...VENDOR_NAMES]);
  });

  const offered: readonly [VendorName, readonly ModelId[]][] = [
    ['byteplus', INTERNATIONAL],
    ['volcengine', MODEL_IDS],
    ['powertokens', ['1.0-pro-fast', '1.0-pro', '2.0-fast', '2.0', '2.5', '1.5-pro']],
    ['pixazo', ['2.0-mini', '2.0-fast', '2.0', '2.5', '1.0-lite-t2v', '1.0-lite-i2v']],
    ['ark', INTERNATIONAL],
  ];
  test.each(offered)('%s offers exactly its published models', (vendor, models) => {
    expect(Object.keys(offersOf(vendor))).toEqual(models);
  });

  const wireModels: readonly [VendorName, readonly string[]][] = [
    [
      'byteplus',
      [
        'dreamina-seedance-2-0-mini-260615',
        'seedance-1-0-pro-fast-251015',
        'seedance-1-0-pro-250528',
        'dreamina-seedance-2-0-fast-260128',
        'dreamina-seedance-2-0-260128',
        'dreamina-seedance-2-5-260628',
        'seedance-1-5-pro-251215',
      ],
    ],
    [
      'volcengine',
      [
        'doubao-seedance-2-0-mini-260615',
        'doubao-seedance-1-0-pro-fast-251015',
        'doubao-seedance-1-0-pro-250528',
        'doubao-seedance-2-0-fast-260128',
        'doubao-seedance-2-0-260128',
        'doubao-seedance-2-5-260628',
        'doubao-seedance-1-5-pro-251215',
        'doubao-seedance-1-0-lite-t2v-250428',
        'doubao-seedance-1-0-lite-i2v-250428',
      ],
    ],
    [
      'powertokens',
      [
        'seedance-1-0-pro-fast-251015',
        'seedance-1-0-pro-250528',
        'dreamina-seedance-2-0-fast-260128',
        'dreamina-seedance-2-0-260128',
        'dreamina-seedance-2-5-260628',
        'seedance-1-5-pro-251215',
      ],
    ],
    [
      'pixazo',
      [
        'seedance-2-0-mini',
        'seedance-2-0-fast',
        'seedance-2-0',
        'seedance-2-5',
        'seedance-1-0-lite-t2v-250428',
        'seedance-1-0-lite-i2v-250428',
      ],
    ],
  ];
  test.each(wireModels)('%s offers its models under its own ids', (vendor, ids) => {
    expect(Object.values(offersOf(vendor)).map(({ wireModel }) => wireModel)).toEqual(ids);
  });

  test.each(VENDOR_NAMES)('%s has a storable price for each of its offers', (vendor) => {
    const prices = Object.values(offersOf(vendor)).flatMap(pricesOf);

    expect(prices.length).toBeGreaterThan(0);
    for (const price of prices) expect(priceSchema.parse(price)).toEqual(price);
  });

  test.each(VENDOR_NAMES)(
    '%s offers a model for free only where its documentation says so',
    (vendor) => {
      const prices = Object.values(offersOf(vendor)).flatMap((offer) =>
        pricesOf(offer).map((price) => ({ model: offer.model, price })),
      );
      expect(prices.length).toBeGreaterThan(0);
      for (const { model, price } of prices) {
        const isFree = Math.min(price.withAudioMicroDollars, price.silentMicroDollars) === 0;
        expect(isFree).toBe(vendor === 'pixazo' && model.startsWith('1.0-lite'));
      }
    },
  );

  test.each(VENDOR_NAMES)('%s has a price for a default request at 720p', (vendor) => {
    for (const offer of Object.values(offersOf(vendor))) {
      expect(offer.price).toEqual(priceFor(offer, aPriced({ resolution: '720p' })));
    }
  });

  it('an offer has the slower tier when both model and vendor have it', () => {
    const onFlex = (vendor: VendorName) =>
      Object.values(offersOf(vendor))
        .filter(offersFlex)
        .map(({ model }) => model);

    expect(onFlex('byteplus')).toEqual(['1.0-pro-fast', '1.0-pro', '1.5-pro']);
    expect(onFlex('powertokens')).toEqual([]);
    expect(onFlex('volcengine')).toEqual(MODEL_IDS.filter((id) => modelOf(id).canUseFlex));
  });

  it('an offer has a price with video only for models that take a video', () => {
    // kyyAiPower does not pass references on.
    const passing = VENDOR_NAMES.filter((vendor) => vendor !== 'kyyaipower');
    for (const offer of passing.flatMap((vendor) => Object.values(offersOf(vendor)))) {
      expect(offer.prices.withVideo !== undefined).toBe(
        modelOf(offer.model).modes.references?.clips !== undefined,
      );
    }
  });
});

describe('the price of a request', () => {
  const flex = { tier: 'flex' } as const;
  const video = { inputs: ['reference_image', 'reference_video'] } satisfies Partial<Priced>;
  const dollars: readonly [
    ModelId,
    Partial<Priced>,
    readonly [withAudio: number, silent: number],
  ][] = [
    ['1.0-pro', {}, [2.5, 2.5]],
    ['1.0-pro', { resolution: '1080p' }, [2.5, 2.5]],
    ['1.0-pro', flex, [1.25, 1.25]],
    ['1.0-pro-fast', {}, [1, 1]],
    ['1.0-pro-fast', flex, [0.5, 0.5]],
    ['1.5-pro', {}, [2.4, 1.2]],
    ['1.5-pro', { tier: undefined }, [2.4, 1.2]],
    ['1.5-pro', flex, [1.2, 0.6]],
    ['2.0', {}, [7, 7]],
    ['2.0', { resolution: '480p' }, [7, 7]],
    ['2.0', { resolution: '1080p' }, [7.7, 7.7]],
    ['2.0', video, [4.3, 4.3]],
    ['2.0', { ...video, resolution: '1080p' }, [4.7, 4.7]],
    ['2.0', { inputs: ['reference_image', 'reference_audio'] }, [7, 7]],
    ['2.0-fast', {}, [5.6, 5.6]],
    ['2.0-fast', video, [3.3, 3.3]],
    ['2.0-mini', {}, [3.5, 3.5]],
    ['2.0-mini', video, [2.1, 2.1]],
    ['2.5', {}, [10.7, 10.7]],
    ['2.5', { resolution: '1080p' }, [11.7, 11.7]],
    ['2.5', video, [6.4, 6.4]],
    ['2.5', { ...video, resolution: '1080p' }, [7, 7]],
  ];
  test.each(dollars)('BytePlus charges %s with %j $%j per million', (model, request, amounts) => {
    const price = priceAt('byteplus', model, request);

    expect([price?.withAudioMicroDollars, price?.silentMicroDollars]).toEqual(
      amounts.map((amount) => Math.round(amount * 1_000_000)),
    );
  });

  const yuan: readonly [ModelId, Partial<Priced>, number][] = [
    ['1.0-pro', {}, 15],
    ['1.0-pro-fast', {}, 4.2],
    ['1.0-lite-t2v', {}, 10],
    ['1.0-lite-i2v', flex, 5],
    ['2.0', {}, 46],
    ['2.0', { ...video, resolution: '1080p' }, 31],
    ['2.0-fast', video, 22],
    ['2.0-fast', {}, 37],
    ['2.0-mini', {}, 23],
    ['2.0-mini', video, 14],
    ['2.5', {}, 70],
    ['2.5', { resolution: '1080p' }, 77],
    ['2.5', video, 42],
    ['2.5', { ...video, resolution: '1080p' }, 46],
    ['1.5-pro', {}, 16],
  ];
  test.each(yuan)(
    'Volcengine charges %s with %j ¥%d, never rounded down',
    (model, request, amount) => {
      const paid = (priceAt('volcengine', model, request)?.withAudioMicroDollars ?? 0) / 1_000_000;

      expect(paid).toBeGreaterThanOrEqual(amount / YUAN_PER_DOLLAR);
      expect(paid).toBeCloseTo(amount / YUAN_PER_DOLLAR, 5);
    },
  );

  it('PowerTokens charges 2.0-fast per second, with or without a reference video', () => {
    for (const request of [{}, { resolution: '480p' } as const, video]) {
      expect(priceAt('powertokens', '2.0-fast', request)).toEqual({
        unit: 'perSecond',
        withAudioMicroDollars: 121_000,
        silentMicroDollars: 121_000,
      });
    }
  });

  test.each([
    ['480p', 105_000],
    ['720p', 232_000],
    ['1080p', 569_000],
  ] as const)('PowerTokens charges 2.5 at %s per second', (resolution, microDollars) => {
    expect(priceAt('powertokens', '2.5', { resolution })).toEqual({
      unit: 'perSecond',
      withAudioMicroDollars: microDollars,
      silentMicroDollars: microDollars,
    });
  });

  const pixazo: readonly [ModelId, Partial<Priced>, number][] = [
    // As clients of Pixazo read the prices on its page in autumn 2026.
    ['2.0-mini', {}, 75_600],
    ['2.5', {}, 231_000],
    ['2.5', video, 231_000],
    // The same price as BytePlus.
    ['2.0-fast', {}, 121_000],
    ['2.0', {}, 152_000],
    ['2.0-mini', { resolution: '480p' }, 36_000],
    ['2.0-fast', { resolution: '480p' }, 57_000],
    ['2.0', { resolution: '480p' }, 71_000],
    ['2.5', { resolution: '480p' }, 108_000],
    ['2.5', { ...video, resolution: '480p' }, 108_000],
  ];
  test.each(pixazo)(
    'Pixazo charges %s with %j per second, plus one second',
    (model, request, microDollars) => {
      expect(priceAt('pixazo', model, request)).toEqual({
        unit: 'perSecond',
        withAudioMicroDollars: microDollars,
        silentMicroDollars: microDollars,
        extraSeconds: 1,
      });
    },
  );

  it('Pixazo is never cheaper than BytePlus for a second of 16:9', () => {
    for (const model of ['2.0-mini', '2.0-fast', '2.0', '2.5'] as const) {
      for (const resolution of ['480p', '720p'] as const) {
        const request = aTaskOf(model, resolution);
        const here = priceAt('pixazo', model, { resolution });
        const upstream = priceAt('byteplus', model, { resolution });
        if (here === undefined || upstream === undefined) throw new Error('not offered');
        expect(mostCredits(request, here)).toBeGreaterThanOrEqual(mostCredits(request, upstream));
      }
    }
  });

  it('kyyAiPower charges 2.0 by the three lengths of its ids', () => {
    expect(priceAt('kyyaipower', '2.0', {})).toMatchObject({
      unit: 'perSecond',
      soldSeconds: [5, 10, 15],
    });
  });

  const withoutFlex: readonly [VendorName, ModelId][] = [
    ['byteplus', '2.0'],
    ['powertokens', '1.5-pro'],
    ['ark', '2.5'],
  ];
  test.each(withoutFlex)(
    '%s has no price for %s on the slower tier, which it does not sell',
    (vendor, model) => {
      expect(priceAt(vendor, model, flex)).toBeUndefined();
    },
  );

  it('the slower tier and a request with video never cost more than the regular price', () => {
    const offers = VENDOR_NAMES.flatMap((vendor) => Object.values(offersOf(vendor)));
    const moreExpensive = offers.flatMap((offer) =>
      RESOLUTIONS.flatMap((resolution) => {
        const cost = (request: Partial<Priced>) =>
          priceFor(offer, aPriced({ ...request, resolution }))?.withAudioMicroDollars ?? 0;
        return [flex, video].filter((request) => cost(request) > cost({}));
      }),
    );

    expect(moreExpensive).toEqual([]);
  });
});

function aPriced(overrides: Partial<Priced> = {}): Priced {
  return { resolution: '720p', tier: 'default', inputs: [], ...overrides };
}

function aTaskOf(model: ModelId, resolution: Resolution): VideoRequest {
  const length = { unit: 'seconds', seconds: 5 } as const;
  const plain = { prompt: 'a cat', ratio: '16:9', seed: 1, hasWatermark: false } as const;
  return { ...plain, inputs: [], model, resolution, length };
}

function priceAt(vendor: VendorName, model: ModelId, request: Partial<Priced>) {
  const offer = offersOf(vendor)[model];
  return offer === undefined ? undefined : priceFor(offer, aPriced(request));
}

/** Returns every price of an offer that some request could pay. */
function pricesOf(offer: Offer) {
  const inputs = [[], ['reference_video' as const]];
  return RESOLUTIONS.flatMap((resolution) =>
    TIERS.flatMap((tier) =>
      inputs.map((each) => priceFor(offer, { resolution, tier, inputs: each })),
    ),
  ).filter((price) => price !== undefined);
}
