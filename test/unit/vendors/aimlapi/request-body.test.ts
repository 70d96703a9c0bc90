import { expect, test } from 'vitest';

import type { VideoRequest } from '#src/catalogue/request.ts';
import { requestBody } from '#src/vendors/aimlapi/request-body.ts';
import type { SubmissionInput } from '#src/vendors/vendor.ts';

import { inMemory, receiveBody } from '../../../fakes/bytes.ts';

const REQUEST: VideoRequest = {
  model: '1.0-lite-i2v',
  prompt: 'a crab',
  resolution: '720p',
  ratio: 'adaptive',
  length: { unit: 'seconds', seconds: 5 },
  seed: 0,
  isCameraFixed: false,
  hasWatermark: false,
  inputs: ['first_frame'],
};

function input(role: SubmissionInput['role'], name: string): SubmissionInput {
  return {
    role,
    mimeType: 'image/png',
    open: async () => Promise.resolve(inMemory(Buffer.from(name))),
    url: async () => Promise.resolve(`https://files.example/${name}`),
  };
}

async function body(request: Partial<VideoRequest>, inputs: readonly SubmissionInput[] = []) {
  const built = await requestBody(
    {
      request: { ...REQUEST, ...request },
      inputs,
      safetyIdentifier: 'member',
      expiresAfterSeconds: 170_001,
    },
    { vendor: 'aimlapi', stem: 'bytedance/stem' },
  );
  return receiveBody(built);
}

test('the body is flat, spelled as documented, with only the documented fields', async () => {
  expect(await body({ isCameraFixed: true }, [input('first_frame', 'one')])).toEqual({
    model: 'bytedance/stem',
    prompt: 'a crab',
    image_url: 'data:image/png;base64,b25l',
    resolution: '720p',
    duration: 5,
    seed: 0,
    camera_fixed: true,
    watermark: false,
  });
});

test.each([
  ['1.5-pro', 'camera_fixed'],
  ['1.0-pro', 'camerafixed'],
  ['1.0-lite-t2v', 'camerafixed'],
] as const)(
  'the body for %s fixes the camera as %s, and omits the field otherwise',
  async (model, field) => {
    expect(await body({ model, isCameraFixed: true, inputs: [] })).toHaveProperty(field, true);
    expect(JSON.stringify(await body({ model, inputs: [] }))).not.toContain('camera');
  },
);

test.each([
  [[], 'bytedance/stem-t2v'],
  [['first_frame'], 'bytedance/stem-i2v'],
  [['first_frame', 'last_frame'], 'bytedance/stem-i2v'],
] as const)('the 1.0 pro id with %j is for %s', async (inputs, model) => {
  expect(await body({ model: '1.0-pro', inputs: [...inputs] })).toMatchObject({ model });
});

test('the body lists references: pictures inline and everything else by address', async () => {
  const inputs = [
    input('reference_image', 'one'),
    input('reference_image', 'two'),
    input('reference_video', 'three'),
    input('reference_audio', 'four'),
  ];

  const sent = await body(
    { model: '2.0', ratio: '1:1', inputs: inputs.map(({ role }) => role) },
    inputs,
  );

  expect(sent).toMatchObject({
    image_urls: ['data:image/png;base64,b25l', 'data:image/png;base64,dHdv'],
    video_urls: ['https://files.example/three'],
    audio_urls: ['https://files.example/four'],
    aspect_ratio: '1:1',
  });
});

test('a video without an address is a definite refusal', async () => {
  const { url: _url, ...video } = input('reference_video', 'three');

  await expect(body({ model: '2.0', inputs: ['reference_video'] }, [video])).rejects.toMatchObject({
    kind: 'rejected',
    code: 'INPUT_WITHOUT_URL',
    isDefinite: true,
  });
});
