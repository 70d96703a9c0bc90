/** A price per second at a vendor that rounds up the seconds of a file that runs slightly over. */
import { expect, test } from 'vitest';

import { billedCredits, mostCredits } from '#src/catalogue/prices/cost.ts';
import type { Price } from '#src/catalogue/prices/price.ts';
import type { VideoRequest } from '#src/catalogue/request.ts';

import { aRequest } from '../../../fakes/job.ts';

const PRICE: Price = {
  unit: 'perSecond',
  withAudioMicroDollars: 50_000,
  silentMicroDollars: 10_000,
  extraSeconds: 1,
};
const MODEL = { model: '2.0', length: { unit: 'seconds', seconds: 5 }, hasAudio: true } as const;

const worked: readonly [string, Partial<VideoRequest>, number][] = [
  ['5 s count as 6', {}, 30],
  ['5 s of a silent video count as 6', { hasAudio: false }, 6],
  ['4 s count as 5', { length: { unit: 'seconds', seconds: 4 } }, 25],
  [
    'a length of the model’s choice counts as its longest and one',
    { length: { unit: 'model-chooses' } },
    80,
  ],
  [
    'the begun seconds of a reference video are counted before, once',
    { inputs: ['reference_video'], referenceVideoSeconds: 5.2 },
    60,
  ],
];

test.each(worked)('%s, in the hold and in the bill', (_name, request, credits) => {
  const whole = aRequest({ ...MODEL, ...request });

  expect(mostCredits(whole, PRICE)).toBe(credits);
  expect(billedCredits(whole, PRICE, {})).toBe(credits);
});

test('the extra second is added after rounding up to a sold length', () => {
  const sold = { ...PRICE, soldSeconds: [5, 10, 15] };

  expect(mostCredits(aRequest(MODEL), sold)).toBe(30);
  expect(mostCredits(aRequest({ ...MODEL, length: { unit: 'seconds', seconds: 6 } }), sold)).toBe(
    55,
  );
});

test('prices per video have no extra seconds', () => {
  expect(mostCredits(aRequest(MODEL), { ...PRICE, unit: 'perVideo' })).toBe(5);
});
