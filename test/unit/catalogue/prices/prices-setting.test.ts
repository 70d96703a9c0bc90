import { describe, expect, it, test } from 'vitest';

import type { Priced } from '#src/catalogue/prices/price.ts';
import { pricesSettingSchema } from '#src/catalogue/prices/prices-setting.ts';
import { offersOf, priceFor } from '#src/catalogue/prices/prices.ts';
import type { ModelId } from '#src/catalogue/request.ts';
import type { VendorName } from '#src/catalogue/vendors.ts';

/** Returns the price of a request under a setting: dollars with and without sound, and the unit. */
function priceUnder(
  setting: unknown,
  [vendor, model]: readonly [VendorName, ModelId],
  request: Partial<Priced> = {},
) {
  const offer = offersOf(vendor, pricesSettingSchema.parse(setting))[model];
  const price =
    offer && priceFor(offer, { resolution: '720p', tier: 'default', inputs: [], ...request });
  if (price === undefined) return undefined;
  const { unit, withAudioMicroDollars, silentMicroDollars } = price;
  return [withAudioMicroDollars / 1_000_000, silentMicroDollars / 1_000_000, unit];
}

const VIDEO: Partial<Priced> = { inputs: ['reference_video'] };
const FLEX: Partial<Priced> = { tier: 'flex' };

describe('the operator’s prices', () => {
  it('the operator’s prices replace the published ones only for the models they name', () => {
    const setting = {
      byteplus: { '1.5-pro': { perMillionTokens: 3.1, perMillionTokensSilent: 1.1 } },
      ark: { '1.0-pro': { perSecond: 0.05 } },
    };
    const prices = pricesSettingSchema.parse(setting);

    expect(priceUnder(setting, ['byteplus', '1.5-pro'])).toEqual([3.1, 1.1, 'perMillionTokens']);
    expect(priceUnder(setting, ['ark', '1.0-pro'])).toEqual([0.05, 0.05, 'perSecond']);
    expect(offersOf('byteplus', prices)['1.5-pro']?.wireModel).toBe('seedance-1-5-pro-251215');
    expect(offersOf('byteplus', prices)['1.0-pro']).toEqual(offersOf('byteplus')['1.0-pro']);
    expect(offersOf('powertokens', prices)).toEqual(offersOf('powertokens'));
  });

  const two = { perMillionTokens: 3.5 };
  const cases: readonly [
    string,
    unknown,
    readonly [VendorName, ModelId, Partial<Priced>],
    readonly unknown[],
  ][] = [
    [
      'the slower tier is half of them',
      { byteplus: { '1.5-pro': { perMillionTokens: 3, perMillionTokensSilent: 1 } } },
      ['byteplus', '1.5-pro', FLEX],
      [1.5, 0.5, 'perMillionTokens'],
    ],
    [
      'the slower tier is half of them in their unit',
      { ark: { '1.0-pro': { perSecond: 0.05 } } },
      ['ark', '1.0-pro', FLEX],
      [0.025, 0.025, 'perSecond'],
    ],
    [
      'a price for the slower tier replaces the published one',
      { byteplus: { '1.5-pro': { perMillionTokens: 3, flex: { perMillionTokens: 2 } } } },
      ['byteplus', '1.5-pro', FLEX],
      [2, 2, 'perMillionTokens'],
    ],
    [
      'a resolution that costs more keeps its proportion',
      { byteplus: { '2.0': two } },
      ['byteplus', '2.0', { resolution: '1080p' }],
      [3.85, 3.85, 'perMillionTokens'],
    ],
    [
      'a price for a resolution replaces the published one',
      { byteplus: { '2.0': { ...two, '1080p': { perMillionTokens: 9 } } } },
      ['byteplus', '2.0', { resolution: '1080p' }],
      [9, 9, 'perMillionTokens'],
    ],
    [
      'a price for one resolution does not change the others',
      { byteplus: { '2.0': { ...two, '1080p': { perMillionTokens: 9 } } } },
      ['byteplus', '2.0', { resolution: '480p' }],
      [3.5, 3.5, 'perMillionTokens'],
    ],
    [
      'a request with video keeps its proportion',
      { byteplus: { '2.0': two } },
      ['byteplus', '2.0', VIDEO],
      [2.15, 2.15, 'perMillionTokens'],
    ],
    [
      'a price for requests with video replaces the published one',
      { byteplus: { '2.0': { ...two, withVideo: { perMillionTokens: 3 } } } },
      ['byteplus', '2.0', VIDEO],
      [3, 3, 'perMillionTokens'],
    ],
    [
      'a price for requests with video can depend on the resolution',
      {
        byteplus: {
          '2.0': { ...two, withVideo: { perMillionTokens: 3, '1080p': { perMillionTokens: 4 } } },
        },
      },
      ['byteplus', '2.0', { ...VIDEO, resolution: '1080p' }],
      [4, 4, 'perMillionTokens'],
    ],
    [
      'the ordinary price may be that of 720p alone',
      { byteplus: { '2.0': { perMillionTokens: 7, '720p': { perMillionTokens: 6 } } } },
      ['byteplus', '2.0', {}],
      [6, 6, 'perMillionTokens'],
    ],
    [
      'a price of zero is zero in every part',
      { byteplus: { '2.0': { perVideo: 0 } } },
      ['byteplus', '2.0', { ...VIDEO, resolution: '1080p' }],
      [0, 0, 'perVideo'],
    ],
  ];
  test.each(cases)('%s', (_name, setting, [vendor, model, request], expected) => {
    expect(priceUnder(setting, [vendor, model], request)).toEqual(expected);
  });

  it('a price scaled in proportion is never rounded down', () => {
    // 4.3/7 of a dollar is 0.614285714…
    expect(
      priceUnder({ byteplus: { '2.0': { perMillionTokens: 1 } } }, ['byteplus', '2.0'], VIDEO),
    ).toEqual([0.614286, 0.614286, 'perMillionTokens']);
  });

  it.each([
    ['kyyaipower', '2.0', { soldSeconds: [5, 10, 15] }],
    ['pixazo', '2.0-mini', { extraSeconds: 1 }],
  ] as const)(
    'an operator’s price keeps the way %s counts the seconds of %s',
    (vendor, model, counting) => {
      const bySecond = { perSecond: 0.1, '480p': { perSecond: 0.05 } };
      const own = pricesSettingSchema.parse({ [vendor]: { [model]: bySecond } });
      const prices = offersOf(vendor, own)[model]?.prices;

      expect(prices?.online.usual).toMatchObject({ withAudioMicroDollars: 100_000, ...counting });
      expect(prices?.online['480p']).toMatchObject({ withAudioMicroDollars: 50_000, ...counting });
    },
  );

  it('a price scaled in proportion counts seconds as the vendor does', () => {
    const own = pricesSettingSchema.parse({ pixazo: { '2.5': { perSecond: 0.462 } } });
    const prices = offersOf('pixazo', own)['2.5']?.prices;

    const half = { withAudioMicroDollars: 216_000, extraSeconds: 1 };
    expect(prices?.online['480p']).toMatchObject(half);
    expect(prices?.withVideo?.['480p']).toMatchObject(half);
  });

  it('an operator’s price in another unit does not count seconds', () => {
    const own = pricesSettingSchema.parse({ pixazo: { '2.0-mini': { perVideo: 0.4 } } });

    expect(offersOf('pixazo', own)['2.0-mini']?.prices.online.usual).toEqual({
      unit: 'perVideo',
      withAudioMicroDollars: 400_000,
      silentMicroDollars: 400_000,
    });
  });

  it('an operator’s price does not make a vendor sell a model it does not offer', () => {
    const setting = { powertokens: { '1.5-pro': { perMillionTokens: 3 } } };

    expect(priceUnder(setting, ['powertokens', '1.5-pro'], FLEX)).toBeUndefined();
  });
});

describe('the PRICES setting', () => {
  it('PRICES may be empty', () => {
    expect(pricesSettingSchema.parse({})).toEqual({});
  });

  it('PRICES takes every unit, and a zero price for free videos', () => {
    const setting = {
      byteplus: { '1.5-pro': { perVideo: 0.3, perVideoSilent: 0 }, '1.0-pro': { perSecond: 0 } },
    };

    expect(priceUnder(setting, ['byteplus', '1.5-pro'])).toEqual([0.3, 0, 'perVideo']);
    expect(priceUnder(setting, ['byteplus', '1.0-pro'])).toEqual([0, 0, 'perSecond']);
  });

  const at = (amounts: unknown): unknown => ({ byteplus: { '1.5-pro': amounts } });
  const inside = ['byteplus', '1.5-pro'];
  const refused: readonly [string, unknown, readonly string[], RegExp][] = [
    ['an unknown vendor', { bytplus: {} }, [], /unknown vendor "bytplus".*byteplus, volcengine/],
    [
      'an unknown model',
      { byteplus: { '3.0': {} } },
      ['byteplus'],
      /unknown model "3.0".*1\.5-pro/,
    ],
    [
      'an unknown unit',
      at({ perVideo: 1, perToken: 1 }),
      inside,
      /unknown price "perToken".*perMillionTokens/,
    ],
    ['a negative price', at({ perVideo: -1 }), [...inside, 'perVideo'], /must not be negative/],
    [
      'a price that is not a number',
      at({ perVideo: Number.NaN }),
      [...inside, 'perVideo'],
      /must be a number/,
    ],
    ['an endless price', at({ perVideo: Infinity }), [...inside, 'perVideo'], /must be a number/],
    ['a price in quotes', at({ perVideo: '2' }), [...inside, 'perVideo'], /must be a number/],
    ['a price beyond reason', at({ perVideo: 2e6 }), [...inside, 'perVideo'], /must not be over/],
    ['no price', at({}), inside, /needs exactly one of/],
    ['two units', at({ perVideo: 1, perSecond: 1 }), inside, /needs exactly one of/],
    ['a silent price alone', at({ perVideoSilent: 1 }), inside, /needs exactly one of/],
    [
      'a silent price in another unit',
      at({ perVideo: 1, perSecondSilent: 1 }),
      inside,
      /needs exactly one of/,
    ],
    ['a list', [], [], /expected object/i],
    [
      'a resolution without a price',
      at({ perVideo: 1, '1080p': {} }),
      [...inside, '1080p'],
      /needs exactly one of/,
    ],
    [
      'a resolution that does not exist',
      at({ perVideo: 1, '4k': { perVideo: 2 } }),
      inside,
      /unknown price "4k"; known are .*1080p.*withVideo/,
    ],
    [
      'a tier within a tier',
      at({ perVideo: 1, flex: { perVideo: 1, flex: { perVideo: 1 } } }),
      [...inside, 'flex'],
      /unknown price "flex"/,
    ],
    [
      'the slower tier where the vendor has none',
      { powertokens: { '1.5-pro': { perVideo: 1, flex: { perVideo: 1 } } } },
      ['powertokens', '1.5-pro', 'flex'],
      /what powertokens does not sell: it has no slower tier for this model/,
    ],
    [
      'video for a model that accepts none',
      at({ perVideo: 1, withVideo: { perVideo: 1 } }),
      [...inside, 'withVideo'],
      /this model takes no reference video/,
    ],
    [
      'a model the vendor does not have',
      { byteplus: { '1.0-lite-t2v': { perVideo: 1 } } },
      ['byteplus', '1.0-lite-t2v'],
      /what byteplus does not sell: it has no such model/,
    ],
  ];
  test.each(refused)(
    'PRICES with %s is refused with the position of the fault',
    (_name, setting, path, message) => {
      const issues = pricesSettingSchema.safeParse(setting).error?.issues ?? [];

      expect(issues).toHaveLength(1);
      expect(issues[0]?.path).toEqual(path);
      expect(issues[0]?.message).toMatch(message);
    },
  );
});
