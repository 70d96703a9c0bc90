/** A network that is left only through the operator’s proxy, which alone resolves external names. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

import { startDiscord } from '#sandbox/discord/discord.ts';
import { startVendor } from '#sandbox/vendor/vendor.ts';
import { SECOND, systemClock } from '#src/clock.ts';
import { createDiscordTransport } from '#src/discord/rest/transport.ts';
import { createDispatcher, type ProxySettings } from '#src/dispatcher.ts';
import { createLogger } from '#src/logger.ts';
import { createSafeFetch } from '#src/media/download/safe-fetch.ts';
import { createVendorHttp } from '#src/vendors/http/http.ts';
import { createVendors } from '#src/vendors/registry.ts';

import { startProxy, startTlsFront } from '../fakes/proxy.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';
import { trustCertificate } from '../fakes/tls-certificate.ts';
import { fetchBytes, startServer } from '../unit/media/download/remote-server.ts';

const CLIP = new URL('../../sandbox/vendor/clip.mp4', import.meta.url);
const logger = createLogger('silent');
const LIMITS = { kind: 'result', maxBytes: 10_000_000, timeoutMs: 20 * SECOND } as const;

let trust: Disposable;
beforeAll(() => {
  trust = trustCertificate();
});
afterAll(() => trust[Symbol.dispose]());

function through(proxy: { url: string }, changes: Partial<ProxySettings> = {}): ProxySettings {
  return { https: proxy.url, http: undefined, except: '', ...changes };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

describe('https through the proxy', () => {
  test('the proxy carries a vendor’s calls, in HTTP/1.1', async () => {
    const vendor = await startVendor();
    await using _closing = { [Symbol.asyncDispose]: vendor.close };
    await using front = await startTlsFront(portOf(vendor.url));
    await using proxy = await startProxy((target) =>
      target === 'vendor.bot.example:443' ? front.port : undefined,
    );
    const dispatcher = createDispatcher(through(proxy));
    const baseUrl = 'https://vendor.bot.example/api/v3';
    const [official] = createVendors(new Map([['byteplus', { apiKey: vendor.key, baseUrl }]]), {
      logger,
      clock: systemClock,
      wireModelsOf: () => ({}),
      dispatcher,
    });

    const found = await official?.check({ taskId: 'cgt-none' }, AbortSignal.timeout(5000));

    await dispatcher.destroy();
    expect(found).toBeDefined();
    expect(proxy.tunnels).toEqual(['vendor.bot.example:443']);
    expect(front.protocols).toEqual(['http/1.1']);
  });

  test('the proxy carries discord.js’s requests', async () => {
    await using discord = await startDiscord();
    await using front = await startTlsFront(portOf(discord.apiUrl));
    await using proxy = await startProxy(() => front.port);
    const dispatcher = createDispatcher(through(proxy));
    const transport = createDiscordTransport(dispatcher);

    const answer = await transport('https://discord.bot.example/api/v10/users/@me', {
      headers: { authorization: `Bot ${discord.token}` },
    });

    expect(await answer.json()).toHaveProperty('id', discord.applicationId);
    await dispatcher.destroy();
    expect(proxy.tunnels).toEqual(['discord.bot.example:443']);
  });

  test('the proxy carries a finished video although its name cannot be resolved locally', async () => {
    await using folder = await temporaryFolder();
    const clip = await readFile(CLIP);
    await using server = await startServer((_request, response) => response.end(clip));
    await using front = await startTlsFront(portOf(server.url('/')));
    await using proxy = await startProxy(() => front.port);
    const outside = createSafeFetch({
      trustedHosts: { attachments: [], videos: [] },
      proxy: through(proxy),
      clock: systemClock,
      logger,
    });
    const path = join(folder.path, 'clip.mp4');

    await outside.downloadToFile('https://videos.bot.example/v.mp4', path, {
      ...LIMITS,
      expect: 'mp4',
    });

    await outside.close();
    expect(await readFile(path)).toEqual(clip);
    expect(proxy.tunnels).toEqual(['videos.bot.example:443']);
  });

  test('the proxy receives the user and password of its address', async () => {
    await using server = await startServer((_request, response) => response.end('x'));
    await using front = await startTlsFront(portOf(server.url('/')));
    await using proxy = await startProxy(() => front.port);
    const url = new URL(proxy.url);
    url.username = 'anna';
    url.password = 'p%40ss';
    const dispatcher = createDispatcher(through({ url: url.href }));

    await createDiscordTransport(dispatcher)('https://discord.bot.example/', {});

    await dispatcher.destroy();
    const expected = Buffer.from('anna:p@ss').toString('base64');
    expect(proxy.credentials).toEqual([`Basic ${expected}`]);
  });

  test('hosts in NO_PROXY bypass the proxy', async () => {
    await using server = await startServer((_request, response) => response.end('direct'));
    await using front = await startTlsFront(portOf(server.url('/')));
    await using proxy = await startProxy(() => undefined);
    const outside = createSafeFetch({
      trustedHosts: { attachments: [], videos: [`videos.bot.example:${front.port}`] },
      proxy: through(proxy, { except: 'other.example,.bot.example' }),
      lookup: (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
      clock: systemClock,
      logger,
    });

    const bytes = await fetchBytes(outside, `https://videos.bot.example:${front.port}/`, LIMITS);

    await outside.close();
    expect(Buffer.from(bytes).toString()).toBe('direct');
    expect(proxy.tunnels).toEqual([]);
  });

  test('a create call refused by the proxy has reached no vendor', async () => {
    await using proxy = await startProxy(() => undefined, { status: 403 });
    const dispatcher = createDispatcher(through(proxy));
    const vendor = createVendorHttp({
      vendor: 'byteplus',
      baseUrl: 'https://vendor.bot.example/api/v3',
      headers: {},
      mapError: () => ({ kind: 'unavailable', isDefinite: false }),
      logger,
      clock: systemClock,
      dispatcher,
    });

    const asked = vendor.request({
      operation: 'create',
      method: 'POST',
      path: '/tasks',
      json: { prompt: 'a boat' },
      schema: z.unknown(),
    });

    await expect(asked).rejects.toMatchObject({ kind: 'unavailable', isDefinite: true });
    await dispatcher.destroy();
  });
});

describe('an address that only the proxy could resolve', () => {
  test.each([
    'https://10.0.0.7/v.mp4',
    'https://[::1]/v.mp4',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost/v.mp4',
    'https://intranet/v.mp4',
    'https://metadata.google.internal/computeMetadata/v1/',
    'https://nas.local/v.mp4',
    'https://router.home.arpa/v.mp4',
  ])('the proxy is not used for %s', async (url) => {
    await using proxy = await startProxy(() => undefined);
    const outside = createSafeFetch({
      trustedHosts: { attachments: [], videos: [] },
      proxy: through(proxy),
      clock: systemClock,
      logger,
    });

    await expect(fetchBytes(outside, url, LIMITS)).rejects.toThrow('not public');

    await outside.close();
    expect(proxy.tunnels).toEqual([]);
  });
});
