import { describe, expect, it, test } from 'vitest';

import { planFinal } from '#src/catalogue/plan/final.ts';
import type { AskedFinal, FinishedDraft } from '#src/catalogue/plan/final.ts';
import type { PlanContext } from '#src/catalogue/plan/plan.ts';
import { mostTokens } from '#src/catalogue/prices/cost.ts';
import { MODEL_IDS, videoRequestSchema } from '#src/catalogue/request.ts';
import type { AskedOptions, VideoRequest } from '#src/catalogue/request.ts';

import { plan, refusalOf } from '../../../builders/plan.ts';

const CONTEXT: PlanContext = { offered: MODEL_IDS, drawSeed: () => 4711 };

describe('the final of a draft', () => {
  const asked: Partial<AskedOptions> = {
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
      request: plan(asked),
      taskId: 'cgt-draft',
      actual: { ratio: '3:4', seconds: 7 },
      ...overrides,
    };
  }

  function final(wanted: AskedFinal = {}, context: Partial<PlanContext> = {}): VideoRequest {
    return planFinal(aDraft(), wanted, { ...CONTEXT, ...context });
  }

  it('is as long, of that ratio, sound, seed and camera, and needs no pictures', () => {
    expect(final()).toEqual({
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

  it('may have another resolution, watermark and tier', () => {
    expect(final({ resolution: '1080P', watermark: false, economy: true })).toMatchObject({
      resolution: '1080p',
      hasWatermark: false,
      tier: 'flex',
    });
  });

  it('follows the server’s defaults in resolution and tier', () => {
    expect(final({}, { defaults: { resolution: '1080p', tier: 'flex' } })).toMatchObject({
      resolution: '1080p',
      tier: 'flex',
    });
  });

  it('is priced by what its draft came out as', () => {
    // 834 × 1112 × (24 × 7 + 1) / 1024.
    expect(mostTokens(final())).toBe(153_058);
  });

  it('holds the most where the vendor did not say what the draft came out as', () => {
    const request = planFinal(aDraft({ actual: {} }), {}, CONTEXT);

    expect(request).toMatchObject({ ratio: 'adaptive', length: { unit: 'model-chooses' } });
    expect(mostTokens(request)).toBe(
      mostTokens(plan({ duration: 12, inputs: ['first_frame'], ratio: 'adaptive' })),
    );
  });

  it('can be stored, also when the length was read from the file', () => {
    const request = planFinal(aDraft({ actual: { ratio: '1:1', seconds: 7.0417 } }), {}, CONTEXT);

    expect(videoRequestSchema.parse(request)).toEqual(request);
    expect(request.length).toEqual({ unit: 'seconds', seconds: 7 });
  });

  const refused: readonly [string, () => VideoRequest, RegExp][] = [
    [
      'of what is no draft',
      () => planFinal(aDraft({ request: plan({}) }), {}, CONTEXT),
      /^This video is no draft/,
    ],
    [
      'of a final',
      () => planFinal(aDraft({ request: final() }), {}, CONTEXT),
      /^This video is no draft/,
    ],
    [
      'of a model that may no longer be used',
      () => final({}, { offered: ['1.0-pro'] }),
      /^1\.5-pro cannot be used here any more.*Make the video anew with another model\.$/,
    ],
    [
      'at a resolution there is none of',
      () => final({ resolution: '4k' }),
      /^There is no resolution 4k\. .*the nearest is 1080p\.$/,
    ],
    [
      'on a tier that no vendor has',
      () => final({ economy: true }, { onFlex: [] }),
      /^1\.5-pro makes videos at the usual price only, not economy videos: leave economy off\.$/,
    ],
  ];
  test.each(refused)('%s is refused', (_name, make, sentence) => {
    expect(refusalOf(make)).toMatch(sentence);
  });
});
