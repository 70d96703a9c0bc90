import { expect, test } from 'vitest';

import type { VendorName } from '#src/catalogue/vendors.ts';
import { vendorFindings } from '#src/discord/moderation/settings/vendor-findings.ts';
import type { Offer } from '#src/jobs/submission/offers.ts';
import { inWords } from '#src/text/text.ts';
import type { VendorHealth } from '#src/vendors/health/breaker.ts';

import { createFakeClock } from '../../../fakes/clock.ts';
import { aSubmission } from '../../../fakes/job.ts';
import { createFakeVendor } from '../../../fakes/vendor.ts';

const clock = createFakeClock();
const UP = { state: 'up' } as const;
const RESTING = {
  state: 'resting',
  why: 'out-of-funds',
  sinceMs: 1_795_000_000_000,
  untilMs: 1_795_000_060_000,
} as const;
const ON_TRIAL = {
  state: 'on-trial',
  why: 'timeout',
  sinceMs: 1_795_000_000_000,
  isBusy: true,
} as const;

function anOffer(name: VendorName, health: VendorHealth): Offer {
  const { price } = aSubmission();
  return { vendor: createFakeVendor({ clock, name }), price, credits: 26, health };
}

test('each video service has a line: whether it works, since when it is paused, why, and until when', () => {
  const states = new Map<VendorName, VendorHealth>([
    ['byteplus', UP],
    ['azerion', RESTING],
    ['aimlapi', ON_TRIAL],
  ]);

  const findings = vendorFindings(states, [anOffer('byteplus', UP)]).map(({ level, text }) => ({
    level,
    text: inWords('en-US', text),
  }));

  expect(findings).toEqual([
    { level: 'fine', text: 'BytePlus ModelArk works.' },
    {
      level: 'mind',
      text: 'Azerion was paused <t:1795000000:R>: the bot’s account there is out of money. Next try <t:1795000060:R>.',
    },
    {
      level: 'mind',
      text: 'AI/ML API was paused <t:1795000000:R>: it did not answer in time. It is being tried with one video at a time.',
    },
  ]);
});

test.each([
  [[RESTING, RESTING], true],
  [[RESTING, UP], false],
  [[RESTING, ON_TRIAL], false],
  [[], false],
] as const)(
  'the vendors of the usual video with the states %j stop videos: %s',
  (all, isStopped) => {
    const offers = all.map((health) => anOffer('byteplus', health));
    const levels = vendorFindings(new Map([['byteplus', UP]]), offers).map(({ level }) => level);

    expect(levels.includes('stops')).toBe(isStopped);
  },
);
