import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';

import { modelOf } from '#src/catalogue/models.ts';
import { MODE_INPUTS, MODES } from '#src/catalogue/modes.ts';
import { possibleSizes } from '#src/catalogue/pixels.ts';
import { finalResolutions, planFinal } from '#src/catalogue/plan/plan-final.ts';
import { planRequest } from '#src/catalogue/plan/plan.ts';
import { withReferenceClips } from '#src/catalogue/plan/reference-clips.ts';
import { billedCredits, mostCredits, type ActualUsage } from '#src/catalogue/prices/cost.ts';
import { PRICE_UNITS, type Price } from '#src/catalogue/prices/price.ts';
import { offersOf, priceFor } from '#src/catalogue/prices/prices.ts';
import {
  FIXED_RATIOS,
  MODEL_IDS,
  RATIOS,
  RESOLUTIONS,
  videoRequestSchema,
  type AskedOptions,
  type InputRole,
  type ModelId,
  type VideoRequest,
} from '#src/catalogue/request.ts';
import { VENDOR_NAMES } from '#src/catalogue/vendors.ts';
import { UserError } from '#src/errors.ts';

import { planOffers } from '../../../fakes/plan.ts';

const CONTEXT = { offers: planOffers(), offered: MODEL_IDS, drawSeed: () => 4711 };

/** The inputs of a mode: each role once, and references also several times. */
const inputsOf = fc.constantFrom(...MODES).chain((mode): fc.Arbitrary<readonly InputRole[]> => {
  if (mode !== 'references') return fc.constant(MODE_INPUTS[mode]);
  return fc.array(fc.constantFrom(...MODE_INPUTS.references), { minLength: 1, maxLength: 5 });
});

const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });

const asking = fc.record({
  prompt: fc.constant('a cat'),
  inputs: inputsOf,
  ratio: maybe(fc.constantFrom(...RATIOS)),
  resolution: maybe(fc.constantFrom(...RESOLUTIONS)),
  duration: maybe(
    fc.oneof(fc.constant(-1), fc.integer({ min: 2, max: 30 }), fc.double({ min: 1.2, max: 12 })),
  ),
  audio: maybe(fc.boolean()),
  draft: maybe(fc.boolean()),
  economy: maybe(fc.boolean()),
});

/** The models that make drafts. */
const drafting = fc.constantFrom<ModelId>('1.5-pro', '2.5');

/** How a vendor may fill in the options that were left to it. */
const filling = fc.record({
  ratio: fc.constantFrom(...FIXED_RATIOS),
  length: fc.double({ min: 0, max: 0.999, noNaN: true }),
  clipSeconds: fc.double({ min: 2, max: 30, noNaN: true }),
  tells: fc.constantFrom('everything', 'the shape', 'nothing'),
});
type Filling = typeof filling extends fc.Arbitrary<infer Value> ? Value : never;

function planned(asked: AskedOptions, clipSeconds: number): VideoRequest | undefined {
  try {
    const request = planRequest(asked, CONTEXT);
    const videos = asked.inputs.filter((role) => role === 'reference_video');
    const seconds = Math.max(2, clipSeconds / Math.max(1, videos.length));
    return withReferenceClips(
      request,
      videos.map((role) => ({ role, seconds })),
    );
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** What the vendor makes of a request and counts for it, by its published rules alone. */
function makeUsage(request: VideoRequest, { ratio, length, tells }: Filling): ActualUsage {
  const { seconds: range } = modelOf(request.model);
  const span = range.most - range.least + 1;
  const chosen = range.least + Math.floor(length * span);
  const fixed = FIXED_RATIOS.find((each) => each === request.ratio) ?? ratio;
  const sizes = possibleSizes(request.model, request.resolution, fixed);
  const { width, height } = sizes[Math.floor(length * sizes.length)] ?? { width: 0, height: 0 };

  const output =
    request.length.unit === 'frames'
      ? request.length.frames
      : 24 * (request.length.unit === 'seconds' ? request.length.seconds : chosen) + 1;
  const { referenceVideoSeconds } = request;
  const input = referenceVideoSeconds === undefined ? 0 : 24 * Math.max(4, referenceVideoSeconds);
  const frames = output + input;
  const isCheaper = request.isDraft === true && request.model === '1.5-pro';
  const tenths = isCheaper ? (request.hasAudio === true ? 6 : 7) : 10;
  const tokens = Math.floor((width * height * frames * tenths) / 10_240);

  const shape = {
    ratio: fixed,
    resolution: request.resolution,
    ...(request.length.unit === 'frames'
      ? { frames: request.length.frames }
      : { seconds: Math.floor((output - 1) / 24) }),
  };
  if (tells === 'nothing') return {};
  return tells === 'everything' ? { ...shape, tokens } : shape;
}

/** Returns by how many credits a bill exceeds the hold at the most expensive vendor. */
function mostAbove(request: VideoRequest, actual: ActualUsage): number {
  const above = pricesOf(request).map(
    (price) => billedCredits(request, price, actual) - mostCredits(request, price),
  );
  return Math.max(...above);
}

/** Each vendor’s price for a request, per token, second and video. */
function pricesOf(request: VideoRequest): Price[] {
  return VENDOR_NAMES.flatMap((vendor) => {
    const offer = offersOf(vendor)[request.model];
    const price = offer && priceFor(offer, request);
    return price === undefined ? [] : PRICE_UNITS.map((unit) => ({ ...price, unit }));
  });
}

describe('the hold', () => {
  test.each(MODEL_IDS)('the hold for %s is never less than the largest bill', (model) => {
    let requests = 0;
    fc.assert(
      fc.property(asking, filling, (asked, vendor) => {
        const request = planned({ ...asked, model }, vendor.clipSeconds);
        if (request === undefined) return;
        requests += 1;

        expect(mostAbove(request, makeUsage(request, vendor))).toBeLessThanOrEqual(0);
      }),
      { numRuns: 3000 },
    );
    expect(requests).toBeGreaterThan(20);
  });

  it('the hold for a final from any draft is never less than the largest bill', () => {
    fc.assert(
      fc.property(asking, filling, drafting, (asked, vendor, model) => {
        const { economy: _never, ...rest } = asked;
        const draft = planned({ ...rest, draft: true, resolution: '480p', model }, 5);
        if (draft === undefined) return;
        const { ratio, seconds } = makeUsage(draft, vendor);
        const finished = { request: draft, taskId: 'cgt-1', actual: { ratio, seconds } };
        for (const resolution of finalResolutions(model)) {
          const request = planFinal(finished, resolution, CONTEXT);

          expect(videoRequestSchema.parse(request)).toEqual(request);
          expect(mostAbove(request, makeUsage(request, vendor))).toBeLessThanOrEqual(0);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('the hold is as low as possible: in every model some bill reaches it', () => {
    for (const model of MODEL_IDS) {
      const inputs = model === '1.0-lite-i2v' ? (['first_frame'] as const) : [];
      const request = planRequest(
        { prompt: 'a cat', model, inputs, ratio: '16:9', duration: 5 },
        CONTEXT,
      );
      const actual = makeUsage(request, {
        ratio: '16:9',
        length: 0,
        clipSeconds: 2,
        tells: 'everything',
      });

      expect(mostAbove(request, actual)).toBe(0);
    }
  });

  /** A bill must be a finite whole number, whatever a vendor reports. */
  const claimed = fc.record({
    tokens: maybe(fc.oneof(fc.nat(), fc.maxSafeNat(), fc.double())),
    seconds: maybe(fc.oneof(fc.nat(60), fc.double())),
    frames: maybe(fc.oneof(fc.nat(600), fc.double())),
    ratio: maybe(fc.oneof(fc.constantFrom(...RATIOS), fc.string())),
    resolution: maybe(fc.oneof(fc.constantFrom(...RESOLUTIONS), fc.string())),
  });

  it('the hold and the bill are whole numbers, whatever a vendor answers', () => {
    fc.assert(
      fc.property(asking, filling, claimed, (asked, vendor, actual) => {
        const request = planned(asked, vendor.clipSeconds);
        if (request === undefined) return;
        for (const price of pricesOf(request)) {
          expect(Number.isSafeInteger(mostCredits(request, price))).toBe(true);
          expect(billedCredits(request, price, actual)).toSatisfy(isWhole);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

function isWhole(credits: number): boolean {
  return Number.isSafeInteger(credits) && credits >= 0;
}
