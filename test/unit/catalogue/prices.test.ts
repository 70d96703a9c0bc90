import { describe, expect, it, test } from 'vitest';

import {
  OFFERING_VENDORS,
  YUAN_PER_DOLLAR,
  offersOf,
  pricesSettingSchema,
} from '#src/catalogue/prices.ts';
import { MODEL_IDS } from '#src/catalogue/request.ts';
import { VENDOR_NAMES } from '#src/vendors/vendor.ts';

describe('offers', () => {
  it('exist for every vendor there is', () => {
    expect([...OFFERING_VENDORS]).toEqual([...VENDOR_NAMES]);
  });

  test.each(OFFERING_VENDORS)('%s offers every model, each at a price', (vendor) => {
    const offers = offersOf(vendor);

    for (const model of MODEL_IDS) {
      expect(offers[model]?.model).toBe(model);
      expect(offers[model]?.price.withAudioMicroDollars).toBeGreaterThan(0);
      expect(Number.isSafeInteger(offers[model]?.price.silentMicroDollars)).toBe(true);
    }
  });

  it('of BytePlus carry its model ids and published prices', () => {
    expect(offersOf('byteplus')).toEqual({
      '1.5-pro': {
        model: '1.5-pro',
        wireModel: 'seedance-1-5-pro-251215',
        price: {
          unit: 'perMillionTokens',
          withAudioMicroDollars: 2_400_000,
          silentMicroDollars: 1_200_000,
        },
      },
      '1.0-pro-fast': {
        model: '1.0-pro-fast',
        wireModel: 'seedance-1-0-pro-fast-251015',
        price: {
          unit: 'perMillionTokens',
          withAudioMicroDollars: 1_000_000,
          silentMicroDollars: 1_000_000,
        },
      },
      '1.0-pro': {
        model: '1.0-pro',
        wireModel: 'seedance-1-0-pro-250528',
        price: {
          unit: 'perMillionTokens',
          withAudioMicroDollars: 2_500_000,
          silentMicroDollars: 2_500_000,
        },
      },
    });
  });

  it('of Volcengine carry doubao ids, and yuan turned into dollars, never rounded down', () => {
    const offer = offersOf('volcengine')['1.0-pro'];
    const dollars = (offer?.price.withAudioMicroDollars ?? 0) / 1_000_000;

    expect(offer?.wireModel).toBe('doubao-seedance-1-0-pro-250528');
    expect(dollars).toBeGreaterThanOrEqual(15 / YUAN_PER_DOLLAR);
    expect(dollars).toBeCloseTo(15 / YUAN_PER_DOLLAR, 5);
  });

  it('take the operator’s price for what it names and the published one for the rest', () => {
    const prices = pricesSettingSchema.parse({
      byteplus: { '1.5-pro': { perMillionTokens: 3.1, perMillionTokensSilent: 1.1 } },
      ark: { '1.0-pro': { perSecond: 0.05 } },
    });

    expect(offersOf('byteplus', prices)['1.5-pro']?.price).toEqual({
      unit: 'perMillionTokens',
      withAudioMicroDollars: 3_100_000,
      silentMicroDollars: 1_100_000,
    });
    expect(offersOf('byteplus', prices)['1.5-pro']?.wireModel).toBe('seedance-1-5-pro-251215');
    expect(offersOf('byteplus', prices)['1.0-pro']).toEqual(offersOf('byteplus')['1.0-pro']);
    expect(offersOf('powertokens', prices)).toEqual(offersOf('powertokens'));
    expect(offersOf('ark', prices)['1.0-pro']?.price).toEqual({
      unit: 'perSecond',
      withAudioMicroDollars: 50_000,
      silentMicroDollars: 50_000,
    });
  });
});

describe('the PRICES setting', () => {
  it('may be empty', () => {
    expect(pricesSettingSchema.parse({})).toEqual({});
  });

  it('takes each unit, and nothing for free videos', () => {
    const setting = {
      byteplus: { '1.5-pro': { perVideo: 0.3, perVideoSilent: 0 }, '1.0-pro': { perSecond: 0 } },
    };

    expect(pricesSettingSchema.parse(setting)).toEqual({
      byteplus: {
        '1.5-pro': { unit: 'perVideo', withAudioMicroDollars: 300_000, silentMicroDollars: 0 },
        '1.0-pro': { unit: 'perSecond', withAudioMicroDollars: 0, silentMicroDollars: 0 },
      },
    });
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
  ];
  test.each(refused)('refuses %s and names where it stands', (_name, setting, path, message) => {
    const issues = pricesSettingSchema.safeParse(setting).error?.issues ?? [];

    expect(issues).toHaveLength(1);
    expect(issues[0]?.path).toEqual(path);
    expect(issues[0]?.message).toMatch(message);
  });
});
