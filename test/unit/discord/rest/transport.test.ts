/**
 * Two major versions of undici are loaded in one process: the bot’s, and the one that discord.js brings.
 * Both keep a process-wide dispatcher under the same name, and which one is there depends on the load
 * order. No code of the bot may use it.
 */
import { once } from 'node:events';
import { truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';

import { ComponentType, MessageFlags } from 'discord.js';
import { Agent } from 'undici';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';

import { startDiscord } from '#sandbox/discord/discord.ts';
import { systemClock } from '#src/clock.ts';
import { createClient, login } from '#src/discord/client.ts';
import type { MessageBody } from '#src/discord/messages/job-message.ts';
import { createMessenger } from '#src/discord/rest/messenger.ts';
import { createDiscordTransport } from '#src/discord/rest/transport.ts';
import { createLogger } from '#src/logger.ts';

import { temporaryFolder } from '../../../fakes/temporary-folder.ts';

/** undici 6 and Node use the first (lib/global.js), undici 8 the second, which it also sets as the first. */
const SHARED = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'].map((name) =>
  Symbol.for(name),
);
const NOBODY = {
  dispatch() {
    throw new Error('the process-wide dispatcher was asked');
  },
};
/** A file of zeros that takes no space on the disk. */
const LARGE_BYTES = 256 * 1024 * 1024;
const WITH_CLIP: MessageBody = {
  flags: MessageFlags.IsComponentsV2,
  components: [
    { type: ComponentType.MediaGallery, items: [{ media: { url: 'attachment://clip.mp4' } }] },
  ],
  allowed_mentions: { parse: [] },
};

let before: unknown[];
beforeEach(() => {
  before = SHARED.map((name) => Reflect.get(globalThis, name));
  for (const name of SHARED) Reflect.set(globalThis, name, NOBODY);
});
afterEach(() => {
  SHARED.forEach((name, index) => Reflect.set(globalThis, name, before[index]));
});

test('an upload needs no process-wide dispatcher', async () => {
  await using folder = await temporaryFolder();
  await using discord = await startDiscord();
  const channel = discord.addGuild({ name: 'Film club', channels: ['videos'] }).channel('videos');
  const path = join(folder.path, 'clip.mp4');
  await writeFile(path, Buffer.alloc(2000, 7));
  const messenger = createMessenger({
    apiUrl: discord.apiUrl,
    token: discord.token,
    applicationId: () => discord.applicationId,
    userId: () => discord.applicationId,
    clock: systemClock,
    logger: createLogger('silent'),
  });

  const file = { path, fileName: 'clip.mp4', bytes: 2000, guildId: '100' };
  await messenger.create(channel.id, WITH_CLIP, { nonce: 'a', file });

  expect(channel.messages[0]?.media[0]?.bytes()).toEqual(Buffer.alloc(2000, 7));
});

test('an upload is never held in memory as a whole', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'clip.mp4');
  await writeFile(path, '');
  await truncate(path, LARGE_BYTES);
  const before = process.memoryUsage().arrayBuffers;
  let [received, mostInMemory] = [0, 0];
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      mostInMemory = Math.max(mostInMemory, process.memoryUsage().arrayBuffers - before);
    });
    request.on('end', () => {
      response.setHeader('content-type', 'application/json').end('{"id":"1"}');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = z.object({ port: z.int() }).parse(server.address());
  const messenger = createMessenger({
    apiUrl: `http://127.0.0.1:${port}`,
    token: 'token',
    applicationId: () => '1',
    userId: () => '1',
    clock: systemClock,
    logger: createLogger('silent'),
  });

  const file = { path, fileName: 'clip.mp4', bytes: LARGE_BYTES, guildId: '100' };
  await messenger.create('200', WITH_CLIP, { nonce: 'a', file });

  server.close();
  expect(received).toBeGreaterThan(LARGE_BYTES);
  expect(mostInMemory).toBeLessThan(LARGE_BYTES / 2);
});

test('the library’s own client needs no process-wide dispatcher', async () => {
  await using discord = await startDiscord();
  const client = createClient(discord.apiUrl, createLogger('silent'));
  const { application } = await login(client, discord);

  await expect(application.commands.set([])).resolves.toHaveProperty('size', 0);

  await client.destroy();
});

test('a body of another kind is refused, not converted', async () => {
  const transport = createDiscordTransport(new Agent());

  await expect(
    transport('http://127.0.0.1:9/', { method: 'POST', body: new Uint8Array(3) }),
  ).rejects.toThrow('neither text nor a form');
});
