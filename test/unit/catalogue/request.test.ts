import { describe, expect, it, test } from 'vitest';

import { describeRequest } from '#src/catalogue/describe.ts';
import { billedCredits, mostCredits } from '#src/catalogue/prices/cost.ts';
import { priceSchema } from '#src/catalogue/prices/price.ts';
import { videoRequestSchema } from '#src/catalogue/request.ts';
import { inWords } from '#src/text/text.ts';

/** Records as the version of 2026-11-21 wrote them to the database. */
const OLD_RECORDS = [
  {
    model: '1.5-pro',
    prompt: 'a cat',
    resolution: '720p',
    ratio: '16:9',
    length: { unit: 'seconds', seconds: 5 },
    seed: 4711,
    isCameraFixed: false,
    hasAudio: true,
    hasWatermark: false,
    inputs: [],
  },
  {
    model: '1.0-pro',
    prompt: 'a dog',
    resolution: '1080p',
    ratio: 'adaptive',
    length: { unit: 'frames', frames: 61 },
    seed: 0,
    isCameraFixed: true,
    hasWatermark: true,
    inputs: ['first_frame', 'last_frame'],
  },
  {
    model: '1.5-pro',
    prompt: 'a crab',
    resolution: '480p',
    ratio: 'adaptive',
    length: { unit: 'model-chooses' },
    seed: 2_147_483_647,
    isCameraFixed: false,
    hasAudio: false,
    hasWatermark: false,
    inputs: ['first_frame'],
  },
] as const;
const OLD_PRICE = {
  unit: 'perMillionTokens',
  withAudioMicroDollars: 2_400_000,
  silentMicroDollars: 1_200_000,
};

describe('a record of an earlier version', () => {
  test.each(OLD_RECORDS)(
    'a record of $model, $prompt, from an earlier version is read as it was written',
    (record) => {
      expect(videoRequestSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
    },
  );

  const credits: readonly (readonly [number, string, number])[] = [
    [0, '1.5-pro, 720p, 16:9, 5 s, sound', 27],
    [1, '1.0-pro, 1080p, adaptive ratio, 61 frames (2.54 s), fixed camera, watermark', 15],
    [2, '1.5-pro, 480p, adaptive ratio, a length of the model’s choice', 15],
  ];
  test.each(credits)(
    'the description %d is unchanged as %j, as is its cost',
    (index, words, cost) => {
      const request = videoRequestSchema.parse(OLD_RECORDS[index]);
      const price = priceSchema.parse(OLD_PRICE);

      expect(inWords('en-US', describeRequest(request))).toBe(words);
      expect(mostCredits(request, price)).toBe(cost);
      expect(billedCredits(request, price, {})).toBe(cost);
    },
  );
});

describe('a record of this version', () => {
  it('a record of this version keeps everything that later steps need', () => {
    const record = {
      ...OLD_RECORDS[0],
      model: '2.0',
      inputs: ['reference_image', 'reference_image', 'reference_video', 'reference_audio'],
      referenceVideoSeconds: 7.25,
      isDraft: false,
      draftTaskId: 'cgt-1',
      tier: 'flex',
      returnsLastFrame: true,
    };

    expect(videoRequestSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
  });
});
