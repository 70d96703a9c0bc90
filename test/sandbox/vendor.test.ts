import { expect, test } from 'vitest';

import { COVERAGE } from '#sandbox/vendor/coverage.ts';
import { MODELS, wireId } from '#sandbox/vendor/create/models.ts';
import { ROUTES } from '#sandbox/vendor/routes.ts';

import { PRO, PRO_1_5, TASKS, errorOf, image, png, text, vendorClient } from './vendor-fixture.ts';

test('the coverage list names exactly the registered routes', () => {
  const listed = COVERAGE.map(({ route, method, path }) => `${route} ${method} ${path}`);
  const registered = ROUTES.map(({ route, method, path }) => `${route} ${method} ${path}`);

  expect(listed.toSorted()).toEqual(registered.toSorted());
});

test('a supported route has nothing missing, and a partial one states what is', () => {
  for (const { state, missing } of COVERAGE) {
    expect(missing.length > 0).toBe(state === 'partial');
  }
});

test('a create call returns an id in the vendor’s format and nothing else', async () => {
  await using client = await vendorClient();

  const { status, body, headers } = await client.create({ model: PRO, content: [text()] });

  expect(status).toBe(200);
  expect(body).toEqual({ id: expect.stringMatching(/^cgt-\d{14}-[0-9a-z]{5}$/u) });
  expect(headers.get('x-request-id')).toMatch(/^02\d{13}[0-9a-f]+$/u);
});

test('a waiting or running task has the short response', async () => {
  await using client = await vendorClient({ renderMs: 60_000, concurrency: 1 });
  const running = await client.newTask({ model: PRO, content: [text()], seed: 7 });
  const queued = await client.newTask({
    model: PRO,
    content: [text()],
    execution_expires_after: 171_717,
  });

  const short = {
    model: PRO,
    created_at: expect.any(Number),
    updated_at: expect.any(Number),
    service_tier: 'default',
  };
  expect(await client.retrieve(running)).toEqual({
    ...short,
    id: running,
    status: 'running',
    execution_expires_after: 172_800,
  });
  expect(await client.retrieve(queued)).toEqual({
    ...short,
    id: queued,
    status: 'queued',
    execution_expires_after: 171_717,
  });
});

test('a finished 1.0 task has the fields of a recorded response', async () => {
  await using client = await vendorClient();
  const id = await client.newTask({
    model: PRO,
    content: [text()],
    resolution: '480P',
    duration: 2,
    return_last_frame: true,
  });

  // The recorded response: vercel/ai, packages/bytedance, issue-17883-status-response.json.
  expect(await client.finished(id)).toEqual({
    id,
    model: PRO,
    status: 'succeeded',
    content: {
      video_url: expect.stringContaining('X-Tos-Expires=86400'),
      last_frame_url: expect.stringContaining('.png?'),
    },
    usage: { completion_tokens: 19_845, total_tokens: 19_845 },
    created_at: expect.any(Number),
    updated_at: expect.any(Number),
    seed: expect.any(Number),
    resolution: '480p',
    ratio: '16:9',
    duration: 2,
    framespersecond: 24,
    service_tier: 'default',
    execution_expires_after: 172_800,
    draft: false,
    priority: 0,
    output_format: 'mp4',
  });
});

test('frames, audio and the safety identifier are echoed where they apply', async () => {
  await using client = await vendorClient();
  const framed = await client.newTask({ model: PRO, content: [text()], frames: 57, duration: 12 });
  const audible = await client.newTask({
    model: PRO_1_5,
    content: [text()],
    generate_audio: false,
    safety_identifier: 'a'.repeat(64),
    seed: 0,
  });

  const first = await client.finished(framed);
  const second = await client.finished(audible);

  expect(first).toMatchObject({ frames: 57 });
  expect(first).not.toHaveProperty('duration');
  expect(first.usage.completion_tokens).toBe(Math.floor((1920 * 1088 * 57) / 1024));
  expect(second).toMatchObject({
    generate_audio: false,
    safety_identifier: 'a'.repeat(64),
    seed: 0,
    resolution: '720p',
    duration: 5,
  });
});

// Reported by the live API for 5 s, by the pixel size that the reports name.
test.each([
  { model: PRO, resolution: '480p', tokens: 49_005 },
  { model: PRO, resolution: '720p', tokens: 103_818 },
  { model: PRO, resolution: '1080p', tokens: 246_840 },
  { model: PRO_1_5, resolution: '480p', tokens: 50_638 },
  { model: PRO_1_5, resolution: '720p', tokens: 108_900 },
])('$model at $resolution and 16:9 is billed $tokens tokens', async ({ model, ...row }) => {
  await using client = await vendorClient();

  const id = await client.newTask({
    model,
    content: [text()],
    resolution: row.resolution,
    ratio: '16:9',
    duration: 5,
  });

  expect((await client.finished(id)).usage.total_tokens).toBe(row.tokens);
});

test.each([
  { width: 1600, height: 900, ratio: '16:9' },
  { width: 700, height: 1000, ratio: '3:4' },
  { width: 1000, height: 411, ratio: '21:9' },
  { width: 350, height: 640, ratio: '9:16' },
])(
  'adaptive becomes $ratio for a picture of $width × $height',
  async ({ width, height, ratio }) => {
    await using client = await vendorClient();

    const id = await client.newTask({ model: PRO, content: [text(), image(png(width, height))] });

    expect(await client.finished(id)).toMatchObject({ ratio });
  },
);

test('a length left to the model is within the model’s range', async () => {
  await using client = await vendorClient();

  const id = await client.newTask({ model: PRO_1_5, content: [text()], duration: -1, seed: 8 });

  expect(await client.finished(id)).toMatchObject({ duration: 12 });
});

test('the queue and the number of running tasks are limited', async () => {
  await using client = await vendorClient({ renderMs: 60_000, concurrency: 2, maxQueued: 1 });
  for (let count = 0; count < 3; count += 1) {
    await client.newTask({ model: PRO, content: [text()] });
  }

  const reply = await client.create({ model: PRO, content: [text()] });

  expect(client.vendor.tasks.map(({ status }) => status)).toEqual(['running', 'running', 'queued']);
  expect(reply.status).toBe(429);
  expect(errorOf(reply)).toMatchObject({ code: 'QuotaExceeded', type: 'TooManyRequests' });
});

test('a shorter rendering time ends the tasks that already run', async () => {
  await using client = await vendorClient({ renderMs: 60_000, queueMs: 20 });
  await client.newTask({ model: PRO, content: [text()] });
  expect(client.vendor.tasks[0]?.status).toBe('queued');
  await client.vendor.until(([task]) => task?.status === 'running');

  client.vendor.setRenderMs(0);

  expect(client.vendor.tasks[0]?.status).toBe('succeeded');
});

test('DELETE cancels a queued task, refuses a running one, and forgets an ended one', async () => {
  await using client = await vendorClient({ renderMs: 60_000, concurrency: 1 });
  const running = await client.newTask({ model: PRO, content: [text()] });
  const queued = await client.newTask({ model: PRO, content: [text()] });
  const remove = (id: string) => client.call('DELETE', `${TASKS}/${id}`);

  const refused = await remove(running);
  expect(refused.status).toBe(409);
  expect(errorOf(refused).message).toContain(
    `Cannot delete task \`${running}\` because it is currently running.`,
  );
  expect(await remove(queued)).toMatchObject({ status: 200, body: {} });
  expect(await client.retrieve(queued)).toMatchObject({ status: 'cancelled' });
  expect((await remove(queued)).status).toBe(409);

  client.vendor.setRenderMs(0);
  const { content } = await client.finished(running);
  expect((await remove(running)).status).toBe(200);
  expect((await client.call('GET', `${TASKS}/${running}`)).status).toBe(404);
  expect((await fetch(content.video_url)).status).toBe(404);
});

test('POST below a task reaches the create route and lacks the model', async () => {
  await using client = await vendorClient({ renderMs: 60_000 });
  const id = await client.newTask({ model: PRO, content: [text()] });

  const reply = await client.call('POST', `${TASKS}/${id}/cancel`);

  expect(errorOf(reply)).toMatchObject({ code: 'MissingParameter', param: 'model' });
});

test('a task is forgotten after seven days, and a cancelled one after one', async () => {
  let nowMs = Date.now();
  await using client = await vendorClient({ now: () => nowMs, concurrency: 1, renderMs: 1e9 });
  const running = await client.newTask({ model: PRO, content: [text()] });
  const cancelled = await client.newTask({ model: PRO, content: [text()] });
  await client.call('DELETE', `${TASKS}/${cancelled}`);

  nowMs += 25 * 3_600_000;
  expect((await client.call('GET', `${TASKS}/${cancelled}`)).status).toBe(404);
  expect(await client.retrieve(running)).toMatchObject({ status: 'running' });
  nowMs += 24 * 3_600_000;
  expect(await client.retrieve(running)).toMatchObject({ status: 'expired' });
  nowMs += 6 * 24 * 3_600_000;
  expect((await client.call('GET', `${TASKS}/${running}`)).status).toBe(404);
  expect((await client.list()).total).toBe(0);
});

test('every model of the table has its own id, even under Volcengine’s prefix', async () => {
  await using plain = await vendorClient();
  await using prefixed = await vendorClient({ idPrefix: 'doubao-' });

  for (const model of MODELS) {
    await plain.newTask({ model: wireId(model, ''), content: [text()] });
    await prefixed.newTask({ model: wireId(model, 'doubao-'), content: [text()] });
  }

  expect(prefixed.vendor.tasks.map(({ model }) => model)).toContain('doubao-seedance-2-0-260128');
  expect((await prefixed.create({ model: PRO, content: [text()] })).status).toBe(404);
});

test('the journal keeps the requests, without the key and the pictures', async () => {
  await using client = await vendorClient();
  await client.newTask({ model: PRO, content: [text(), image(png())] });
  await client.call('GET', `${TASKS}?filter.task_ids=a&filter.task_ids=b`, undefined, 'wrong');

  expect(client.vendor.journal).toMatchObject([
    { route: 'create', method: 'POST', status: 200, hasValidKey: true },
    {
      route: 'list',
      status: 401,
      hasValidKey: false,
      query: { 'filter.task_ids': ['a', 'b'] },
    },
  ]);
  const written = JSON.stringify(client.vendor.journal);
  expect(written).not.toContain(client.vendor.key);
  expect(written).toMatch(/data:image\/png;base64,<\d+ characters>/u);
});

test('a failed wait shows the state of the tasks', async () => {
  await using client = await vendorClient({ renderMs: 60_000 });
  await client.newTask({ model: PRO, content: [text()] });

  await expect(client.vendor.until(() => false, 1)).rejects.toThrow(/cgt-\S+ running/u);
});
