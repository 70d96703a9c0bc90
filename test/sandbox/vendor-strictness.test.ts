import { describe, expect, test } from 'vitest';

import { plainPng } from '#sandbox/vendor/results/still.ts';

import {
  PRO,
  PRO_1_5,
  PRO_2_0,
  PRO_2_5,
  PRO_FAST,
  TASKS,
  errorOf,
  image,
  png,
  serveFile,
  text,
  vendorClient,
} from './vendor-fixture.ts';

const words = [text()];
const first = image(png(), 'first_frame');
const last = image(png(), 'last_frame');
const reference = image(png(), 'reference_image');

interface Row {
  readonly body: Record<string, unknown>;
  readonly says: string;
  readonly param?: string;
  readonly code?: string;
}

const FIELDS: Row[] = [
  {
    body: { model: PRO, content: words, draft: false },
    says: 'the specified parameter `draft` is not supported for model seedance-1-0-pro in t2v, must be empty',
  },
  {
    body: { model: PRO_1_5, content: [...words, first], frames: 57 },
    says: 'the specified parameter `frames` is not supported for model seedance-1-5-pro in i2v, must be empty',
  },
  {
    body: { model: PRO_2_0, content: [...words, first, last], camera_fixed: true },
    says: '`camera_fixed` is not supported for model dreamina-seedance-2-0 in flf2v',
  },
  { body: { model: PRO_2_0, content: words, service_tier: 'default' }, says: '`service_tier`' },
  { body: { model: PRO_1_5, content: words, priority: 1 }, says: '`priority`' },
  { body: { model: PRO, content: words, tools: [{ type: 'web_search' }] }, says: '`tools`' },
  { body: { model: PRO, content: words, output_format: 'mov' }, says: '`output_format`' },
  {
    body: { model: PRO, content: words, duration: 13 },
    says: 'the parameter duration specified in the request must be less than or equal to 12 for model seedance-1-0-pro in t2v',
    param: 'duration',
  },
  {
    body: { model: PRO_1_5, content: words, duration: 3 },
    says: 'must be greater than or equal to 4',
    param: 'duration',
  },
  { body: { model: PRO, content: words, duration: -1 }, says: 'greater than or equal to 2' },
  { body: { model: PRO, content: words, duration: 2.5 }, says: '`duration`', param: 'duration' },
  { body: { model: PRO, content: words, duration: '5' }, says: '`duration`', param: 'duration' },
  { body: { model: PRO, content: words, frames: 28 }, says: 'greater than or equal to 29' },
  { body: { model: PRO, content: words, frames: 293 }, says: 'less than or equal to 289' },
  { body: { model: PRO, content: words, frames: 58 }, says: '25 + 4n', param: 'frames' },
  { body: { model: PRO, content: words, resolution: '4k' }, says: 'parameter resolution' },
  { body: { model: PRO, content: words, ratio: '9:21' }, says: 'parameter ratio' },
  { body: { model: PRO, content: words, ratio: 'adaptive' }, says: 'parameter ratio' },
  { body: { model: PRO_2_5, content: [...words, first], ratio: '16:9' }, says: 'parameter ratio' },
  { body: { model: PRO, content: words, seed: -2 }, says: 'parameter seed' },
  { body: { model: PRO, content: words, seed: 2_147_483_648 }, says: 'parameter seed' },
  {
    body: { model: PRO, content: words, execution_expires_after: 3_599 },
    says: 'greater than or equal to 3600',
  },
  {
    body: { model: PRO_2_0, content: words, execution_expires_after: 259_201 },
    says: 'less than or equal to 259200',
  },
  {
    body: { model: PRO, content: words, safety_identifier: 'a'.repeat(65) },
    says: '`safety_identifier`',
  },
  { body: { model: PRO, content: words, watermark: 'no' }, says: '`watermark`' },
  {
    body: { model: PRO_1_5, content: words, draft: true, resolution: '720p' },
    says: 'must be 480p when draft is true',
  },
  {
    body: { model: PRO_1_5, content: words, draft: true, return_last_frame: true },
    says: 'return_last_frame',
  },
];

const CONTENT: Row[] = [
  { body: { content: words }, says: 'model is missing', code: 'MissingParameter' },
  { body: { model: PRO }, says: 'content is missing', code: 'MissingParameter' },
  { body: { model: PRO, content: [] }, says: '`content`' },
  { body: { model: PRO, content: 'a cat' }, says: '`content`' },
  { body: { model: PRO, content: [text(' ')] }, says: 'content.text', code: 'MissingParameter' },
  { body: { model: PRO, content: ['a cat'] }, says: '`content[0]`' },
  { body: { model: PRO, content: [{ type: 'words', text: 'a' }] }, says: '`content[0].type`' },
  {
    body: { model: PRO, content: [...words, { type: 'image_url', image_url: png() }] },
    says: 'The parameter `content.image_url` specified in the request is not valid',
  },
  {
    body: { model: PRO, content: [...words, image(png()), image(png())] },
    says: 'role must be specified for image contents',
  },
  {
    body: { model: PRO, content: [...words, image(png(), 'middle_frame')] },
    says: 'invalid role specified for image content',
  },
  {
    body: { model: PRO, content: [...words, first, first] },
    says: 'expected at most one first frame image content but got 2 instead.',
  },
  {
    body: { model: PRO, content: [...words, last] },
    says: 'last frame image content cannot be mixed with first frame or reference image content',
  },
  {
    body: { model: PRO_2_0, content: [...words, first, reference] },
    says: 'first/last frame content cannot be mixed with reference media content.',
  },
  {
    body: { model: PRO, content: [...words, reference] },
    says: 'the specified task_type r2v does not support model seedance-1-0-pro',
  },
  {
    body: { model: PRO_FAST, content: [...words, first, last] },
    says: 'the specified task_type flf2v does not support model seedance-1-0-pro-fast',
  },
  {
    body: { model: PRO_2_0, content: [...words, { type: 'video_url', video_url: { url: 'a' } }] },
    says: 'reference media mode requires video role to be reference_video',
  },
  {
    body: {
      model: PRO_2_0,
      content: [{ type: 'audio_url', audio_url: { url: 'a' }, role: 'reference_audio' }],
    },
    says: 'reference_audio cannot be the only reference input',
  },
];

const PICTURES: (Omit<Row, 'body'> & { readonly url: string })[] = [
  { url: png(300, 400), says: '(300, 6000) px' },
  { url: png(6000, 3000), says: '(300, 6000) px' },
  { url: png(400, 1000), says: '(0.4, 2.5)' },
  { url: png(1000, 400), says: '(0.4, 2.5)' },
  { url: 'data:image/png;base64,', says: 'Empty base64', code: 'InvalidImageURL.EmptyURL' },
  {
    url: 'data:image/png;base64,***',
    says: 'Invalid base64',
    code: 'InvalidImageURL.InvalidFormat',
  },
  {
    url: png().replace('image/png', 'image/PNG'),
    says: 'Invalid base64',
    code: 'InvalidImageURL.InvalidFormat',
  },
  {
    url: `data:image/png;base64,${Buffer.from('not a picture').toString('base64')}`,
    says: 'invalid image format',
  },
  {
    url: `data:image/png;base64,${Buffer.alloc(30 * 1024 * 1024).toString('base64')}`,
    says: 'exceeds 30 MB',
  },
  { url: 'https://pictures.example/cat.png', says: 'resource download failed' },
  { url: 'http://127.0.0.1:1/cat.png', says: 'resource download failed' },
];

describe('the vendor refuses, making no task', () => {
  test.each([...FIELDS, ...CONTENT])('with "$says"', async ({ body, says, param, code }) => {
    await using client = await vendorClient();

    const reply = await client.create(body);

    expect(reply.status).toBe(400);
    const error = errorOf(reply);
    expect(error.message).toContain(says);
    expect(error.message).toMatch(/\. Request id: 02[0-9a-f]+$/u);
    expect(error).toMatchObject({
      code: code ?? 'InvalidParameter',
      type: 'BadRequest',
      ...(param === undefined ? {} : { param }),
    });
    expect(client.vendor.tasks).toEqual([]);
  });

  test.each(PICTURES)('a picture with "$says"', async ({ url, says, code }) => {
    await using client = await vendorClient();

    const reply = await client.create({ model: PRO, content: [...words, image(url)] });

    expect(reply.status).toBe(400);
    expect(errorOf(reply).message).toContain(says);
    expect(errorOf(reply)).toMatchObject({
      code: code ?? 'InvalidParameter',
      param: 'content[1].image_url',
    });
    expect(client.vendor.tasks).toEqual([]);
  });

  test('a body over 64 MB', async () => {
    await using client = await vendorClient();

    const padding = ' '.repeat(64 * 1024 * 1024);
    const reply = await client.create(
      `${JSON.stringify({ model: PRO, content: words })}${padding}`,
    );

    expect(reply.status).toBe(400);
    expect(errorOf(reply).message).toContain('64 MB');
  });

  test.each([
    'seedance-1-0-lite-t2v-250428',
    'seedance-1-0-lite-i2v-250428',
    'seedance-2-0-260128',
    'seedance-1-0-pro-250428',
  ])('the model id %s', async (model) => {
    await using client = await vendorClient();

    const reply = await client.create({ model, content: words });

    expect(reply.status).toBe(404);
    expect(errorOf(reply)).toMatchObject({
      code: 'InvalidEndpointOrModel.NotFound',
      type: 'NotFound',
    });
  });

  test('a wrong key, on every route', async () => {
    await using client = await vendorClient();

    for (const [method, path] of [
      ['POST', TASKS],
      ['GET', TASKS],
      ['GET', `${TASKS}/cgt-1`],
      ['DELETE', `${TASKS}/cgt-1`],
    ] as const) {
      const reply = await client.call(method, path, method === 'POST' ? {} : undefined, 'wrong');
      expect(reply.status).toBe(401);
      expect(errorOf(reply)).toMatchObject({ code: 'AuthenticationError', type: 'Unauthorized' });
      expect(reply.headers.get('x-error-code')).toBe('AuthN_AuthenticationError');
    }
  });

  test('an account without funds, until it has some', async () => {
    await using client = await vendorClient();
    client.vendor.setFunds(false);

    const reply = await client.create({ model: PRO, content: words });
    client.vendor.setFunds(true);

    expect(reply.status).toBe(403);
    expect(errorOf(reply)).toMatchObject({ code: 'AccountOverdueError', type: 'Forbidden' });
    expect((await client.create({ model: PRO, content: words })).status).toBe(200);
  });

  test('an unknown id and an unknown route', async () => {
    await using client = await vendorClient();

    expect((await client.call('GET', `${TASKS}/cgt-1`)).status).toBe(404);
    expect((await client.call('DELETE', `${TASKS}/cgt-1`)).status).toBe(404);
    expect((await client.call('GET', '/videos')).status).toBe(404);
    expect(client.vendor.journal.at(-1)?.route).toBe('unknown');
  });
});

describe('the vendor takes', () => {
  test.each<Record<string, unknown>>([
    { model: PRO, content: words, unheard_of: true, framespersecond: 999 },
    { model: PRO, content: words, draft: null, duration: null, seed: null },
    { model: PRO, content: [...words, { ...image(png()), role: null }] },
    { model: PRO, content: words, generate_audio: true, priority: 5, service_tier: 'bogus' },
    { model: PRO, content: [image(png(301, 301))] },
    { model: PRO, content: [...words, image(png(401, 1000))], ratio: '1:1' },
    { model: PRO, content: [...words, first, last], frames: 289 },
    { model: PRO_1_5, content: words, draft: true, ratio: 'adaptive', duration: -1 },
    { model: PRO_2_0, content: words, resolution: '4K', execution_expires_after: 60 },
    { model: PRO_2_5, content: [...words, first], output_format: 'mov' },
  ])('%j', async (body) => {
    await using client = await vendorClient();

    const reply = await client.create(body);

    expect(reply).toMatchObject({ status: 200 });
  });

  test('a picture by its URL, and bills by its shape', async () => {
    await using files = await serveFile(plainPng(900, 1200));
    await using client = await vendorClient();

    const id = await client.newTask({ model: PRO, content: [image(files.url)] });

    expect(await client.finished(id)).toMatchObject({ ratio: '3:4' });
  });
});
