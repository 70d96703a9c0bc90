/** The disk space of members' files: never more than the server’s limit, and none once no job needs it. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { file } from '#sandbox/discord/discord.ts';
import { DAY, HOUR } from '#src/clock.ts';

import { scenario, until, type Scenario } from './harness.ts';
import { moderator, readReply } from './moderator.ts';
import { paddedPng } from './pictures.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const MEGABYTE = 1_000_000;

async function bytesOnDisk(s: Scenario): Promise<number> {
  const folders = ['inputs', 'videos'].map((name) => join(s.environment['DATA_DIR'] ?? '', name));
  const names = await Promise.all(
    folders.map(async (folder) => (await readdir(folder)).map((name) => join(folder, name))),
  );
  // One may be deleted between the two reads.
  const sizes = names.flat().map(async (name) =>
    stat(name).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Requests a video from a new picture, and cancels it. */
async function orderAndCancel(s: Scenario, picture: Buffer): Promise<void> {
  const reply = s.video({ prompt: PROMPT, first_frame: file('boat.png', picture) });
  const waiting = await reply.until(({ text }) => text.includes('in the queue'));
  s.alice.clicks(waiting, 'Cancel');
  await reply.until(({ text }) => text.includes('Cancelled'));
}

test('pictures of cancelled jobs stay within the storage limit, and are removed after a day', () =>
  scenario(
    { environment: { GUILD_STORAGE_MB: '20' }, vendor: { renderMs: 7 * DAY } },
    async (s) => {
      await readReply(moderator(s).runs('quota server', { at_once: 1 }));
      await s.video({ prompt: PROMPT }).until(({ text }) => text.includes('Rendering'));
      for (let count = 0; count < 8; count += 1) {
        await orderAndCancel(s, paddedPng(6 * MEGABYTE + count));
        expect(await bytesOnDisk(s)).toBeLessThanOrEqual(20 * MEGABYTE);
      }
      expect(await bytesOnDisk(s)).toBeGreaterThan(10 * MEGABYTE);

      s.clock.pass(DAY + 2 * HOUR);
      expect(
        await until(
          () => bytesOnDisk(s),
          (bytes) => bytes === 0,
        ),
      ).toBe(0);
    },
  ));

test('a server whose open videos fill its storage is told so before anything is fetched', () =>
  scenario(
    { environment: { GUILD_STORAGE_MB: '10' }, vendor: { renderMs: 7 * DAY } },
    async (s) => {
      const first_frame = file('boat.png', paddedPng(6 * MEGABYTE));
      await s
        .video({ prompt: PROMPT, first_frame })
        .until(({ text }) => text.includes('Rendering'));
      const other = file('ship.png', paddedPng(6 * MEGABYTE + 1));
      const before = s.discord.journal.length;
      const sentence = await s.video({ prompt: PROMPT, first_frame: other }, s.bob).refusal();

      expect(sentence).toContain('use all of its 10 MB');
      const fetched = s.discord.journal
        .slice(before)
        .filter((entry) => entry.kind === 'request' && entry.route.includes('attachments/'));
      expect(fetched).toEqual([]);
      const elsewhere = s.discord.addGuild({ name: 'Another club' }).member('carl');
      await s
        .video({ prompt: PROMPT, first_frame: other }, elsewhere)
        .until(({ text }) => text.includes('Rendering'));
    },
  ));
