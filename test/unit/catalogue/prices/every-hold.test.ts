/** Compares each hold with the bill for the same facts, in every combination that affects the price. */
import { expect, test } from 'vitest';

import { modelOf } from '#src/catalogue/models.ts';
import { possibleSizes } from '#src/catalogue/pixels.ts';
import { billedCredits, mostCredits, type ActualUsage } from '#src/catalogue/prices/cost.ts';
import type { Price } from '#src/catalogue/prices/price.ts';
import { offersOf, priceFor } from '#src/catalogue/prices/prices.ts';
import {
  FIXED_RATIOS,
  MODEL_IDS,
  RATIOS,
  RESOLUTIONS,
  type Length,
  type ModelId,
  type VideoRequest,
} from '#src/catalogue/request.ts';
import { VENDOR_NAMES } from '#src/catalogue/vendors.ts';

const FRAMES_PER_SECOND = 24;
const PIXELS_PER_TOKEN = 1024;
const LEAST_REFERENCE_SECONDS = 4;

function lengthsOf(model: ModelId): Length[] {
  const { seconds, frames } = modelOf(model);
  const { least, most } = seconds;
  return [
    ...[least, 5, most].map((each): Length => ({ unit: 'seconds', seconds: each })),
    { unit: 'model-chooses' },
    ...(frames === undefined ? [] : [{ unit: 'frames', frames: 33 } as const]),
  ];
}

/** Seconds of all reference videos together; `undefined` means none. */
function referencesOf(model: ModelId): (number | undefined)[] {
  const takesVideos = modelOf(model).modes.references?.clips !== undefined;
  return [undefined, ...(takesVideos ? [1.8, 2, 3.96, 4, 4.01, 15.2, 30.2] : [])];
}

function requestsOf(model: ModelId): VideoRequest[] {
  const fixed = { model, prompt: 'a cat', seed: 1, hasWatermark: false };
  const shapes = RESOLUTIONS.flatMap((resolution) =>
    RATIOS.flatMap((ratio) => lengthsOf(model).map((length) => ({ resolution, ratio, length }))),
  );
  const extras = referencesOf(model).flatMap((referenceVideoSeconds) =>
    [true, false].map((hasAudio) => ({
      hasAudio,
      inputs: referenceVideoSeconds === undefined ? [] : ['reference_video' as const],
      ...(referenceVideoSeconds === undefined ? {} : { referenceVideoSeconds }),
    })),
  );
  return shapes.flatMap((shape) => extras.map((extra) => ({ ...fixed, ...shape, ...extra })));
}

/** What a vendor may have made, counted by the published formula, with and without its token count. */
function outcomesOf(request: VideoRequest): ActualUsage[] {
  const { model, resolution, referenceVideoSeconds } = request;
  const input =
    referenceVideoSeconds === undefined
      ? 0
      : FRAMES_PER_SECOND * Math.max(LEAST_REFERENCE_SECONDS, referenceVideoSeconds);
  const ratios = request.ratio === 'adaptive' ? FIXED_RATIOS : [request.ratio];
  return ratios.flatMap((ratio) =>
    madeLengths(request).flatMap(({ output, ...made }) => [
      { ...made, ratio, resolution },
      ...possibleSizes(model, resolution, ratio).map(({ width, height }) => ({
        ...made,
        tokens: Math.floor((width * height * (output + input)) / PIXELS_PER_TOKEN),
      })),
    ]),
  );
}

/** Includes the frames of the file, which has one more than its whole seconds. */
function madeLengths({ model, length }: VideoRequest) {
  if (length.unit === 'frames') return [{ frames: length.frames, output: length.frames }];
  const { least, most } = modelOf(model).seconds;
  const chosen = length.unit === 'seconds' ? [length.seconds] : [least, most];
  return chosen.map((seconds) => ({ seconds, output: FRAMES_PER_SECOND * seconds + 1 }));
}

function pricesOf(request: VideoRequest): Price[] {
  return VENDOR_NAMES.flatMap((vendor) => {
    const offer = offersOf(vendor)[request.model];
    return (offer && priceFor(offer, request)) ?? [];
  });
}

/** Returns each bill that is above its hold or not a whole number. */
function faultsOf(request: VideoRequest, price: Price) {
  const held = mostCredits(request, price);
  return outcomesOf(request).flatMap((outcome) => {
    const billed = billedCredits(request, price, outcome);
    const areWhole = Number.isSafeInteger(billed) && Number.isSafeInteger(held);
    return areWhole && billed <= held ? [] : [{ request, price, outcome, held, billed }];
  });
}

test.each(MODEL_IDS)(
  'the hold for %s is never below its bill at any vendor, and both are whole numbers',
  (model) => {
    const priced = requestsOf(model).flatMap((request) =>
      pricesOf(request).map((price) => ({ request, price })),
    );
    const faults = priced.flatMap(({ request, price }) => faultsOf(request, price));

    expect(priced.length).toBeGreaterThan(100);
    expect(faults.slice(0, 3)).toEqual([]);
  },
);
