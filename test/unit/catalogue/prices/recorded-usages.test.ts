import { describe, expect, it, test } from 'vitest';

import { billedCredits, mostCredits, mostTokens } from '#src/catalogue/prices/cost.ts';
import { offersOf, priceFor } from '#src/catalogue/prices/prices.ts';
import type { ModelId, Resolution, VideoRequest } from '#src/catalogue/request.ts';

/** A usage that a vendor reported, or that its price page lists. */
interface RecordedUsage {
  readonly source: string;
  readonly model: ModelId;
  readonly resolution: Resolution;
  readonly ratio?: VideoRequest['ratio'];
  readonly seconds: number;
  readonly inputSeconds?: number;
  readonly tokens: number;
}

const PRICE_PAGE = 'Volcengine price page, December 2025';
const RESELLER_LOG = 'billing log of a reseller, 2026-08-31';
const LOWEST_PRICE = 'lowest published price: nine seconds of frames';

/** Text and frames, at 16:9 unless stated otherwise. */
const MADE_FROM_TEXT: readonly RecordedUsage[] = [
  {
    source: 'answer on Pixazo’s page',
    model: '1.0-lite-t2v',
    resolution: '720p',
    seconds: 5,
    tokens: 103_818,
  },
  { source: 'live answer', model: '1.0-pro', resolution: '480p', seconds: 2, tokens: 19_845 },
  { source: 'live answer', model: '1.0-pro', resolution: '480p', seconds: 5, tokens: 49_005 },
  // Its label says 1.0 pro, whose table has no 1280 × 720: an older sample of another model.
  {
    source: 'Volcengine sample',
    model: '1.5-pro',
    resolution: '720p',
    seconds: 5,
    tokens: 108_900,
  },
  // Its label says 2.5, whose bills are of 1920 × 1080: the size is that of the 1.0 table.
  {
    source: 'BytePlus tutorial',
    model: '1.0-pro',
    resolution: '1080p',
    seconds: 5,
    tokens: 246_840,
  },
  { source: 'live answers', model: '2.0', resolution: '480p', seconds: 5, tokens: 50_638 },
  { source: 'live answer', model: '2.0-fast', resolution: '720p', seconds: 4, tokens: 87_300 },
  { source: PRICE_PAGE, model: '1.0-pro', resolution: '720p', seconds: 5, tokens: 102_960 },
  { source: PRICE_PAGE, model: '1.0-pro', resolution: '720p', seconds: 10, tokens: 205_920 },
  { source: PRICE_PAGE, model: '1.0-pro', resolution: '1080p', seconds: 10, tokens: 489_600 },
  {
    source: PRICE_PAGE,
    model: '1.0-pro',
    resolution: '1080p',
    ratio: '1:1',
    seconds: 10,
    tokens: 486_000,
  },
  { source: RESELLER_LOG, model: '2.5', resolution: '720p', seconds: 5, tokens: 108_900 },
  { source: RESELLER_LOG, model: '2.5', resolution: '720p', seconds: 10, tokens: 216_900 },
  { source: RESELLER_LOG, model: '2.5', resolution: '720p', seconds: 30, tokens: 648_900 },
  { source: RESELLER_LOG, model: '2.5', resolution: '1080p', seconds: 5, tokens: 245_025 },
  { source: RESELLER_LOG, model: '2.5', resolution: '480p', seconds: 4, tokens: 38_830 },
  { source: RESELLER_LOG, model: '2.5', resolution: '480p', seconds: 5, tokens: 48_437 },
];

const MADE_FROM_VIDEO: readonly RecordedUsage[] = [
  {
    source: 'live answer, August 2026',
    model: '2.5',
    resolution: '720p',
    seconds: 30,
    inputSeconds: 30,
    tokens: 1_296_900,
  },
  // 1280 × 720 × 24 × 9 / 1024, and likewise, for an output of 5 s.
  ...(['2.0', '2.0-fast', '2.5'] as const).map((model) => ({
    source: LOWEST_PRICE,
    model,
    resolution: '720p' as const,
    seconds: 5,
    inputSeconds: 2,
    tokens: 194_400,
  })),
];

function heldFor(usage: RecordedUsage) {
  return mostTokens(aTask(usage));
}

function aTask({
  model,
  resolution,
  ratio = '16:9',
  seconds,
  inputSeconds,
}: Omit<RecordedUsage, 'source' | 'tokens'>): VideoRequest {
  return {
    model,
    prompt: 'a cat',
    resolution,
    ratio,
    length: { unit: 'seconds', seconds },
    seed: 1,
    hasWatermark: false,
    inputs: inputSeconds === undefined ? [] : ['reference_video'],
    ...(inputSeconds === undefined ? {} : { referenceVideoSeconds: inputSeconds }),
  };
}

/**
 * What two public clients of Pixazo report about its bills, September and October 2026: the seconds of the
 * file, rounded up, where a file of five seconds runs over by a tenth. List prices per second.
 */
const PIXAZO_BILLS = [
  { model: '2.0-mini', seconds: 4, billedSeconds: 5, microDollars: 75_600 },
  { model: '2.0-mini', seconds: 5, billedSeconds: 6, microDollars: 75_600 },
  { model: '2.0-mini', seconds: 15, billedSeconds: 16, microDollars: 75_600 },
  { model: '2.5', seconds: 5, billedSeconds: 6, microDollars: 231_000 },
  { model: '2.5', seconds: 30, billedSeconds: 31, microDollars: 231_000 },
] as const;

test.each(PIXAZO_BILLS)(
  'the hold and the bill at Pixazo are $billedSeconds seconds for $seconds s of $model',
  ({ model, seconds, billedSeconds, microDollars }) => {
    const offer = offersOf('pixazo')[model];
    const request = aTask({ model, resolution: '720p', seconds });
    const price = offer && priceFor(offer, request);
    if (price === undefined) throw new Error('not offered');

    const credits = Math.ceil((billedSeconds * microDollars) / 10_000);
    expect(mostCredits(request, price)).toBe(credits);
    // Its responses do not describe the finished video.
    expect(billedCredits(request, price, {})).toBe(credits);
  },
);

describe('the hold compared with recorded usage', () => {
  test.each([...MADE_FROM_TEXT, ...MADE_FROM_VIDEO])(
    'the hold covers $tokens tokens of $model at $resolution, $seconds s ($source)',
    (usage) => {
      expect(heldFor(usage)).toBeGreaterThanOrEqual(usage.tokens);
    },
  );

  test.each(MADE_FROM_TEXT)(
    'the hold is at most 1 % above $tokens tokens of $model at $resolution, $seconds s ($source)',
    (usage) => {
      expect(heldFor(usage)).toBeLessThanOrEqual(1.01 * usage.tokens);
    },
  );

  it('the hold for a reference video of two seconds equals that for one of four', () => {
    const usage = { source: '', model: '2.5', resolution: '720p', seconds: 5, tokens: 0 } as const;

    expect(heldFor({ ...usage, inputSeconds: 2 })).toBe(heldFor({ ...usage, inputSeconds: 4 }));
    expect(heldFor({ ...usage, inputSeconds: 4.1 })).toBeGreaterThan(
      heldFor({ ...usage, inputSeconds: 4 }),
    );
  });
});
