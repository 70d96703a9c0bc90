/** The playground's server, without a browser. */
import { request } from 'node:http';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { startPlayground, type Playground } from '#sandbox/playground/start.ts';

let playground: Playground;

beforeAll(async () => {
  playground = await startPlayground();
});
afterAll(() => playground.close());

async function post(path: string, act: object): Promise<{ status: number; body: unknown }> {
  const form = new FormData();
  form.set('act', JSON.stringify(act));
  const response = await fetch(`${playground.url}${path}`, { method: 'POST', body: form });
  return { status: response.status, body: await response.json() };
}

async function panel(): Promise<unknown> {
  const response = await fetch(`${playground.url}/panel`);
  return response.json();
}

/** `fetch` does not let its caller choose the host. */
function statusWith(headers: Record<string, string>): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const asked = request(playground.url, { headers }, (response) => {
    response.resume();
    resolve(response.statusCode);
  });
  asked.once('error', reject);
  asked.end();
  return promise;
}

test.each([
  [{ host: 'rebound.example' }, 403],
  [{ origin: 'https://other.example' }, 403],
  [{}, 200],
])('a request with %j is answered with %i', async (headers, status) => {
  expect(await statusWith(headers)).toBe(status);
});

test('the panel stops and restarts the clock of the vendor', async () => {
  await post('/panel', { action: 'render-time', renderMs: 9_000 });
  await post('/panel', { action: 'stall', isStalled: true });
  expect(await panel()).toMatchObject({ clock: { isStalled: true, renderMs: 9_000 } });

  await post('/panel', { action: 'stall', isStalled: false });

  expect(await panel()).toMatchObject({ clock: { isStalled: false, renderMs: 9_000 } });
});

test('the panel injects vendor faults', async () => {
  for (const action of ['refuse-next', 'fail-next', 'lose-answer'])
    expect(await post('/panel', { action })).toMatchObject({ status: 200 });

  expect(await panel()).toMatchObject({
    pendingFaults: [
      'status on the next create',
      'fail-task on the next create',
      'lost-answer on the next create',
    ],
  });
});

test('the panel retires a model and brings it back', async () => {
  const [model = ''] = playground.world.vendor.models;
  await post('/panel', { action: 'retire', model, isRetired: true });
  expect(playground.world.vendor.models).not.toContain(model);

  await post('/panel', { action: 'retire', model, isRetired: false });

  expect(playground.world.vendor.models).toContain(model);
});

test('the panel lets Discord answer 500, each press from the beginning', async () => {
  const { discord } = playground.world;
  await post('/panel', { action: 'discord-down' });
  const pending = discord.pendingFaults().length;
  await post('/panel', { action: 'discord-down' });

  expect(pending).toBeGreaterThan(0);
  expect(discord.pendingFaults()).toHaveLength(pending);
  expect(await panel()).toMatchObject({ isDiscordDown: true });
  const answer = await fetch(`${discord.apiUrl}/v10/gateway/bot`);
  expect(answer.status).toBe(500);
});

test('the panel ignores unknown commands', async () => {
  expect(await post('/panel', { action: 'launch' })).toMatchObject({ status: 500 });
  expect(await post('/panel', { action: 'finish-task', id: 'none' })).toMatchObject({
    status: 500,
    body: { error: 'No task none' },
  });
  expect(await post('/panel', { action: 'delete-message', channelId: '1' })).toMatchObject({
    status: 500,
    body: { error: 'The bot has posted nothing here' },
  });
});

test('a request that no client would send is refused with the reason', async () => {
  const act = { kind: 'command', name: 'nothing', options: {} };

  expect(await post('/acts', act)).toEqual({
    status: 400,
    body: { error: 'No command /nothing is registered' },
  });
});
