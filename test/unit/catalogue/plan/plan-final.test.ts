import { describe, expect, it, test } from 'vitest';

import { expectedFinal, planFinal } from '#src/catalogue/plan/plan-final.ts';
import type { FinishedDraft } from '#src/catalogue/plan/plan-final.ts';
import { mostTokens } from '#src/catalogue/prices/cost.ts';
import { offersOf, priceFor } from '#src/catalogue/prices/prices.ts';
import { MODEL_IDS, videoRequestSchema } from '#src/catalogue/request.ts';
import type { AskedOptions, Resolution, VideoRequest } from '#src/catalogue/request.ts';

import { plan, refusalOf } from '../../../fakes/plan.ts';

const HERE = { offered: MODEL_IDS };

const SILENT: Partial<AskedOptions> = {
  model: '1.5-pro',
  draft: true,
  inputs: ['first_frame'],
  duration: -1,
  audio: false,
  cameraFixed: true,
  watermark: true,
  seed: 77,
};

function aDraft(overrides: Partial<FinishedDraft> = {}): FinishedDraft {
  return {
    request: plan(SILENT),
    taskId: 'cgt-draft',
    actual: { ratio: '3:4', seconds: 7 },
    ...overrides,
  };
}

describe('the final of a draft', () => {
  it('a final has the length, ratio, sound, seed and camera of its draft, and needs no pictures', () => {
    expect(planFinal(aDraft(), '720p', HERE)).toEqual({
      model: '1.5-pro',
      prompt: 'a cat',
      resolution: '720p',
      ratio: '3:4',
      length: { unit: 'seconds', seconds: 7 },
      seed: 77,
      isCameraFixed: true,
      hasAudio: false,
      hasWatermark: true,
      inputs: [],
      isDraft: false,
      draftTaskId: 'cgt-draft',
      tier: 'default',
      returnsLastFrame: true,
    });
  });

  test.each(['480p', '720p', '1080p'] as const)('a final of 1.5-pro may be %s', (resolution) => {
    expect(planFinal(aDraft(), resolution, HERE).resolution).toBe(resolution);
  });

  test.each([1e9, 31, 0.2, 3])(
    'a final keeps the requested length when the draft reports an impossible %s s',
    (seconds) => {
      const request = plan({ model: '2.5', draft: true, duration: 6 });

      const final = planFinal(aDraft({ request, actual: { seconds } }), '1080p', HERE);

      expect(final.length).toEqual({ unit: 'seconds', seconds: 6 });
    },
  );

  it('a final of 2.5 is 1080p and has no tier', () => {
    const request = plan({ model: '2.5', draft: true });
    const final = planFinal(aDraft({ request, actual: {} }), '1080p', HERE);

    expect(final).toMatchObject({ model: '2.5', resolution: '1080p', draftTaskId: 'cgt-draft' });
    expect(final.tier).toBeUndefined();
  });

  it('a final is priced by the actual properties of its draft', () => {
    // 834 × 1112 × (24 × 7 + 1) / 1024.
    expect(mostTokens(planFinal(aDraft(), '720p', HERE))).toBe(153_058);
  });

  it('a final holds the maximum when the vendor did not describe the draft', () => {
    const request = planFinal(aDraft({ actual: {} }), '720p', HERE);

    expect(request).toMatchObject({ ratio: 'adaptive', length: { unit: 'model-chooses' } });
    expect(mostTokens(request)).toBe(
      mostTokens(
        plan({ model: '1.5-pro', duration: 12, inputs: ['first_frame'], ratio: 'adaptive' }),
      ),
    );
  });

  it('a final is billed for the reference video of its draft, at the price with a video', () => {
    const draft = plan({ model: '2.5', draft: true, inputs: ['reference_video'], ratio: '16:9' });
    const request = { ...draft, referenceVideoSeconds: 6 };
    const final = planFinal(aDraft({ request, actual: {} }), '1080p', HERE);
    const same = { ...request, isDraft: false, resolution: '1080p' } as const;

    expect(final.inputs).toEqual([]);
    expect(mostTokens(final)).toBe(mostTokens(same));
    const offer = offersOf('byteplus')['2.5'];
    expect(offer && priceFor(offer, final)).toEqual(offer && priceFor(offer, same));
    expect(offer && priceFor(offer, final)).not.toEqual(
      offer && priceFor(offer, { ...final, referenceVideoSeconds: undefined }),
    );
  });

  it('a final can be stored even when its length was read from the file', () => {
    const draft = aDraft({ actual: { ratio: '1:1', seconds: 7.0417 } });
    const request = planFinal(draft, '1080p', HERE);

    expect(videoRequestSchema.parse(request)).toEqual(request);
    expect(request.length).toEqual({ unit: 'seconds', seconds: 7 });
  });

  it('a final costs the same before and after its draft is made when nothing is left to the model', () => {
    const request = plan({ model: '2.5', draft: true, ratio: '1:1', duration: 8 });
    const actual = { ratio: '1:1', seconds: 8 };

    expect(mostTokens(expectedFinal(request, '1080p'))).toBe(
      mostTokens(planFinal(aDraft({ request, actual }), '1080p', HERE)),
    );
  });

  const refused: readonly [string, () => VideoRequest, RegExp][] = [
    [
      'a video that is not a draft',
      () => planFinal(aDraft({ request: plan({}) }), '720p', HERE),
      /^This video is not a draft/,
    ],
    [
      'of a final',
      () => planFinal(aDraft({ request: planFinal(aDraft(), '720p', HERE) }), '720p', HERE),
      /^This video is not a draft/,
    ],
    [
      'of a model that may no longer be used',
      () => planFinal(aDraft(), '720p', { offered: ['1.0-pro'] }),
      /^1\.5-pro can’t be used here any more.*Make the video again with another model\.$/,
    ],
    ...(['480p', '720p'] as const).map((resolution: Resolution) => {
      const request = plan({ model: '2.5', draft: true });
      return [
        `of 2.5 at ${resolution}`,
        () => planFinal(aDraft({ request }), resolution, HERE),
        new RegExp(`^2\\.5 makes finals at 1080p, not ${resolution}\\.$`),
      ] satisfies [string, () => VideoRequest, RegExp];
    }),
  ];
  test.each(refused)('a final for %s is refused', (_name, make, sentence) => {
    expect(refusalOf(make)).toMatch(sentence);
  });
});
