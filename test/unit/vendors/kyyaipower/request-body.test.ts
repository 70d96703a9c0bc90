import { describe, expect, test } from 'vitest';

import type { Length, VideoRequest } from '#src/catalogue/request.ts';
import { requestBody, wireModelFor } from '#src/vendors/kyyaipower/request-body.ts';

const REQUEST: VideoRequest = {
  model: '1.5-pro',
  prompt: 'A cat yawning at the camera',
  resolution: '720p',
  ratio: '16:9',
  length: { unit: 'seconds', seconds: 5 },
  seed: 4_711,
  isCameraFixed: false,
  hasAudio: true,
  hasWatermark: false,
  inputs: [],
};

async function body(request: Partial<VideoRequest>, stem = 'seedance_1_5_pro') {
  return requestBody(
    {
      request: { ...REQUEST, ...request },
      inputs: [],
      safetyIdentifier: 'member',
      expiresAfterSeconds: 170_001,
    },
    { vendor: 'kyyaipower', stem },
  );
}

describe('the body of a create', () => {
  test('the body matches the documented sample', async () => {
    expect(await body({})).toEqual({
      model: 'seedance_1_5_pro_720p',
      content: [{ type: 'text', text: 'A cat yawning at the camera' }],
      ratio: '16:9',
      duration: 5,
      generate_audio: true,
    });
  });

  test('the body for 2.0 has no resolution and no field for sound', async () => {
    const sent = await body({ model: '2.0', hasAudio: false }, 'seedance_2_0');

    expect(sent).toMatchObject({ model: 'seedance_2_0_4s_5s', duration: 5 });
    expect(sent).not.toHaveProperty('generate_audio');
    expect(sent).not.toHaveProperty('resolution');
  });

  test('the body leaves the length to 1.5 when the request does', async () => {
    expect(await body({ length: { unit: 'model-chooses' } })).toMatchObject({ duration: -1 });
  });
});

describe('the model id', () => {
  test.each(['480p', '720p', '1080p'] as const)('the model id of 1.5 contains %s', (resolution) => {
    expect(wireModelFor('seedance_1_5_pro', { ...REQUEST, resolution })).toBe(
      `seedance_1_5_pro_${resolution}`,
    );
  });

  test.each([
    [4, '4s_5s'],
    [5, '4s_5s'],
    [6, '6s_10s'],
    [10, '6s_10s'],
    [11, '11s_15s'],
    [15, '11s_15s'],
  ])('the model id of 2.0 for %d s ends in %s', (seconds, ending) => {
    const length = { unit: 'seconds', seconds } as const;

    expect(wireModelFor('seedance_2_0', { ...REQUEST, model: '2.0', length })).toBe(
      `seedance_2_0_${ending}`,
    );
  });

  test.each([
    { unit: 'seconds', seconds: 3 },
    { unit: 'seconds', seconds: 16 },
    { unit: 'model-chooses' },
  ] satisfies readonly Length[])('2.0 has no model id for %j', (length) => {
    expect(wireModelFor('seedance_2_0', { ...REQUEST, model: '2.0', length })).toBeUndefined();
  });
});
