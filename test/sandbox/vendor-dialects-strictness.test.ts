import { describe, expect, test } from 'vitest';

import type { DialectName } from '#sandbox/vendor/vendor.ts';

import { png, vendorClient } from './vendor-fixture.ts';

interface Row {
  readonly dialect: DialectName;
  readonly what: string;
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly status?: number;
}

const KYY = { dialect: 'kyyaipower', path: '/v1/seedance/videos' } as const;
const KYY_2_0 = { model: 'seedance_2_0_6s_10s', content: [{ type: 'text', text: 'a' }] };
const KYY_1_5 = { ...KYY_2_0, model: 'seedance_1_5_pro_480p' };
const PICTURE = { url: 'https://example.com/image.jpg' };
const kyyImage = (role: string) => ({ type: 'image_url', image_url: PICTURE, role });

const AIML = { dialect: 'aimlapi', path: '/v2/generate/video/bytedance/generation' } as const;
const LITE = {
  model: 'bytedance/seedance-1-0-lite-i2v',
  prompt: 'a',
  image_url: PICTURE.url,
};

const PIX = { dialect: 'pixazo', path: '/byteplus/v1/generateImage2VideoTask' } as const;
const PIX_TEXT = { type: 'text', text: 'a' };
const PIX_IMAGE = { type: 'image_url', image_url: PICTURE.url };

const PIX_2_0 = { dialect: 'pixazo', path: '/seedance-2-0/v1/text-to-video' } as const;
const PIX_FRAMES = { ...PIX_2_0, path: '/seedance-2-0/v1/first-last-frame-to-video' } as const;
const PIX_REFERENCES = { ...PIX_2_0, path: '/seedance-2-0/v1/reference-to-video' } as const;
const PIX_2_5 = { ...PIX_2_0, path: '/seedance-2-5/v1/text-to-video' } as const;
const FRAME = { type: 'image_url', image_url: PICTURE };
const FIRST = kyyImage('first_frame');

const AZ = { dialect: 'azerion', path: '/contents/generations/tasks' } as const;
const PT = { ...AZ, dialect: 'powertokens' } as const;
const WORDS = [{ type: 'text', text: 'a' }];

const FORBIDDEN: readonly Row[] = [
  { ...KYY, what: 'a resolution on 2.0', body: { ...KYY_2_0, duration: 8, resolution: '720p' } },
  { ...KYY, what: 'a resolution on 1.5', body: { ...KYY_1_5, resolution: '720p' } },
  { ...KYY, what: 'a length of another id', body: { ...KYY_2_0, duration: 5 } },
  { ...KYY, what: 'a length of the model’s choice on 2.0', body: { ...KYY_2_0, duration: -1 } },
  { ...KYY, what: 'sound on 2.0', body: { ...KYY_2_0, duration: 8, generate_audio: true } },
  { ...KYY, what: '3 s of 1.5', body: { ...KYY_1_5, duration: 3 } },
  { ...KYY, what: 'another ratio', body: { ...KYY_1_5, ratio: '9:21' } },
  { ...KYY, what: 'a seed', body: { ...KYY_1_5, seed: 1 } },
  { ...KYY, what: 'a reference', body: { ...KYY_1_5, content: [kyyImage('reference_image')] } },
  { ...KYY, what: 'a last frame alone', body: { ...KYY_1_5, content: [kyyImage('last_frame')] } },
  {
    ...KYY,
    what: 'a picture in the request',
    body: { ...KYY_1_5, content: [{ type: 'image_url', image_url: { url: png() } }] },
  },
  {
    ...KYY,
    what: 'an unknown model',
    body: { ...KYY_1_5, model: 'seedance_1_5_pro' },
    status: 404,
  },
  { ...KYY, what: 'a list', method: 'GET', status: 404 },
  { ...KYY, what: 'a cancel', method: 'DELETE', path: '/v1/result/video_1', status: 404 },

  {
    ...PIX,
    what: 'a picture as an object',
    body: { content: [PIX_TEXT, kyyImage('first_frame')] },
  },
  {
    ...PIX,
    what: 'a picture in the request',
    body: { content: [PIX_TEXT, { ...PIX_IMAGE, image_url: png() }] },
  },
  {
    ...PIX,
    what: 'an option outside the text',
    body: { content: [PIX_TEXT, PIX_IMAGE], duration: 5 },
  },
  { ...PIX, what: 'no picture', body: { content: [PIX_TEXT] } },
  {
    ...PIX,
    what: 'a length by flag that is too long',
    body: { content: [{ ...PIX_TEXT, text: 'a --duration 60' }, PIX_IMAGE] },
  },
  {
    ...PIX,
    what: 'a last frame alone',
    path: '/byteplus/v1/generateFrame2VideoTask',
    body: { text: 'a', last_frame: PICTURE.url },
  },
  {
    ...PIX,
    what: 'a prompt alone of the picture model',
    path: '/byteplus/v1/generateVideoTask',
    body: { model: 'seedance-1-0-lite-i2v-250428', text: 'a' },
  },
  { ...PIX, what: 'a list', method: 'GET', path: '/bytedance-polling/getVideoResult', status: 404 },

  { ...PIX_2_0, what: 'a seed of 2.0', body: { content: [PIX_TEXT], seed: 1 } },
  { ...PIX_2_0, what: 'a model in the body', body: { content: [PIX_TEXT], model: 'seedance-2-0' } },
  { ...PIX_2_0, what: 'a fixed camera', body: { content: [PIX_TEXT], camera_fixed: true } },
  { ...PIX_2_0, what: '1080p of 2.0', body: { content: [PIX_TEXT], resolution: '1080p' } },
  { ...PIX_2_0, what: 'another ratio of 2.0', body: { content: [PIX_TEXT], ratio: '9:21' } },
  { ...PIX_2_0, what: '3 s of 2.0', body: { content: [PIX_TEXT], duration: 3 } },
  { ...PIX_2_0, what: '16 s of 2.0', body: { content: [PIX_TEXT], duration: 16 } },
  { ...PIX_2_0, what: 'a length in quotes', body: { content: [PIX_TEXT], duration: '5' } },
  { ...PIX_2_0, what: 'a picture with the text of 2.0', body: { content: [PIX_TEXT, FRAME] } },
  { ...PIX_2_0, what: 'nothing of 2.0', body: { content: [] } },
  { ...PIX_2_5, what: '31 s of 2.5', body: { content: [PIX_TEXT], duration: 31 } },
  { ...PIX_FRAMES, what: 'frames of 2.0 without one', body: { content: [PIX_TEXT] } },
  { ...PIX_FRAMES, what: 'three frames', body: { content: [FRAME, FRAME, FRAME] } },
  { ...PIX_FRAMES, what: 'one frame of two without its role', body: { content: [FIRST, FRAME] } },
  { ...PIX_FRAMES, what: 'two first frames', body: { content: [FIRST, FIRST] } },
  { ...PIX_FRAMES, what: 'a frame as a bare address', body: { content: [PIX_IMAGE] } },
  {
    ...PIX_FRAMES,
    what: 'a frame in the request',
    body: { content: [{ ...FRAME, image_url: { url: png() } }] },
  },
  { ...PIX_REFERENCES, what: 'references of 2.0 without one', body: { content: [PIX_TEXT] } },
  {
    ...PIX_REFERENCES,
    what: 'a reference with a role',
    body: { content: [kyyImage('reference_image')] },
  },
  {
    ...PIX_2_0,
    what: '2.0 mini below /v1',
    path: '/seedance-2-0-mini/v1/text-to-video',
    body: { content: [PIX_TEXT] },
    status: 404,
  },
  {
    ...PIX_2_0,
    what: '2.0 fast without its ending',
    path: '/seedance-2-0-fast/v1/text-to-video',
    body: { content: [PIX_TEXT] },
    status: 404,
  },

  { ...AIML, what: '7 s of 1.0', body: { ...LITE, duration: 7 } },
  { ...AIML, what: 'a ratio of the picture model', body: { ...LITE, aspect_ratio: '16:9' } },
  { ...AIML, what: 'another spelling', body: { ...LITE, camerafixed: true } },
  { ...AIML, what: 'no picture', body: { ...LITE, image_url: undefined } },
  { ...AIML, what: 'no prompt', body: { ...LITE, prompt: undefined } },
  { ...AIML, what: 'the official content', body: { ...LITE, content: WORDS } },
  {
    ...AIML,
    what: 'a ratio of 1.0 pro',
    body: { model: 'bytedance/seedance-1-0-pro-t2v', prompt: 'a', aspect_ratio: '16:9' },
  },
  {
    ...AIML,
    what: 'the adaptive ratio of 2.0',
    body: { model: 'bytedance/seedance-2-0', prompt: 'a', aspect_ratio: 'adaptive' },
  },
  {
    ...AIML,
    what: 'a watermark of 2.0 fast',
    body: { model: 'bytedance/seedance-2-0-fast', prompt: 'a', watermark: true },
  },
  { ...AIML, what: 'an unknown model', body: { ...LITE, model: 'seedance' }, status: 404 },
  { ...AIML, what: 'a look without an id', method: 'GET' },
  { ...AIML, what: 'a cancel', method: 'DELETE', status: 404 },

  { ...AZ, what: 'a filtered list', method: 'GET', path: `${AZ.path}?filter.task_ids=a` },
  { ...AZ, what: 'a delete with a body', path: `${AZ.path}/cgt-1`, body: {} },
  { ...AZ, what: 'a DELETE', method: 'DELETE', path: `${AZ.path}/cgt-1`, status: 404 },
  {
    ...AZ,
    what: 'a camera that is neither fixed nor not',
    body: { model: 'seedance-1-0-pro-250528', content: WORDS, camerafixed: 'yes' },
  },

  {
    ...PT,
    what: 'the slower tier',
    body: { model: 'seedance-1-0-pro-250528', content: WORDS, service_tier: 'flex' },
  },
  {
    ...PT,
    what: '4k',
    body: { model: 'dreamina-seedance-2-0-260128', content: WORDS, resolution: '4k' },
  },
  {
    ...PT,
    what: '1080p of 2.0 fast',
    body: { model: 'dreamina-seedance-2-0-fast-260128', content: WORDS, resolution: '1080p' },
  },
  {
    ...PT,
    what: '2.0 mini',
    body: { model: 'dreamina-seedance-2-0-mini-260615', content: WORDS },
    status: 404,
  },
];

describe('undocumented requests', () => {
  test.each(FORBIDDEN)(
    '$dialect refuses $what without making a task',
    async ({ dialect, method = 'POST', path, body, status = 400 }) => {
      await using client = await vendorClient({ dialect });

      const reply = await client.call(method, path, body);

      expect(reply.status).toBe(status);
      expect(client.vendor.tasks).toEqual([]);
    },
  );

  const id = { message: expect.any(String), type: 'Unauthorized' };
  test.each([
    ['azerion', AZ.path, { error: { ...id, code: 'AuthenticationError', status_code: 401 } }],
    ['kyyaipower', KYY.path, { error: { ...id, code: 'AuthenticationError' } }],
    ['pixazo', PIX.path, { error: 'Invalid or missing authentication' }],
    ['pixazo', PIX_2_0.path, { error: 'Invalid or missing authentication' }],
    ['aimlapi', AIML.path, { path: AIML.path, statusCode: 401, requestId: expect.any(String) }],
  ] as const)('%s reports a wrong key in its own format', async (dialect, path, body) => {
    await using client = await vendorClient({ dialect });

    const reply = await client.call('POST', path, {}, 'wrong');

    expect(reply).toMatchObject({ status: 401, body });
    expect(JSON.stringify(client.vendor.journal)).not.toContain(client.vendor.key);
  });
});
