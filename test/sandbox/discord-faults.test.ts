import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { describe, expect, test } from 'vitest';

import { startDiscord } from '#sandbox/discord/discord.ts';

import { useScene } from './discord-scene.ts';
import { call } from './discord-wire.ts';

const scene = useScene();
const SEND = 'POST /channels/:channel/messages' as const;

describe('an injected fault', () => {
  test('a fault returns its status and code as often as configured, then is gone', async () => {
    const { discord, sent, guild } = scene();
    discord.inject({ route: SEND, kind: 'status', status: 503, code: 0, times: 2 });
    expect(discord.pendingFaults()).toHaveLength(1);

    const statuses = [];
    for (let tries = 0; tries < 3; tries += 1) statuses.push((await sent({ content: 'x' })).status);

    expect(statuses).toEqual([503, 503, 200]);
    expect(guild.channel().messages).toHaveLength(1);
    expect(discord.pendingFaults()).toEqual([]);
  });

  test('a fault waits for its own route', async () => {
    const { discord, call: fetchIt, sent } = scene();
    discord.inject({ route: SEND, kind: 'status', status: 500 });

    expect((await fetchIt('GET /users/@me')).status).toBe(200);
    expect((await sent({ content: 'x' })).status).toBe(500);
  });

  test('a fault does not affect other requests', async () => {
    const { discord, sent } = scene();
    const only = ({ body }: { readonly body?: unknown }): boolean =>
      JSON.stringify(body).includes('second');
    discord.inject({ route: SEND, kind: 'status', status: 500, only });

    expect((await sent({ content: 'first' })).status).toBe(200);
    expect((await sent({ content: 'second' })).status).toBe(500);
  });

  test('a fault can be removed', async () => {
    const { discord, sent } = scene();
    const takeBack = discord.inject({ route: SEND, kind: 'status', status: 500 });

    takeBack();

    expect((await sent({ content: 'x' })).status).toBe(200);
    expect(discord.pendingFaults()).toEqual([]);
  });

  test('a fault can be a rate limit with a reset time', async () => {
    const { discord, sent } = scene();
    discord.inject({ route: SEND, kind: 'rate-limit', retryAfterMs: 1500, scope: 'shared' });

    const answer = await sent({ content: 'x' });

    expect(answer.status).toBe(429);
    expect(answer.body).toMatchObject({ retry_after: 1.5, global: false });
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(answer.headers.get('x-ratelimit-scope')).toBe('shared');
  });

  test('a slow fault delays a response', async () => {
    const { discord, sent } = scene();
    discord.inject({ route: SEND, kind: 'slow', delayMs: 80 });

    const startedAtMs = performance.now();
    const answer = await sent({ content: 'x' });

    expect(answer.status).toBe(200);
    expect(performance.now() - startedAtMs).toBeGreaterThan(70);
  });

  test.for([
    ['before', 0],
    ['after', 1],
  ] as const)('a fault cuts the connection %s the work', async ([when, messages]) => {
    const { discord, sent, guild } = scene();
    discord.inject({ route: SEND, kind: 'cut', when });

    await expect(sent({ content: 'x' })).rejects.toThrow('fetch failed');

    expect(guild.channel().messages).toHaveLength(messages);
  });

  test.for([
    ['before', 0],
    ['after', 1],
  ] as const)(
    'a fault hangs, %s the work, and ends when the sandbox closes',
    async ([when, messages]) => {
      await using discord = await startDiscord();
      const channel = discord.addGuild({ name: 'Film club' }).channel();
      discord.inject({ route: SEND, kind: 'hang', when });

      const answer = call(discord, `POST /channels/${channel.id}/messages`, {
        json: { content: 'x' },
      });
      const lost = answer.catch((error: unknown) => error);
      while (!discord.journal.some((entry) => entry.kind === 'request' && entry.fault === 'hang'))
        await call(discord, 'GET /users/@me');
      await discord.close();
      expect(await lost).toMatchObject({ message: 'fetch failed' });

      expect(channel.messages).toHaveLength(messages);
    },
  );

  test('a fault cuts the connection and does the work later', async () => {
    const { discord, sent, guild } = scene();
    const released = Promise.withResolvers<void>();
    discord.inject({ route: SEND, kind: 'late', until: released.promise });

    await expect(sent({ content: 'first' })).rejects.toThrow('fetch failed');
    await sent({ content: 'second' });
    released.resolve();
    await guild.channel().until(({ text }) => text === 'first');

    expect(guild.channel().messages.map(({ text }) => text)).toEqual(['second', 'first']);
  });

  test('a fault corrupts the response body after the work was done', async () => {
    const { discord, sent, guild } = scene();
    discord.inject({ route: SEND, kind: 'malformed' });

    await expect(sent({ content: 'x' })).rejects.toThrow(SyntaxError);

    expect(guild.channel().messages).toHaveLength(1);
  });
});

describe('the journal', () => {
  test('the journal has method, route, status, code, times, body and files of each request', async () => {
    const { discord, sent, channelId } = scene();

    await sent({ content: 'x' }, [{ name: 'a.txt', bytes: Buffer.from('four') }]);
    await sent({});

    const entries = discord.journal.filter((entry) => entry.kind === 'request').slice(-2);
    expect(entries).toMatchObject([
      {
        method: 'POST',
        route: '/channels/:channel/messages',
        path: `/v10/channels/${channelId}/messages`.replace('/v10', ''),
        status: 200,
        startedAtMs: expect.any(Number),
        endedAtMs: expect.any(Number),
        body: { content: 'x' },
        files: [{ name: 'a.txt', sizeBytes: 4 }],
      },
      { status: 400, code: 50_006 },
    ]);
    expect(discord.journal).toContainEqual(
      expect.objectContaining({ kind: 'gateway', direction: 'sent', what: 'READY' }),
    );
  });
});

describe('an unknown route', () => {
  test.for(['GET /no/such/thing', 'POST /users/@me', 'GET /../secret'])(
    'an unknown route is answered with 404 and reported: %s',
    async (route) => {
      const { discord, call: fetchIt } = scene();

      const answer = await fetchIt(route);

      expect(answer).toMatchObject({ status: 404, body: { code: 0 } });
      expect(discord.unknownRoutes).toHaveLength(1);
    },
  );

  test('an unknown API version is refused as such', async () => {
    const { discord } = scene();

    const response = await fetch(`${discord.apiUrl}/v6/users/@me`);

    expect(await response.json()).toMatchObject({ code: 50_041 });
  });
});

describe('waiting for an event', () => {
  test('a failed wait shows what happened instead', async () => {
    const { answered } = scene();
    const { reply } = await answered({ type: 4, data: { content: 'hello' } });

    const waiting = reply.until(({ text }) => text === 'bye', { timeoutMs: 20 });

    await expect(waiting).rejects.toThrow('within 20 ms: the member sees public "hello"');
  });

  test('a wait ends when the sandbox closes', async () => {
    const { asked, discord } = scene();
    const { reply } = await asked();

    const waiting = reply.refusal().catch((error: unknown) => String(error));
    await discord.close();

    expect(await waiting).toContain('the bot never answered');
  });

  test('a wait can be for a channel as well', async () => {
    const { sent, guild } = scene();

    const waiting = guild.channel().until(({ content }) => content === 'second');
    await sent({ content: 'first' });
    await sent({ content: 'second' });

    expect((await waiting).content).toBe('second');
  });
});

describe('a closed sandbox', () => {
  test('a closed sandbox leaves no socket and no timer: its process ends by itself', async () => {
    const script = `
      import { startDiscord } from '#sandbox/discord/discord.ts';
      const discord = await startDiscord();
      const channel = discord.addGuild({ name: 'Film club' }).channel();
      discord.inject({ route: 'GET /users/@me', kind: 'slow', delayMs: 600_000 });
      discord.inject({ route: 'GET /applications/@me', kind: 'hang', when: 'before' });
      const socket = new WebSocket('ws://' + discord.cdnHost + '?v=10&encoding=json');
      await new Promise((resolve) => socket.addEventListener('message', resolve));
      const lost = [
        channel.until(() => false, { timeoutMs: 600_000 }),
        fetch(discord.apiUrl + '/v10/users/@me'),
        fetch(discord.apiUrl + '/v10/applications/@me'),
      ].map((promise) => promise.then(() => 'kept', () => 'lost'));
      while (discord.pendingFaults().length > 0) await fetch(discord.apiUrl + '/v10/gateway/bot');
      await discord.close();
      console.log((await Promise.all(lost)).join());
    `;

    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { timeout: 20_000 },
    );

    expect(stdout.trim()).toBe('lost,lost,lost');
  });
});
