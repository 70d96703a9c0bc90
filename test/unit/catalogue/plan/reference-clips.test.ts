import { describe, expect, it, test } from 'vitest';

import { modelOf } from '#src/catalogue/models.ts';
import { planRequest } from '#src/catalogue/plan/plan.ts';
import { withReferenceClips } from '#src/catalogue/plan/reference-clips.ts';
import type { ReferenceClip } from '#src/catalogue/plan/reference-clips.ts';
import { mostTokens, videoTokens } from '#src/catalogue/prices/cost.ts';
import { MODEL_IDS, videoRequestSchema } from '#src/catalogue/request.ts';
import type { AskedOptions, ModelId, VideoRequest } from '#src/catalogue/request.ts';
import { UserError } from '#src/errors.ts';

import { planOffers } from '../../../fakes/plan.ts';

function video(seconds: number, billableMs?: number): ReferenceClip {
  return { role: 'reference_video', seconds, billableMs };
}

function sound(seconds: number): ReferenceClip {
  return { role: 'reference_audio', seconds };
}

function sized(clip: ReferenceClip, width: number, height: number): ReferenceClip {
  return { ...clip, width, height };
}

/** A request with these clips and a picture as its references. */
function aRequest(
  clips: readonly ReferenceClip[],
  asked: Partial<AskedOptions> = {},
): VideoRequest {
  const inputs = ['reference_image', ...clips.map(({ role }) => role)] as const;
  return planRequest(
    { prompt: 'a cat', model: '2.0', inputs, ...asked },
    { offers: planOffers(), drawSeed: () => 4711 },
  );
}

function answerTo(
  clips: readonly ReferenceClip[],
  {
    model = '2.0',
    offered = [],
    ...asked
  }: Partial<AskedOptions> & { offered?: readonly ModelId[] },
): number | string | undefined {
  try {
    return withReferenceClips(aRequest(clips, { model, ...asked }), clips, offered.map(modelOf))
      .referenceVideoSeconds;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

describe('clips whose bytes have been read', () => {
  const taken: readonly [readonly ReferenceClip[], ModelId, number | undefined][] = [
    [[video(2)], '2.0', 2],
    [[video(15)], '2.0-fast', 15],
    [[video(15.04)], '2.0', 15.04],
    [[video(1.96)], '2.0', 1.96],
    [[video(5), video(5), video(5.04)], '2.0-mini', 15.04],
    [[video(5.1), video(5.2), video(4.7)], '2.0', 15],
    [[video(30)], '2.5', 30],
    [[video(7, 7_250)], '2.0', 7.25],
    [[video(7.5), sound(15)], '2.0', 7.5],
    [[sound(5), sound(10)], '2.0', undefined],
    [[sound(1.8)], '2.5', undefined],
    [[sized(video(5), 854, 480)], '2.5', 5],
    [[sized(video(5), 3_840, 2_160)], '2.0', 5],
    [[], '2.0', undefined],
    [[], '1.0-lite-i2v', undefined],
  ];
  test.each(taken)(
    'clips of %j are accepted on %s, and %s s of them billed',
    (clips, model, seconds) => {
      expect(answerTo(clips, { model })).toBe(seconds);
    },
  );

  const refused: readonly [
    readonly ReferenceClip[],
    Partial<AskedOptions> & { offered?: readonly ModelId[] },
    string,
  ][] = [
    [
      [video(17.2)],
      { offered: MODEL_IDS },
      'The reference video lasts 17.2 s; 2.0 takes 2–15 s. Cut it to 15 s, or use 2.5.',
    ],
    [
      [video(17.2)],
      { offered: ['1.5-pro', '2.0', '2.0-fast'] },
      'The reference video lasts 17.2 s; 2.0 takes 2–15 s. Cut it to 15 s.',
    ],
    [[video(15.21)], {}, 'The reference video lasts 15.3 s; 2.0 takes 2–15 s. Cut it to 15 s.'],
    [
      [video(1.75)],
      { offered: MODEL_IDS },
      'The reference video lasts 1.7 s; 2.0 takes 2–15 s. Send a longer one.',
    ],
    [
      [video(8), video(9)],
      { offered: MODEL_IDS },
      'The reference videos last 17 s together; 2.0 takes 15 s in all. Cut them, or leave one out, or use 2.5.',
    ],
    [
      [video(5), sound(16)],
      { offered: MODEL_IDS },
      'The reference sound lasts 16 s; 2.0 takes 2–15 s. Cut it to 15 s, or use 2.5.',
    ],
    [
      [sound(31)],
      { model: '2.5', offered: MODEL_IDS },
      'The reference sound lasts 31 s; 2.5 takes 2–30 s. Cut it to 30 s.',
    ],
    [
      [sound(1.79)],
      { model: '2.5', offered: MODEL_IDS },
      'The reference sound lasts 1.7 s; 2.5 takes 2–30 s. Send a longer one.',
    ],
    [
      [video(5), sized(video(5), 960, 416)],
      { offered: MODEL_IDS },
      'The reference video is 960×416, too small for 2.0: it takes at least 407696 pixels, and this has 399360. Send a larger one.',
    ],
    [
      [sized(video(5), 4_096, 2_160)],
      { model: '2.5', offered: MODEL_IDS },
      'The reference video is 4096×2160, too large for 2.5: it takes at most 8295044 pixels, and this has 8847360. Send a smaller one.',
    ],
    [
      [video(Number.NaN)],
      {},
      'The reference video lasts NaN s; 2.0 takes 2–15 s. Send a longer one.',
    ],
  ];
  test.each(refused)('clips of %j with %j are refused', (clips, asked, sentence) => {
    expect(answerTo(clips, asked)).toBe(sentence);
  });

  it('read clips leave a request that can be stored', () => {
    const clips = [video(7.5), sound(3)];
    const request = withReferenceClips(aRequest(clips), clips);

    expect(videoRequestSchema.parse(JSON.parse(JSON.stringify(request)))).toEqual(request);
  });
});

describe('the bill for a reference video', () => {
  const size = { width: 1280, height: 720 };
  const five = { unit: 'seconds', seconds: 5 } as const;

  it('a reference video is billed by its seconds in addition to those of the result', () => {
    const clips = [video(7.5)];
    const request = withReferenceClips(aRequest(clips, { ratio: '16:9' }), clips);

    // 1280 × 720 × (24 × (5 + 7.5) + 1) / 1024.
    expect(mostTokens(request)).toBe(270_900);
  });

  it('a reference video counts with the maximum length until it has been read', () => {
    const request = aRequest([video(7.5)], { ratio: '16:9' });

    expect(mostTokens(request)).toBe(videoTokens(size, five, 15.2));
  });

  it('reading a reference video never raises the price', () => {
    for (const seconds of [1.8, 2, 7.3, 15, 15.2]) {
      const before = aRequest([video(seconds)]);
      const after = withReferenceClips(before, [video(seconds)]);

      expect(mostTokens(after)).toBeLessThanOrEqual(mostTokens(before));
    }
  });

  it('references of pictures or audio alone are not billed', () => {
    const request = aRequest([sound(9)], { ratio: '16:9' });

    expect(mostTokens(request)).toBe(videoTokens(size, five));
  });
});
