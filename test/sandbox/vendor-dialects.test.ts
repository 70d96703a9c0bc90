import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { DIALECTS } from '#sandbox/vendor/dialects/dialects.ts';
import { plainPng } from '#sandbox/vendor/results/still.ts';
import type { DialectName } from '#sandbox/vendor/vendor.ts';

import { image, serveFile, vendorClient, type Client, type Reply } from './vendor-fixture.ts';
import {
  AIMLAPI_SAMPLES,
  AZERION_SAMPLES,
  KYYAIPOWER_SAMPLES,
  PIXAZO_GATEWAY_SAMPLES,
  PIXAZO_POLL,
  PIXAZO_SAMPLES,
  POWERTOKENS_SAMPLES,
  type Sample,
} from './vendor-samples.ts';

const SAMPLES: ReadonlyArray<readonly [DialectName, readonly Sample[]]> = [
  ['azerion', AZERION_SAMPLES],
  ['kyyaipower', KYYAIPOWER_SAMPLES],
  ['pixazo', PIXAZO_SAMPLES],
  ['pixazo', PIXAZO_GATEWAY_SAMPLES],
  ['aimlapi', AIMLAPI_SAMPLES],
  ['powertokens', POWERTOKENS_SAMPLES],
];

const requestSchema = z.looseObject({ request_id: z.string(), polling_url: z.url() });
const answerSchema = z.looseObject({ id: z.string() });

function idOf(reply: Reply): string {
  return answerSchema.parse(reply.body).id;
}

async function done(client: Client): Promise<void> {
  await client.vendor.until((tasks) => tasks.every(({ status }) => status === 'succeeded'));
}

describe.each(Object.values(DIALECTS))('the dialect $name', ({ routes, coverage }) => {
  test('the coverage table of a dialect lists exactly its registered routes', () => {
    const words = (each: { route: string; method: string; path: string }) =>
      `${each.route} ${each.method} ${each.path}`;

    expect(coverage.map(words).toSorted()).toEqual(routes.map(words).toSorted());
  });

  test('only a partial route states what is missing', () => {
    for (const { state, missing } of coverage) {
      expect(missing.length > 0).toBe(state === 'partial');
    }
  });
});

describe('documented sample requests', () => {
  const rows = SAMPLES.flatMap(([dialect, samples]) =>
    samples.map((sample) => ({ dialect, ...sample })),
  );
  test.each(rows)('$dialect accepts its $title', async ({ dialect, path, body }) => {
    await using client = await vendorClient({ dialect });

    const reply = await client.call('POST', path, body);
    await done(client);

    expect([200, 202]).toContain(reply.status);
    expect(client.vendor.tasks).toHaveLength(1);
  });

  test('Azerion accepts the flags of its samples as options', async () => {
    await using client = await vendorClient({ dialect: 'azerion' });
    for (const { path, body } of AZERION_SAMPLES) await client.call('POST', path, body);

    expect(client.vendor.tasks.map(({ options }) => options)).toMatchObject([
      { mode: 't2v', resolution: '1080p', seconds: 5, isCameraFixed: false },
      { mode: 'i2v', ratio: '16:9', seconds: 5 },
      { mode: 'r2v', ratio: '16:9' },
      { mode: 'flf2v' },
    ]);
  });

  test('Azerion serves status, list and delete', async () => {
    await using client = await vendorClient({ dialect: 'azerion', queueMs: 60_000 });
    const path = '/contents/generations/tasks';
    const id = idOf(await client.call('POST', path, AZERION_SAMPLES[0]?.body));

    const status = await client.call('GET', `${path}/${id}`);
    const list = await client.call('GET', `${path}?page_num=1&page_size=5`);
    const removal = await client.call('POST', `${path}/${id}`);

    expect(status).toMatchObject({ status: 200, body: { id, status: 'queued' } });
    expect(list).toMatchObject({ status: 200, body: { items: [{ id }], total: 1 } });
    expect(removal.status).toBe(200);
    expect(client.vendor.tasks[0]?.status).toBe('cancelled');
  });

  test('kyyAiPower returns the responses of its pages', async () => {
    await using client = await vendorClient({ dialect: 'kyyaipower' });
    const [sample] = KYYAIPOWER_SAMPLES;

    const created = await client.call('POST', sample?.path ?? '', sample?.body);
    await done(client);
    const result = await client.call('GET', `/v1/result/${idOf(created)}`);

    const head = {
      id: expect.stringMatching(/^video_[a-z0-9]{12}$/u),
      object: 'video',
      created: expect.any(Number),
      model: 'seedance_1_5_pro_720p',
    };
    expect(created.body).toEqual({ ...head, status: 'queued' });
    expect(result.body).toEqual({
      ...head,
      status: 'completed',
      video_url: expect.stringContaining('.mp4'),
      actualDuration: 5,
      totalTokens: 108_900,
      error: null,
    });
    expect(client.vendor.tasks[0]?.options).toMatchObject({
      resolution: '720p',
      ratio: '16:9',
      generateAudio: true,
    });
  });

  test('Pixazo returns a result by POST that looks like its sample', async () => {
    await using client = await vendorClient({ dialect: 'pixazo' });
    const [sample] = PIXAZO_SAMPLES;

    const created = await client.call('POST', sample?.path ?? '', sample?.body);
    await done(client);
    const result = await client.call('POST', PIXAZO_POLL.path, { task_id: idOf(created) });
    const unknown = await client.call('POST', PIXAZO_POLL.path, PIXAZO_POLL.body);

    expect(created.body).toEqual({ id: expect.stringMatching(/^cgt-/u) });
    expect(result.body).toMatchObject({
      id: idOf(created),
      model: 'seedance-1-0-lite-i2v-250428',
      status: 'succeeded',
      content: { video_url: expect.stringContaining('.mp4') },
      usage: { completion_tokens: 103_818, total_tokens: 103_818 },
      created_at: expect.any(Number),
      updated_at: expect.any(Number),
    });
    expect(unknown).toMatchObject({ status: 404, body: { error: 'Endpoint not found' } });
  });

  test('Pixazo polls a request for 2.x at its polling URL', async () => {
    await using client = await vendorClient({ dialect: 'pixazo' });
    const [sample] = PIXAZO_GATEWAY_SAMPLES;

    const created = await client.call('POST', sample?.path ?? '', sample?.body);
    await done(client);
    const request = requestSchema.parse(created.body);
    const { origin, pathname } = new URL(request.polling_url);
    const status = await client.call('GET', pathname);

    expect(created.status).toBe(202);
    expect(request).toEqual({
      request_id: expect.stringMatching(/^seedance-2-0_[\da-f-]{36}$/u),
      status: 'QUEUED',
      polling_url: `${origin}/v2/requests/status/${request.request_id}`,
    });
    expect(origin).toBe(new URL(client.vendor.url).origin);
    expect(status.body).toEqual({
      request_id: request.request_id,
      status: 'COMPLETED',
      model_id: 'seedance-2-0',
      output: { media_url: [expect.stringContaining('.mp4')], media_type: 'video/mp4' },
      error: null,
    });
    // The defaults of its page.
    expect(client.vendor.tasks[0]?.options).toMatchObject({
      mode: 't2v',
      seconds: 5,
      resolution: '720p',
      generateAudio: true,
      hasWatermark: false,
    });
  });

  test('Pixazo takes the first of two frames by role as well as by order', async () => {
    await using client = await vendorClient({ dialect: 'pixazo' });
    await using files = await serveFile(plainPng(640, 480));
    const [first, last] = ['first_frame', 'last_frame'].map((role) => image(files.url, role));
    const plain = image(files.url);

    for (const content of [[first, last], [last, first], [plain, plain], [plain]]) {
      const path = '/seedance-2-0-mini/first-last-frame-to-video';
      // oxlint-disable-next-line no-await-in-loop -- in this order
      expect((await client.call('POST', path, { content })).status).toBe(202);
    }

    const modes = client.vendor.tasks.map(({ options }) => options.mode);
    expect(modes).toEqual(['flf2v', 'flf2v', 'flf2v', 'i2v']);
  });

  test('AI/ML API serves the same tasks on both paths', async () => {
    await using client = await vendorClient({ dialect: 'aimlapi' });
    const [sample] = AIMLAPI_SAMPLES;

    const created = await client.call('POST', sample?.path ?? '', sample?.body);
    await done(client);
    const query = `?generation_id=${encodeURIComponent(idOf(created))}`;
    const one = await client.call('GET', `${sample?.path}${query}`);
    const other = await client.call('GET', `/v2/video/generations${query}`);

    expect(one.body).toMatchObject({
      id: idOf(created),
      status: 'completed',
      video: { url: expect.stringContaining('.mp4') },
      error: null,
      meta: { usage: { credits_used: expect.any(Number), usd_spent: expect.any(Number) } },
    });
    expect(other.body).toEqual(one.body);
  });

  test('PowerTokens makes one video from references of every kind', async () => {
    await using client = await vendorClient({ dialect: 'powertokens' });
    const [sample] = POWERTOKENS_SAMPLES;

    await client.create(sample?.body);

    expect(client.vendor.tasks).toMatchObject([
      { options: { mode: 'r2v', resolution: '720p', ratio: '16:9', seconds: 11 } },
    ]);
  });
});
