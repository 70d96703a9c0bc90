/** Automatic cleanup: files past their retention, and expired secrets. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { file } from '#sandbox/discord/discord.ts';
import { DAY, HOUR } from '#src/clock.ts';

import { pngImage } from '../fakes/images.ts';
import { scenario, until, type Scenario } from './harness.ts';

async function storedFiles(s: Scenario): Promise<string[]> {
  const folders = ['inputs', 'videos'].map((name) => join(s.environment['DATA_DIR'] ?? '', name));
  return (await Promise.all(folders.map((folder) => readdir(folder)))).flat();
}

test.concurrent('pictures and videos are kept for the configured time, and then removed', () =>
  scenario({ environment: { RETENTION_DAYS: '10' } }, async (s) => {
    s.video({ prompt: 'A boat to be forgotten', first_frame: file('boat.png', pngImage()) });
    await s.job('delivered');
    s.clock.pass(9 * DAY);
    s.clock.pass(HOUR);
    // The picture, the video and its last frame.
    expect(await storedFiles(s)).toHaveLength(3);

    s.clock.pass(DAY);
    await until(
      () => storedFiles(s),
      (files) => files.length === 0,
    );
    // Logged when the last of them is gone.
    await until(
      () => s.lines.map(({ msg }) => msg),
      (said) => said.includes('removed files past their retention'),
    );
  }));

test.concurrent('the picture of an open job is kept', () =>
  scenario({ environment: { RETENTION_DAYS: '1' } }, async (s) => {
    const picture = (width: number) => file('boat.png', pngImage({ width, height: 480 }));
    s.video({ prompt: 'A boat that comes home', first_frame: picture(640) }, s.bob);
    await s.job('delivered');
    s.vendor.setRenderMs(90 * DAY);
    s.video({ prompt: 'A boat that takes its time', first_frame: picture(800) });
    await until(s.ledgers.jobs, (jobs) => jobs[1]?.state === 'running');
    // Less than the two days after which the vendor itself gives up.
    s.clock.pass(26 * HOUR);

    const [, running] = await s.ledgers.jobs();
    const left = await until(
      () => storedFiles(s),
      (files) => files.length <= 1,
    );
    expect(left).toEqual([expect.stringContaining(running?.id ?? '?')]);
  }));

test.concurrent('the token of an interaction is removed from the database once it has expired', () =>
  scenario({}, async (s) => {
    s.video({ prompt: 'A boat whose key is thrown away' });
    await s.job('delivered');
    const tokens = async (): Promise<Array<string | null>> => {
      const claims = await s.ledgers.database.selectFrom('claims').select('token').execute();
      return claims.map(({ token }) => token);
    };
    expect(await tokens()).toEqual([expect.any(String)]);
    s.clock.pass(2 * HOUR);

    expect(await until(tokens, ([token]) => token === null)).toEqual([null]);
  }));
