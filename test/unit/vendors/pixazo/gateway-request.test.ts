import { describe, expect, test } from 'vitest';

import type { InputRole, ModelId, VideoRequest } from '#src/catalogue/request.ts';
import { createGatewayRequest, isOfGateway } from '#src/vendors/pixazo/gateway-request.ts';
import type { Submission } from '#src/vendors/vendor.ts';

import { inMemory } from '../../../fakes/bytes.ts';

const REQUEST: VideoRequest = {
  model: '2.0-mini',
  prompt: 'a crab',
  resolution: '720p',
  ratio: '16:9',
  length: { unit: 'seconds', seconds: 5 },
  seed: 7,
  hasAudio: true,
  hasWatermark: false,
  inputs: [],
};
const WIRE_MODELS: { readonly [model in ModelId]?: string } = {
  '2.0-mini': 'seedance-2-0-mini',
  '2.0-fast': 'seedance-2-0-fast',
  '2.0': 'seedance-2-0',
  '2.5': 'seedance-2-5',
};
const OPTIONS = {
  duration: 5,
  ratio: '16:9',
  resolution: '720p',
  generate_audio: true,
  watermark: false,
};

async function asked(request: Partial<VideoRequest> = {}) {
  const whole = { ...REQUEST, ...request };
  const submission: Submission = {
    request: whole,
    inputs: whole.inputs.map((role, index) => ({
      role,
      mimeType: 'image/png',
      open: async () => Promise.resolve(inMemory(new Uint8Array())),
      url: async () => Promise.resolve(`https://files.example/${index}`),
    })),
    safetyIdentifier: 'member',
    expiresAfterSeconds: 170_001,
  };
  const wireModel = WIRE_MODELS[whole.model] ?? '';
  return createGatewayRequest(submission, { vendor: 'pixazo', wireModel });
}

const link = (index: number) => ({ url: `https://files.example/${index}` });

describe('the route', () => {
  test.each([
    ['2.0-mini', [], '/seedance-2-0-mini/text-to-video'],
    ['2.0-mini', ['first_frame'], '/seedance-2-0-mini/first-last-frame-to-video'],
    ['2.0-mini', ['reference_image'], '/seedance-2-0-mini/reference-to-video'],
    ['2.0-fast', [], '/seedance-2-0-fast/v1/text-to-video-fast'],
    ['2.0-fast', ['first_frame'], '/seedance-2-0-fast/v1/first-last-frame-to-video-fast'],
    ['2.0-fast', ['reference_audio'], '/seedance-2-0-fast/v1/reference-to-video-fast'],
    ['2.0', [], '/seedance-2-0/v1/text-to-video'],
    ['2.0', ['first_frame', 'last_frame'], '/seedance-2-0/v1/first-last-frame-to-video'],
    ['2.0', ['reference_video'], '/seedance-2-0/v1/reference-to-video'],
    ['2.5', [], '/seedance-2-5/v1/text-to-video'],
    ['2.5', ['first_frame'], '/seedance-2-5/v1/first-last-frame-to-video'],
    ['2.5', ['reference_image', 'reference_image'], '/seedance-2-5/v1/reference-to-video'],
  ] as const)('the route of %s from %j is %s', async (model, inputs, path) => {
    expect(await asked({ model, inputs: [...inputs] })).toMatchObject({ path });
  });

  test.each([
    ['1.0-lite-t2v', false],
    ['1.0-pro', false],
    ['2.0-mini', true],
    ['2.5', true],
  ] as const)('the route of %s belongs to the newer gateway: %s', (model, expected) => {
    expect(isOfGateway(model)).toBe(expected);
  });
});

describe('the body', () => {
  test('the body for a prompt has the options as fields, and no seed', async () => {
    expect((await asked()).json).toEqual({
      content: [{ type: 'text', text: 'a crab' }],
      ...OPTIONS,
    });
  });

  test('a single frame has no role in the body', async () => {
    expect((await asked({ inputs: ['first_frame'] })).json).toMatchObject({
      content: [
        { type: 'text', text: 'a crab' },
        { type: 'image_url', image_url: link(0) },
      ],
    });
    expect(JSON.stringify(await asked({ inputs: ['first_frame'] }))).not.toContain('role');
  });

  test('two frames come in order in the body, each with its role', async () => {
    const { json } = await asked({ prompt: '', inputs: ['first_frame', 'last_frame'] });

    expect(json).toEqual({
      content: [
        { type: 'image_url', image_url: link(0), role: 'first_frame' },
        { type: 'image_url', image_url: link(1), role: 'last_frame' },
      ],
      ...OPTIONS,
    });
  });

  test('references are grouped by kind in the body, in order and without a role', async () => {
    const inputs: InputRole[] = [
      'reference_image',
      'reference_image',
      'reference_video',
      'reference_audio',
    ];

    expect((await asked({ inputs, ratio: 'adaptive' })).json).toEqual({
      content: [
        { type: 'text', text: 'a crab' },
        { type: 'image_url', image_url: link(0) },
        { type: 'image_url', image_url: link(1) },
        { type: 'video_url', video_url: link(2) },
        { type: 'audio_url', audio_url: link(3) },
      ],
      ...OPTIONS,
      ratio: 'adaptive',
    });
  });

  test('the body leaves sound to the vendor when a record of an older version does not state it', async () => {
    expect((await asked({ hasAudio: undefined })).json).not.toHaveProperty('generate_audio');
  });
});

test.each([
  [{ model: '1.0-pro' }, 'MODEL_NOT_OFFERED'],
  [{ length: { unit: 'model-chooses' } }, 'CANNOT_LENGTH'],
  [{ length: { unit: 'frames', frames: 57 } }, 'CANNOT_LENGTH'],
] as const)('%j is refused before anything is sent', async (request, code) => {
  await expect(asked(request)).rejects.toMatchObject({ kind: 'rejected', code, isDefinite: true });
});
