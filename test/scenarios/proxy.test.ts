/** The whole bot in a network that is left only through a proxy. */
import { randomUUID } from 'node:crypto';

import { expect, test } from 'vitest';

import { file } from '#sandbox/discord/command-options.ts';
import { startWorld } from '#sandbox/world.ts';
import { createApp } from '#src/app.ts';
import { readConfig } from '#src/config.ts';
import { createLogger } from '#src/logger.ts';

import { pngImage } from '../fakes/images.ts';
import { startProxy, startTlsFront } from '../fakes/proxy.ts';
import { trustCertificate } from '../fakes/tls-certificate.ts';
import { scenario } from './harness.ts';

test('requests to vendors, Discord and file hosts go through HTTP_PROXY', async () => {
  await using proxy = await startProxy((target) => Number(target.split(':')[1]));
  await scenario({ environment: { HTTP_PROXY: proxy.url } }, async (s) => {
    const first_frame = file('boat.png', pngImage({ width: 640, height: 360 }));
    const reply = s.video({ prompt: 'A paper boat drifts across a quiet bay', first_frame });
    await reply.until(({ media }) => media.length > 0);

    const at = (base: string): string[] =>
      proxy.forwarded.filter((url) => url.startsWith(base)).map((url) => url.slice(base.length));
    const atVendor = at(`http://${s.vendor.host}`);
    expect(at(s.discord.apiUrl)).toContain('/v10/gateway/bot');
    expect(at(s.discord.apiUrl).some((path) => /(@|%40)original$/.test(path))).toBe(true);
    expect(at(`http://${s.discord.cdnHost}`).some((path) => path.includes('boat.png'))).toBe(true);
    expect(atVendor).toContain('/api/v3/contents/generations/tasks');
    expect(atVendor.some((path) => path.includes('.mp4'))).toBe(true);
  });
});

test('the gateway connection goes through HTTPS_PROXY, and the bot is ready', async () => {
  using _trusted = trustCertificate();
  await using world = await startWorld({
    discord: { token: randomUUID(), gatewayUrl: 'wss://gateway.bot.example' },
  });
  await using front = await startTlsFront(Number(new URL(world.discord.apiUrl).port));
  await using proxy = await startProxy(() => front.port);
  const environment = { ...world.environment, HTTPS_PROXY: proxy.url };
  await using app = await createApp(readConfig(environment), { logger: createLogger('silent') });

  await app.start();
  await world.discord.botConnected();

  expect(proxy.tunnels).toEqual(['gateway.bot.example:443']);
});
