/**
 * Plans requests with the offers of real vendors: typed options are kept, omitted options never cause a
 * refusal, and some vendor supports every planned request exactly.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { planRequest } from '#src/catalogue/plan/plan.ts';
import {
  MODEL_IDS,
  type AskedOptions,
  type InputRole,
  type VideoRequest,
} from '#src/catalogue/request.ts';
import { VENDOR_NAMES, type VendorName } from '#src/catalogue/vendors.ts';
import { UserError } from '#src/errors.ts';
import { createOffers, type Offers } from '#src/jobs/submission/offers.ts';

import { createFakeClock } from '../../../fakes/clock.ts';
import { createFakeVendor } from '../../../fakes/vendor.ts';

const TODAY_MS = Date.parse('2026-11-28T12:00:00Z');
/** A time before any model was retired. */
const SPRING_MS = Date.parse('2026-04-01T12:00:00Z');
const clock = createFakeClock();

function offersOf(names: readonly VendorName[], nowMs = TODAY_MS): Offers {
  return createOffers({
    vendors: names.map((name) => createFakeVendor({ clock, name })),
    prices: {},
    clock: { now: () => nowMs },
  });
}

const PAIRS = VENDOR_NAMES.flatMap((one) =>
  VENDOR_NAMES.filter((other) => other !== one).map((other) => [one, other] as const),
);

const INPUTS: Readonly<Record<string, readonly InputRole[]>> = {
  text: [],
  'first frame': ['first_frame'],
  'first and last frame': ['first_frame', 'last_frame'],
  'a reference picture': ['reference_image'],
  'a reference video': ['reference_video'],
  'a sound alone': ['reference_audio'],
  'everything at once': [
    'reference_image',
    'reference_image',
    'reference_video',
    'reference_audio',
  ],
};

/** Two values for each option that a member can type. */
const TYPED = {
  ratio: ['9:16', 'adaptive'],
  duration: [7, -1],
  resolution: ['480p', '1080p'],
  cameraFixed: [true, false],
  audio: [true, false],
  watermark: [true, false],
  draft: [true, false],
  economy: [true, false],
} as const satisfies { readonly [option in keyof AskedOptions]?: readonly unknown[] };

const SUBSETS = Object.keys(TYPED).reduce<readonly (readonly string[])[]>(
  (subsets, option) => [...subsets, ...subsets.map((subset) => [...subset, option])],
  [[]],
);

function typeOptions(subset: readonly string[], which: 0 | 1): Partial<AskedOptions> {
  const values = Object.entries(TYPED).filter(([option]) => subset.includes(option));
  return Object.fromEntries(values.map(([option, choices]) => [option, choices[which]]));
}

function planned(
  asked: Partial<AskedOptions>,
  toPlanWith: ReturnType<Offers['toPlanWith']>,
): VideoRequest | undefined {
  try {
    const context = { offers: toPlanWith, drawSeed: () => 4711 };
    return planRequest({ prompt: 'a cat', inputs: [], ...asked }, context);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Returns the typed options that the request lacks, and whether no vendor can make it. */
function faultsOf(asked: Partial<AskedOptions>, request: VideoRequest, offers: Offers): string[] {
  const { length, hasAudio, hasWatermark, isCameraFixed, isDraft, tier } = request;
  const seconds = length.unit === 'seconds' ? length.seconds : length.unit === 'frames' ? 7 : -1;
  const kept: Partial<Record<keyof AskedOptions, unknown>> = {
    model: request.model,
    ratio: request.ratio,
    resolution: request.resolution,
    duration: seconds,
    audio: hasAudio ?? false,
    watermark: hasWatermark,
    cameraFixed: isCameraFixed ?? false,
    draft: isDraft ?? false,
    economy: tier === 'flex',
  };
  const changed = Object.entries(kept).flatMap(([option, value]) => {
    const wanted = new Map<string, unknown>(Object.entries(asked)).get(option);
    return wanted === undefined || wanted === value ? [] : [`${option}: ${String(value)}`];
  });
  const isMade = offers.for(request).length > 0 && offers.creditsToHold(request) !== undefined;
  return [...changed, ...(isMade ? [] : ['nobody can make it'])];
}

describe.each(VENDOR_NAMES)('planning with %s alone', (name) => {
  const offers = offersOf([name]);
  const toPlanWith = offers.toPlanWith();

  test.each(Object.entries(INPUTS))(
    'every option typed beside %s is followed or refused',
    (_name, inputs) => {
      const models = [undefined, ...offers.models()];
      const everything = models.flatMap((model) =>
        SUBSETS.flatMap((subset) => [typeOptions(subset, 0), typeOptions(subset, 1)]).map(
          (options) => ({
            inputs,
            model,
            ...options,
          }),
        ),
      );
      const wrong = everything.flatMap((asked) => {
        const request = planned(asked, toPlanWith);
        const faults = request === undefined ? [] : faultsOf(asked, request, offers);
        return faults.length === 0 ? [] : [{ asked, request, faults }];
      });

      expect(wrong).toEqual([]);
    },
  );
});

describe('a request with only a prompt and its files', () => {
  const sets: ReadonlyArray<readonly VendorName[]> = [
    ...VENDOR_NAMES.map((name) => [name] as const),
    ...PAIRS,
  ];

  test.each(Object.entries(INPUTS))(
    'a request without options is planned wherever an offer takes %s',
    (_name, inputs) => {
      for (const [names, nowMs] of sets.flatMap((each) => [
        [each, TODAY_MS] as const,
        [each, SPRING_MS] as const,
      ])) {
        const offers = offersOf(names, nowMs);
        const toPlanWith = offers.toPlanWith();
        for (const model of [undefined, ...MODEL_IDS]) {
          const able = toPlanWith
            .filter((offer) => model === undefined || offer.model.id === model)
            .filter((offer) => takes(offer.model, inputs));
          const request = planned({ inputs, model }, toPlanWith);
          expect(request !== undefined, `${names.join()} ${model}`).toBe(able.length > 0);
          expect(request === undefined ? [] : faultsOf({ model }, request, offers)).toEqual([]);
        }
      }
    },
  );
});

test('every typed option is followed or refused when there are two vendors', () => {
  const anything = fc.record({
    names: fc.constantFrom(...PAIRS),
    inputs: fc.constantFrom(...Object.values(INPUTS)),
    model: fc.constantFrom(undefined, ...MODEL_IDS),
    subset: fc.subarray(Object.keys(TYPED)),
    which: fc.constantFrom(0 as const, 1 as const),
    nowMs: fc.constantFrom(TODAY_MS, SPRING_MS),
  });
  fc.assert(
    fc.property(anything, ({ names, inputs, model, subset, which, nowMs }) => {
      const offers = offersOf(names, nowMs);
      const asked = { inputs, model, ...typeOptions(subset, which) };
      const request = planned(asked, offers.toPlanWith());

      expect(request === undefined ? [] : faultsOf(asked, request, offers)).toEqual([]);
    }),
    { numRuns: 3000 },
  );
});

/** Decides by the modes alone, without the planner. */
function takes(
  { modes }: ReturnType<Offers['toPlanWith']>[number]['model'],
  inputs: readonly InputRole[],
): boolean {
  if (inputs.includes('last_frame')) return modes['first-and-last-frame'] !== undefined;
  if (inputs.includes('first_frame')) return modes['first-frame'] !== undefined;
  if (inputs.length === 0) return modes.text !== undefined;
  const { references } = modes;
  if (references === undefined) return false;
  if (inputs.every((role) => role === 'reference_image')) return true;
  const isSoundAlone = inputs.every((role) => role === 'reference_audio');
  return references.clips !== undefined && (!isSoundAlone || references.clips.canBeSoundAlone);
}
