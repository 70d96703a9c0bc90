import { expect, test } from 'vitest';

import { PRO, TASKS, errorOf, text, vendorClient } from './vendor-fixture.ts';

const body = { model: PRO, content: [text()] };

test('a fault waits for its route, happens as often as configured, and is gone', async () => {
  await using client = await vendorClient();
  client.vendor.inject({ on: 'create', kind: 'status', status: 500, code: 'Boom', times: 2 });
  await client.list();
  expect(client.vendor.pendingFaults()).toMatchObject([{ on: 'create', times: 2 }]);

  const statuses = [];
  for (let count = 0; count < 3; count += 1) statuses.push((await client.create(body)).status);

  expect(statuses).toEqual([500, 500, 200]);
  expect(client.vendor.pendingFaults()).toEqual([]);
  expect(client.vendor.tasks).toHaveLength(1);
});

test('status returns any of the vendor’s refusals, in its envelope, without doing the work', async () => {
  await using client = await vendorClient();
  client.vendor.inject({
    on: 'create',
    kind: 'status',
    status: 400,
    code: 'InputTextSensitiveContentDetected',
    message: 'The request failed because the input text may contain sensitive information.',
    headers: { 'retry-after': '3' },
  });

  const reply = await client.create(body);

  expect(errorOf(reply)).toMatchObject({
    code: 'InputTextSensitiveContentDetected',
    type: 'BadRequest',
  });
  expect(reply.headers.get('retry-after')).toBe('3');
  expect(client.vendor.tasks).toEqual([]);
  expect(client.vendor.journal).toMatchObject([{ status: 400, fault: 'status' }]);
});

test('slow returns the same response, later', async () => {
  await using client = await vendorClient();
  client.vendor.inject({ on: 'create', kind: 'slow', ms: 40 });
  const startedAt = performance.now();

  expect((await client.create(body)).status).toBe(200);
  expect(performance.now() - startedAt).toBeGreaterThan(35);
});

test('hang gives no response and does no work, and closing the vendor still ends', async () => {
  await using client = await vendorClient();
  client.vendor.inject({ on: 'create', kind: 'hang' });

  const answer = fetch(client.vendor.url + TASKS, {
    method: 'POST',
    headers: { authorization: `Bearer ${client.vendor.key}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(60),
  });

  await expect(answer).rejects.toThrow(/timeout/u);
  expect(client.vendor.tasks).toEqual([]);
});

test('hang after the work gives no response, and the task still runs', async () => {
  await using client = await vendorClient();
  client.vendor.inject({ on: 'create', kind: 'hang', when: 'after' });

  const answer = fetch(client.vendor.url + TASKS, {
    method: 'POST',
    headers: { authorization: `Bearer ${client.vendor.key}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(500),
  });

  await expect(answer).rejects.toThrow(/timeout/u);
  expect(client.vendor.tasks).toHaveLength(1);
});

test('a removed fault no longer happens', async () => {
  await using client = await vendorClient();
  const takeBack = client.vendor.inject({ on: 'create', kind: 'cut', times: 2 });
  await expect(client.create(body)).rejects.toThrow(/fetch failed/u);

  takeBack();

  expect((await client.create(body)).status).toBe(200);
  expect(client.vendor.pendingFaults()).toEqual([]);
});

test('cut closes the connection, and nothing was done', async () => {
  await using client = await vendorClient();
  client.vendor.inject({ on: 'create', kind: 'cut' });

  await expect(client.create(body)).rejects.toThrow(/fetch failed/u);

  expect(client.vendor.tasks).toEqual([]);
  expect(client.vendor.journal).toMatchObject([{ status: undefined, fault: 'cut' }]);
});

test('lost-answer closes the connection, and the task still runs', async () => {
  await using client = await vendorClient();
  client.vendor.inject({ on: 'create', kind: 'lost-answer' });

  await expect(client.create({ ...body, seed: 99 })).rejects.toThrow(/fetch failed/u);

  await client.vendor.until(([task]) => task?.status === 'succeeded');
  expect((await client.list()).items).toMatchObject([{ seed: 99 }]);
});

test('malformed does the work, and its response is not JSON', async () => {
  await using client = await vendorClient();
  client.vendor.inject({ on: 'create', kind: 'malformed' });

  await expect(client.create(body)).rejects.toThrow(SyntaxError);

  expect(client.vendor.tasks).toHaveLength(1);
});

test('oversized returns a response longer than any client should read', async () => {
  await using client = await vendorClient();
  client.vendor.inject({ on: 'list', kind: 'oversized' });
  const { body: stream } = await fetch(client.vendor.url + TASKS, {
    headers: { authorization: `Bearer ${client.vendor.key}` },
  });
  let bytes = 0;

  for await (const chunk of stream ?? []) {
    bytes += chunk.length;
    if (bytes > 20_000_000) break;
  }

  expect(bytes).toBeGreaterThan(20_000_000);
});

test('truncated-video ends the file half-way to its stated length', async () => {
  await using client = await vendorClient();
  const { content } = await client.finished(await client.newTask(body));
  client.vendor.inject({ on: 'video', kind: 'truncated-video' });

  const response = await fetch(content.video_url);

  expect(Number(response.headers.get('content-length'))).toBeGreaterThan(20_000);
  await expect(response.arrayBuffer()).rejects.toThrow(/terminated/u);
  expect((await fetch(content.video_url)).status).toBe(200);
  expect(client.vendor.tasks[0]?.downloads).toBe(2);
});

test('unsized-half-video ends the file half-way, and nothing shows that it is cut', async () => {
  await using client = await vendorClient();
  const { content } = await client.finished(await client.newTask(body));
  client.vendor.inject({ on: 'video', kind: 'unsized-half-video' });

  const half = await fetch(content.video_url);
  const bytes = await half.arrayBuffer();
  const whole = await (await fetch(content.video_url)).arrayBuffer();

  expect(half.headers.has('content-length')).toBe(false);
  expect(bytes.byteLength).toBe(Math.floor(whole.byteLength / 2));
});

test('stalled-video sends half of the file and then nothing more', async () => {
  await using client = await vendorClient();
  const { content } = await client.finished(await client.newTask(body));
  client.vendor.inject({ on: 'video', kind: 'stalled-video' });

  const response = await fetch(content.video_url, { signal: AbortSignal.timeout(500) });

  expect(Number(response.headers.get('content-length'))).toBeGreaterThan(20_000);
  await expect(response.arrayBuffer()).rejects.toThrow(/timeout/u);
});

test('truncated-video on another route is an error of the test', async () => {
  await using client = await vendorClient();

  expect(() => client.vendor.inject({ on: 'list', kind: 'truncated-video' })).toThrow(TypeError);
});

test('fail-task on a create call accepts, renders and fails the task with HTTP 200', async () => {
  await using client = await vendorClient();
  client.vendor.inject({
    on: 'create',
    kind: 'fail-task',
    code: 'OutputVideoSensitiveContentDetected',
    message: 'The request failed because the output video may contain sensitive information.',
  });

  const id = await client.newTask(body);
  await client.vendor.until(([task]) => task?.status === 'failed');

  const answer = await client.retrieve(id);
  expect(answer).toMatchObject({
    status: 'failed',
    error: { code: 'OutputVideoSensitiveContentDetected' },
  });
  expect(answer).not.toHaveProperty('content');
  expect(answer).not.toHaveProperty('usage');
  expect(client.vendor.tasks[0]?.tokens).toBeUndefined();
});

test.each([
  { on: 'retrieve', kind: 'fail-task', code: 'InternalServiceError' },
  { on: 'retrieve', kind: 'expire-task' },
] as const)('$kind on a status call ends a running task at once', async (fault) => {
  await using client = await vendorClient({ renderMs: 60_000 });
  const id = await client.newTask(body);
  client.vendor.inject(fault);

  const ended = fault.kind === 'fail-task' ? 'failed' : 'expired';

  expect(await client.retrieve(id)).toMatchObject({ status: ended });
  expect(client.vendor.tasks[0]?.status).toBe(ended);
});

test('expire-task on a create call lets the task expire without an error block', async () => {
  await using client = await vendorClient();
  client.vendor.inject({ on: 'create', kind: 'expire-task' });

  const id = await client.newTask(body);
  await client.vendor.until(([task]) => task?.status === 'expired');

  expect(await client.retrieve(id)).not.toHaveProperty('error');
});

test('unknown-status lasts for one response on a status call, and for all on a create call', async () => {
  await using client = await vendorClient({ renderMs: 60_000 });
  const plain = await client.newTask(body);
  client.vendor.inject({ on: 'create', kind: 'unknown-status', word: 'paused' });
  const odd = await client.newTask(body);
  client.vendor.inject({ on: 'retrieve', kind: 'unknown-status', word: 'thinking' });

  expect(await client.retrieve(plain)).toMatchObject({ status: 'thinking' });
  expect(await client.retrieve(plain)).toMatchObject({ status: 'running' });
  expect(await client.retrieve(odd)).toMatchObject({ status: 'paused' });
  expect((await client.list()).items).toMatchObject([{ status: 'paused' }, { status: 'running' }]);
});

test('forget-task makes the task unknown on every route', async () => {
  await using client = await vendorClient();
  const { id, content } = await client.finished(await client.newTask(body)).then((answer) => ({
    id: client.vendor.tasks[0]?.id ?? '',
    content: answer.content,
  }));
  client.vendor.inject({ on: 'list', kind: 'forget-task' });

  expect((await client.list()).items).toEqual([]);
  expect((await client.call('GET', `${TASKS}/${id}`)).status).toBe(404);
  expect((await fetch(content.video_url)).status).toBe(404);
  expect(client.vendor.tasks).toMatchObject([{ isGone: true }]);
});
