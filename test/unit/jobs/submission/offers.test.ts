import { describe, expect, test } from 'vitest';

import type { Price, PriceList } from '#src/catalogue/prices/price.ts';
import type { VendorName } from '#src/catalogue/vendors.ts';
import { createOffers } from '#src/jobs/submission/offers.ts';
import type { VendorHealth } from '#src/vendors/health/breaker.ts';

import { createFakeClock } from '../../../fakes/clock.ts';
import { aRequest } from '../../../fakes/job.ts';
import { createFakeVendor } from '../../../fakes/vendor.ts';

const clock = createFakeClock();
const RESTING = { state: 'resting', why: 'timeout', sinceMs: 1, untilMs: 2 } as const;
const ON_TRIAL = { state: 'on-trial', why: 'timeout', sinceMs: 1, isBusy: false } as const;

/** BytePlus is preferred to PowerTokens; the numbers are their prices of a video in credits. */
function offersAt(
  credits: { byteplus: number; powertokens: number },
  health: ReadonlyMap<VendorName, VendorHealth>,
) {
  const names = ['byteplus', 'powertokens'] as const;
  return createOffers({
    vendors: names.map((name) => createFakeVendor({ clock, name })),
    prices: {
      byteplus: { '1.0-pro': aVideo(credits.byteplus) },
      powertokens: { '1.0-pro': aVideo(credits.powertokens) },
    },
    clock,
    states: () => health,
  });
}

function priceOf(credits: number): Price {
  const microDollars = credits * 10_000;
  return {
    unit: 'perVideo',
    withAudioMicroDollars: microDollars,
    silentMicroDollars: microDollars,
  };
}

function aVideo(credits: number): PriceList {
  return { online: { usual: priceOf(credits) } };
}

describe('the hold by vendor', () => {
  const held = (
    [byteplus, powertokens]: [VendorHealth['state'], VendorHealth['state']],
    credits = { byteplus: 10, powertokens: 30 },
    question = {},
  ) => {
    const states = { up: { state: 'up' }, resting: RESTING, 'on-trial': ON_TRIAL } as const;
    const health = new Map([
      ['byteplus', states[byteplus]],
      ['powertokens', states[powertokens]],
    ] as const);
    return offersAt(credits, health).creditsToHold(aRequest(), question);
  };

  test('the hold is the price of the preferred vendor, which is asked first', () => {
    expect(held(['up', 'up'])).toBe(10);
    expect(held(['up', 'resting'])).toBe(10);
  });

  test.each(['resting', 'on-trial'] as const)(
    'the hold is the price of the next vendor while the first is %s',
    (state) => {
      expect(held([state, 'up'])).toBe(30);
    },
  );

  test('the hold is never less than the price of the preferred vendor, which may recover before dispatch', () => {
    expect(held(['resting', 'up'], { byteplus: 30, powertokens: 10 })).toBe(30);
  });

  test('the hold is the usual price while no vendor is up', () => {
    expect(held(['resting', 'resting'])).toBe(10);
  });

  test('the hold is never more than the confirmed price', () => {
    expect(held(['resting', 'up'], undefined, { most: 29 })).toBe(10);
    expect(held(['resting', 'up'], undefined, { most: 9 })).toBeUndefined();
  });

  test('the hold is the price of the only vendor', () => {
    expect(held(['resting', 'up'], undefined, { onlyVendor: 'byteplus' })).toBe(10);
  });
});

test('the price list shows the price of a vendor that is up', () => {
  const priced = (health: VendorHealth) =>
    offersAt({ byteplus: 10, powertokens: 30 }, new Map([['byteplus', health]]))
      .priced()
      .find(({ model }) => model.id === '1.0-pro')?.price;

  expect(priced({ state: 'up' })).toEqual(priceOf(10));
  expect(priced(RESTING)).toEqual(priceOf(30));
});

test('an offer includes the state of its vendor', () => {
  const offers = offersAt({ byteplus: 10, powertokens: 30 }, new Map([['byteplus', RESTING]]));

  expect(offers.for(aRequest()).map(({ health }) => health)).toEqual([RESTING, { state: 'up' }]);
});
