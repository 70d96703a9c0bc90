import { describe, expect, test } from 'vitest';

import { plainPng } from '#sandbox/vendor/results/still.ts';

import {
  PRO,
  PRO_1_5,
  PRO_2_0,
  PRO_2_5,
  TASKS,
  errorOf,
  image,
  png,
  serveFile,
  vendorClient,
} from './vendor-fixture.ts';
import { CONTENT, FIELDS, PICTURES, first, last, words } from './vendor-strictness-rows.ts';

describe('refused requests', () => {
  test.each([...FIELDS, ...CONTENT])(
    'a request is refused with "$says" and makes no task',
    async ({ body, says, param, code }) => {
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
    },
  );

  test.each(PICTURES)(
    'a picture is refused with "$says" and makes no task',
    async ({ url, says, code }) => {
      await using client = await vendorClient();

      const reply = await client.create({ model: PRO, content: [...words, image(url)] });

      expect(reply.status).toBe(400);
      expect(errorOf(reply).message).toContain(says);
      expect(errorOf(reply)).toMatchObject({
        code: code ?? 'InvalidParameter',
        param: 'content[1].image_url',
      });
      expect(client.vendor.tasks).toEqual([]);
    },
  );

  test('a body over 64 MB is refused', async () => {
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
  ])('the model id %s is refused', async (model) => {
    await using client = await vendorClient();

    const reply = await client.create({ model, content: words });

    expect(reply.status).toBe(404);
    expect(errorOf(reply)).toMatchObject({
      code: 'InvalidEndpointOrModel.NotFound',
      type: 'NotFound',
    });
  });

  test('a wrong key is refused on every route', async () => {
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

  test('an account without funds is refused until it has some', async () => {
    await using client = await vendorClient();
    client.vendor.setFunds(false);

    const reply = await client.create({ model: PRO, content: words });
    client.vendor.setFunds(true);

    expect(reply.status).toBe(403);
    expect(errorOf(reply)).toMatchObject({ code: 'AccountOverdueError', type: 'Forbidden' });
    expect((await client.create({ model: PRO, content: words })).status).toBe(200);
  });

  test('an unknown id and an unknown route are refused', async () => {
    await using client = await vendorClient();

    expect((await client.call('GET', `${TASKS}/cgt-1`)).status).toBe(404);
    expect((await client.call('DELETE', `${TASKS}/cgt-1`)).status).toBe(404);
    expect((await client.call('GET', '/videos')).status).toBe(404);
    expect(client.vendor.journal.at(-1)?.route).toBe('unknown');
  });
});

describe('accepted requests', () => {
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
  ])('the vendor accepts %j', async (body) => {
    await using client = await vendorClient();

    const reply = await client.create(body);

    expect(reply).toMatchObject({ status: 200 });
  });

  test('the vendor accepts a picture by its URL, and bills by its shape', async () => {
    await using files = await serveFile(plainPng(900, 1200));
    await using client = await vendorClient();

    const id = await client.newTask({ model: PRO, content: [image(files.url)] });

    expect(await client.finished(id)).toMatchObject({ ratio: '3:4' });
  });
});
