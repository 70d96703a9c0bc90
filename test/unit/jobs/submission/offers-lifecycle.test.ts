/** Offers begin and end while the process runs: each call returns those of its own moment. */
import { expect, test } from 'vitest';

import type { VendorName } from '#src/catalogue/vendors.ts';
import { createOffers } from '#src/jobs/submission/offers.ts';

import { createFakeClock } from '../../../fakes/clock.ts';
import { aRequest } from '../../../fakes/job.ts';
import { createFakeVendor } from '../../../fakes/vendor.ts';

const PRO_1_5_ENDS_MS = Date.parse('2026-11-11T00:00:00Z');
const LITE_ENDS_MS = Date.parse('2026-05-13T00:00:00Z');

function offersOver(endMs: number, ...names: VendorName[]) {
  const fake = createFakeClock();
  let nowMs = endMs - 1;
  const offers = createOffers({
    vendors: names.map((name) => createFakeVendor({ clock: fake, name })),
    prices: {},
    clock: { now: () => nowMs },
  });
  return { offers, passMidnight: () => (nowMs = endMs) };
}

const request = aRequest({ model: '1.5-pro', hasAudio: true, tier: 'default', isDraft: false });

test('a running process stops offering a model when its offer ends', () => {
  const { offers, passMidnight } = offersOver(PRO_1_5_ENDS_MS, 'byteplus');
  const answers = () => [
    offers.models().includes('1.5-pro'),
    offers.toPlanWith().some(({ model }) => model.id === '1.5-pro'),
    offers.priced().some(({ model }) => model.id === '1.5-pro'),
    offers.for(request).length > 0,
    offers.creditsToHold(request) !== undefined,
  ];

  expect(answers()).toEqual([true, true, true, true, true]);
  passMidnight();
  expect(answers()).toEqual([false, false, false, false, false]);
  expect(offers.violations(request)).toEqual([]);
});

test('a reseller that still documents the model keeps offering it, at its own price', () => {
  const { offers, passMidnight } = offersOver(PRO_1_5_ENDS_MS, 'byteplus', 'powertokens');

  passMidnight();

  expect(offers.for(request).map(({ vendor }) => vendor.name)).toEqual(['powertokens']);
  expect(offers.models().at(-1)).toBe('1.5-pro');
});

test.each(['1.0-lite-t2v', '1.0-lite-i2v'] as const)(
  '%s ends at Volcengine in the same way',
  (model) => {
    const { offers, passMidnight } = offersOver(LITE_ENDS_MS, 'volcengine');

    expect(offers.models()).toContain(model);
    passMidnight();
    expect(offers.models()).not.toContain(model);
  },
);
