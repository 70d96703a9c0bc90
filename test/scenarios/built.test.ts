/** The bot as the container image runs it: plain JavaScript, from a folder of its own. */
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { startBotProcess } from '#sandbox/bot-process.ts';
import { startWorld } from '#sandbox/world.ts';

import { build, ROOT } from '../../scripts/build.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

test('the built bot makes a video, and none of its files is TypeScript', async () => {
  // Below the checkout, where its packages are found.
  await using folder = await temporaryFolder(join(ROOT, 'dist-'));
  await build(folder.path);
  await using world = await startWorld({
    discord: { token: randomUUID() },
    vendor: { video: 'stored', renderMs: 5 },
  });
  const alice = world.discord.addGuild({ name: 'Film club' }).member('alice');
  const main = join(folder.path, 'src/main.js');
  const bot = startBotProcess(world.environment, world.folder, { main });
  try {
    await bot.ready();
    const reply = alice.runs('video', { prompt: 'A paper boat on a canal' });

    expect((await reply.until(({ media }) => media.length > 0)).media).toHaveLength(1);
    expect(await bot.stop('SIGTERM')).toBe(0);
  } finally {
    await bot.stop('SIGKILL');
  }
  const files = await readdir(folder.path, { recursive: true });
  expect(files.filter((name) => name.endsWith('.ts'))).toEqual([]);
  expect(bot.output()).not.toContain('ExperimentalWarning');
});
