/** The bot as the container image runs it: bundled, in a separate folder. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { startBotProcess } from '#sandbox/bot-process.ts';
import { startWorld } from '#sandbox/world.ts';

import { build, ROOT } from '../../scripts/build.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

/** Each file that the start has to find, read and compile takes about a millisecond. */
const MAX_SCRIPTS = 60;

test('the built bot makes a video and draws a report, from few files without any TypeScript', async () => {
  // Below the checkout, where its packages are found.
  await using folder = await temporaryFolder(join(ROOT, 'dist-'));
  await build(folder.path);
  await using world = await startWorld({
    discord: { token: randomUUID() },
    vendor: { video: 'stored', renderMs: 5 },
  });
  const guild = world.discord.addGuild({ name: 'Film club' });
  const alice = guild.member('alice');
  const mia = guild.member('mia', { permissions: ['ManageGuild'] });
  const main = join(folder.path, 'src/main.js');
  const bot = startBotProcess(world.environment, world.folder, { main });
  try {
    await bot.ready();
    const reply = alice.runs('video', { prompt: 'A paper boat on a canal' });

    expect((await reply.until(({ media }) => media.length > 0)).media).toHaveLength(1);
    // A worker thread draws it, from its own file, with a native library and fonts.
    const report = mia.runs('quota report', { period: 'this_month' });
    expect((await report.until(({ media }) => media.length > 0)).media).toHaveLength(1);
    expect(await bot.stop('SIGTERM')).toBe(0);
  } finally {
    await bot.stop('SIGKILL');
  }
  const files = await readdir(folder.path, { recursive: true });
  expect(files.filter((name) => name.endsWith('.ts'))).toEqual([]);
  expect(files.filter((name) => name.endsWith('.js')).length).toBeLessThan(MAX_SCRIPTS);
  expect(bot.output()).not.toContain('ExperimentalWarning');
  const vendors = join(folder.path, 'src/operator/vendors.js');
  const { stdout } = await promisify(execFile)(process.execPath, [vendors], {
    cwd: world.folder,
    env: world.environment,
  });
  expect(stdout).toContain('byteplus');
});
