/** The gateway behind a proxy: the real discord.js client, with TLS from end to end. */
import { once } from 'node:events';
import { connect } from 'node:net';

import { Events } from 'discord.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { startDiscord } from '#sandbox/discord/discord.ts';
import { createClient, login } from '#src/discord/client.ts';
import { createGatewayRelay } from '#src/discord/gateway-relay.ts';
import { createDispatcher, type ProxySettings } from '#src/dispatcher.ts';
import { createLogger } from '#src/logger.ts';

import { startProxy, startTlsFront, type TestProxy } from '../fakes/proxy.ts';
import { trustCertificate } from '../fakes/tls-certificate.ts';

const GATEWAY = 'gateway.bot.example:443';

let trust: Disposable;
beforeAll(() => {
  trust = trustCertificate();
});
afterAll(() => trust[Symbol.dispose]());

function through({ url }: Pick<TestProxy, 'url'>): ProxySettings {
  return { https: url, http: undefined, except: '' };
}

async function relayThrough(proxy: Pick<TestProxy, 'url'>) {
  const dispatcher = createDispatcher(through(proxy));
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line) => void lines.push(line) });
  const relay = createGatewayRelay(dispatcher, logger);
  return {
    ...relay,
    lines,
    async [Symbol.asyncDispose]() {
      await relay.close();
      await dispatcher.destroy();
    },
  };
}

test('the bot logs in, receives events and resumes through the proxy', async () => {
  await using discord = await startDiscord({ gatewayUrl: `wss://gateway.bot.example` });
  await using front = await startTlsFront(Number(new URL(discord.apiUrl).port));
  await using proxy = await startProxy((target) => (target === GATEWAY ? front.port : undefined));
  await using relay = await relayThrough(proxy);
  const guild = discord.addGuild({ name: 'Film club' });
  const client = createClient(discord.apiUrl, createLogger('silent'), { relay });
  try {
    await login(client, discord);
    expect([...client.guilds.cache.keys()]).toEqual([guild.id]);
    expect(proxy.tunnels).toEqual([GATEWAY]);

    const resumed = once(client, Events.ShardResume);
    discord.dropGateway();
    await resumed;
    const added = once(client, Events.GuildCreate);
    discord.addGuild({ name: 'Book club' });
    await added;

    expect(proxy.tunnels).toEqual([GATEWAY, GATEWAY]);
    expect(discord.unknownRoutes).toEqual([]);
  } finally {
    await client.destroy();
  }
});

describe('the relay address in this process', () => {
  test('the relay refuses connections without its secret, or with a target that is not wss', async () => {
    await using proxy = await startProxy(() => undefined);
    await using relay = await relayThrough(proxy);
    const address = new URL(await relay.addressOf('wss://gateway.bot.example'));
    const [, secret = '', target = ''] = address.pathname.split('/');
    const plain = Buffer.from('http://127.0.0.1/').toString('base64url');

    for (const path of [
      `/wrong/${target}`,
      `/${secret}/${plain}`,
      `/${secret}/%%%`,
      `/${secret}`,
      '//',
    ]) {
      const socket = new WebSocket(`ws://${address.host}${path}`);
      const [error] = await once(socket, 'error').catch((thrown: unknown) => [thrown]);
      expect(String(error)).toContain('404');
    }
    expect(proxy.tunnels).toEqual([]);
  });

  test('no relay address is given where the gateway does not use TLS', async () => {
    await using proxy = await startProxy(() => undefined);
    await using relay = await relayThrough(proxy);

    expect(await relay.addressOf('ws://127.0.0.1:80/?v=10')).toBe('ws://127.0.0.1:80/?v=10');
  });

  test('a request for the relay’s own address returns it unchanged', async () => {
    await using proxy = await startProxy(() => undefined);
    await using relay = await relayThrough(proxy);
    const address = await relay.addressOf('wss://gateway.bot.example');

    expect(await relay.addressOf(address)).toBe(address);
  });

  test('a refusal by the proxy is passed on at once, and the log names the host', async () => {
    await using proxy = await startProxy(() => undefined, { status: 403 });
    await using relay = await relayThrough(proxy);
    const socket = new WebSocket(await relay.addressOf('wss://gateway.bot.example/?v=10'));

    const [error] = await once(socket, 'error').catch((thrown: unknown) => [thrown]);

    expect(String(error)).toContain('502');
    expect(relay.lines.join('')).toContain('gateway.bot.example');
  });

  test('the relay closes cleanly although a client left during its handshake', async () => {
    await using proxy = await startProxy(() => undefined);
    await using relay = await relayThrough(proxy);
    const address = new URL(await relay.addressOf('wss://gateway.bot.example/?v=10'));
    const socket = connect(Number(address.port), address.hostname);
    await once(socket, 'connect');
    socket.write(
      `GET ${address.pathname} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    socket.destroy();

    await expect(relay.close()).resolves.toBeUndefined();
  });
});
