import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';

import { modelOf } from '#src/catalogue/models.ts';
import { MODE_INPUTS, MODES } from '#src/catalogue/modes.ts';
import { pixelSize } from '#src/catalogue/pixels.ts';
import { planFinal } from '#src/catalogue/plan/final.ts';
import { planRequest } from '#src/catalogue/plan/plan.ts';
import { withReferenceClips } from '#src/catalogue/plan/reference-clips.ts';
import { billedCredits, mostCredits } from '#src/catalogue/prices/cost.ts';
import type { ActualUsage } from '#src/catalogue/prices/cost.ts';
import { OFFERING_VENDORS, offersOf, priceFor } from '#src/catalogue/prices/prices.ts';
import {
  FIXED_RATIOS,
  MODEL_IDS,
  RATIOS,
  RESOLUTIONS,
  videoRequestSchema,
} from '#src/catalogue/request.ts';
import type { AskedOptions, InputRole, ModelId, VideoRequest } from '#src/catalogue/request.ts';
import { UserError } from '#src/errors.ts';

const CONTEXT = { offered: MODEL_IDS, drawSeed: () => 4711 };

/** The inputs of a mode: each role once, references also several times. */
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

/** How a vendor may fill in what was left to it. */
const filling = fc.record({
  ratio: fc.constantFrom(...FIXED_RATIOS),
  length: fc.double({ min: 0, max: 0.999, noNaN: true }),
  clipSeconds: fc.double({ min: 2, max: 15, noNaN: true }),
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
function made(request: VideoRequest, { ratio, length, tells }: Filling): ActualUsage {
  const { seconds: range } = modelOf(request.model);
  const span = range.most - range.least + 1;
  const chosen = range.least + Math.floor(length * span);
  const fixed = FIXED_RATIOS.find((each) => each === request.ratio) ?? ratio;
  const { width, height } = pixelSize(request.model, request.resolution, fixed);

  const output =
    request.length.unit === 'frames'
      ? request.length.frames
      : 24 * (request.length.unit === 'seconds' ? request.length.seconds : chosen) + 1;
  const input = 24 * (request.referenceVideoSeconds ?? 0);
  // One bill of 2.5 was seen: of twice the seconds.
  const frames = request.model === '2.5' ? 2 * (output + input) - 1 : output + input;
  const tenths = request.isDraft === true ? (request.hasAudio === true ? 6 : 7) : 10;
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

/** By how much a bill is above the hold at the dearest vendor for it, in credits. */
function mostAbove(request: VideoRequest, actual: ActualUsage): number {
  const above = OFFERING_VENDORS.flatMap((vendor) => {
    const offer = offersOf(vendor)[request.model];
    const price = offer && priceFor(offer, request);
    if (price === undefined) return [];
    const prices = [price, { ...price, unit: 'perSecond' as const }];
    return prices.map((each) => billedCredits(request, each, actual) - mostCredits(request, each));
  });
  return Math.max(...above);
}

describe('what is held', () => {
  test.each(MODEL_IDS)('for %s is never less than what can be billed', (model) => {
    let requests = 0;
    fc.assert(
      fc.property(asking, filling, (asked, vendor) => {
        const request = planned({ ...asked, model }, vendor.clipSeconds);
        if (request === undefined) return;
        requests += 1;

        expect(mostAbove(request, made(request, vendor))).toBeLessThanOrEqual(0);
      }),
      { numRuns: 3000 },
    );
    expect(requests).toBeGreaterThan(20);
  });

  it('for a final of any draft is never less than what can be billed', () => {
    fc.assert(
      fc.property(asking, filling, fc.constantFrom(...RESOLUTIONS), (asked, vendor, resolution) => {
        const { economy, ...rest } = asked;
        const draft = planned({ ...rest, draft: true, resolution: '480p', model: '1.5-pro' }, 5);
        if (draft === undefined) return;
        const { ratio, seconds } = made(draft, vendor);
        const request = planFinal(
          { request: draft, taskId: 'cgt-1', actual: { ratio, seconds } },
          { resolution, economy },
          CONTEXT,
        );

        expect(videoRequestSchema.parse(request)).toEqual(request);
        expect(mostAbove(request, made(request, vendor))).toBeLessThanOrEqual(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('is no more than needed: some bill reaches it, in every model but 2.5', () => {
    const plain: readonly ModelId[] = MODEL_IDS.filter((id) => id !== '2.5');
    for (const model of plain) {
      const inputs = model === '1.0-lite-i2v' ? (['first_frame'] as const) : [];
      const request = planRequest(
        { prompt: 'a cat', model, inputs, ratio: '16:9', duration: 5 },
        CONTEXT,
      );
      const actual = made(request, {
        ratio: '16:9',
        length: 0,
        clipSeconds: 2,
        tells: 'everything',
      });

      expect(mostAbove(request, actual)).toBe(0);
    }
  });

  it('for 2.5 covers the one bill that was seen: 30 s at 720p for 1296900 tokens', () => {
    const request = planRequest(
      { prompt: 'a cat', model: '2.5', inputs: [], ratio: '16:9', duration: 30 },
      CONTEXT,
    );

    expect(mostAbove(request, { tokens: 1_296_900 })).toBeLessThanOrEqual(0);
  });
});
