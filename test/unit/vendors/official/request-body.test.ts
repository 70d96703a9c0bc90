import { describe, expect, test } from 'vitest';

import type { VideoRequest } from '#src/catalogue/request.ts';
import { requestBody } from '#src/vendors/official/request-body.ts';
import type { Submission, SubmissionInput } from '#src/vendors/vendor.ts';

import { inMemory, receiveBody } from '../../../fakes/bytes.ts';

const REQUEST: VideoRequest = {
  model: '1.0-pro',
  prompt: 'a crab',
  resolution: '720p',
  ratio: '16:9',
  length: { unit: 'seconds', seconds: 5 },
  seed: 0,
  hasWatermark: false,
  inputs: [],
};

const VARIATION = {
  vendor: 'byteplus',
  wireModel: 'seedance-1-0-pro-250528',
  sendsServiceTier: true,
  cameraField: 'camera_fixed',
} as const;

function submission(
  request: Partial<VideoRequest> = {},
  inputs: readonly SubmissionInput[] = [],
): Submission {
  return {
    request: { ...REQUEST, ...request },
    inputs,
    safetyIdentifier: 'member',
    expiresAfterSeconds: 170_001,
  };
}

function picture(role: SubmissionInput['role'], text: string): SubmissionInput {
  return {
    role,
    mimeType: 'image/PNG',
    open: async () => Promise.resolve(inMemory(Buffer.from(text))),
  };
}

describe('the body of a create', () => {
  test('the body names everything that changes price or result, even defaults and zeros', async () => {
    const body = await requestBody(submission({ isCameraFixed: false }), VARIATION);

    expect(body).toEqual({
      model: 'seedance-1-0-pro-250528',
      content: [{ type: 'text', text: 'a crab' }],
      resolution: '720p',
      ratio: '16:9',
      duration: 5,
      seed: 0,
      camera_fixed: false,
      watermark: false,
      return_last_frame: true,
      service_tier: 'default',
      execution_expires_after: 170_001,
      safety_identifier: 'member',
    });
  });

  test('the body has no field that the model or the vendor does not know', async () => {
    const body = await requestBody(submission(), { ...VARIATION, sendsServiceTier: false });

    expect(Object.keys(body)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/camera_fixed|generate_audio|service_tier/)]),
    );
  });

  test('the body states the sound when the model supports it', async () => {
    expect(await requestBody(submission({ hasAudio: false }), VARIATION)).toMatchObject({
      generate_audio: false,
    });
  });

  test.each([
    [
      { tier: 'flex', returnsLastFrame: true },
      { service_tier: 'flex', return_last_frame: true },
    ],
    [
      { model: '1.5-pro', isDraft: true, tier: 'default', returnsLastFrame: false },
      { draft: true, service_tier: 'default', return_last_frame: false },
    ],
    [{ model: '1.5-pro', isDraft: false }, { draft: false }],
  ] as const)('the body with %j requests %j', async (request, sent) => {
    expect(await requestBody(submission(request), VARIATION)).toMatchObject(sent);
  });

  test('the body for 2.x has no tier and no draft, which the model refuses', async () => {
    const body = await requestBody(submission({ model: '2.0', hasAudio: true }), VARIATION);

    expect(body).not.toHaveProperty('service_tier');
    expect(body).not.toHaveProperty('draft');
  });

  test.each([
    [{ unit: 'seconds', seconds: 12 }, { duration: 12 }, 'frames'],
    [{ unit: 'frames', frames: 57 }, { frames: 57 }, 'duration'],
    [{ unit: 'model-chooses' }, { duration: -1 }, 'frames'],
  ] as const)('the body states the length %j in one way only', async (length, sent, absent) => {
    const body = await requestBody(submission({ length }), VARIATION);

    expect(body).toMatchObject(sent);
    expect(body).not.toHaveProperty(absent);
  });

  test('the body has pictures as lower-case data URIs, each with its role, in order', async () => {
    const inputs = [picture('first_frame', 'one'), picture('last_frame', 'two')];

    const body = await requestBody(submission({}, inputs), VARIATION);

    expect(await receiveBody(body.content.slice(1))).toEqual([
      {
        type: 'image_url',
        image_url: { url: 'data:image/png;base64,b25l' },
        role: 'first_frame',
      },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,dHdv' }, role: 'last_frame' },
    ]);
  });

  test('the body has references of each kind under its own name, with videos by address', async () => {
    const video = {
      ...picture('reference_video', 'three'),
      url: async () => Promise.resolve('https://files.example/three.mp4'),
    };
    const sound = { ...picture('reference_audio', 'four'), mimeType: 'audio/mpeg' };
    const inputs = [picture('reference_image', 'one'), video, sound];

    const body = await requestBody(submission({ model: '2.0' }, inputs), VARIATION);

    expect(await receiveBody(body.content.slice(1))).toEqual([
      {
        type: 'image_url',
        image_url: { url: 'data:image/png;base64,b25l' },
        role: 'reference_image',
      },
      {
        type: 'video_url',
        video_url: { url: 'https://files.example/three.mp4' },
        role: 'reference_video',
      },
      {
        type: 'audio_url',
        audio_url: { url: 'data:audio/mpeg;base64,Zm91cg==' },
        role: 'reference_audio',
      },
    ]);
  });

  test('the body of a final names its draft, and nothing that the draft has decided', async () => {
    const request = {
      model: '1.5-pro',
      draftTaskId: 'cgt-1',
      isDraft: false,
      hasAudio: true,
    } as const;

    expect(await requestBody(submission(request), VARIATION)).toEqual({
      model: 'seedance-1-0-pro-250528',
      content: [{ type: 'draft_task', draft_task: { id: 'cgt-1' } }],
      resolution: '720p',
      watermark: false,
      return_last_frame: true,
      service_tier: 'default',
      execution_expires_after: 170_001,
      safety_identifier: 'member',
    });
  });

  test('the body of a final of 2.5 has no tier, which that model does not know', async () => {
    const request = { model: '2.5', draftTaskId: 'cgt-1', isDraft: false, hasAudio: true } as const;
    const body = await requestBody(submission({ ...request, resolution: '1080p' }), VARIATION);

    expect(Object.keys(body).toSorted()).toEqual([
      'content',
      'execution_expires_after',
      'model',
      'resolution',
      'return_last_frame',
      'safety_identifier',
      'watermark',
    ]);
    expect(body).toMatchObject({ resolution: '1080p' });
  });

  test('the fixed camera can be spelled another way', async () => {
    const rules = { ...VARIATION, cameraField: 'camerafixed' } as const;

    const body = await requestBody(submission({ isCameraFixed: true }), rules);

    expect(body).toMatchObject({ camerafixed: true });
    expect(body).not.toHaveProperty('camera_fixed');
  });
});
