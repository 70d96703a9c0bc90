/**
 * A full disk: finished videos wait, new requests are refused with an explanation, the operator is told, and
 * nothing is lost.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from 'vitest';

import { file } from '#sandbox/discord/discord.ts';
import { noisyClip } from '#sandbox/noisy-clip.ts';
import { HOUR, MINUTE, SECOND } from '#src/clock.ts';

import { pngImage } from '../fakes/images.ts';
import { LEVELS } from './bot-log.ts';
import { hasFfmpeg } from './clips.ts';
import { scenario, until, type Scenario, type ScenarioOptions } from './harness.ts';
import { DELIVERED, outcomeOf } from './outcome.ts';
import { canMount, MEBIBYTE, smallDisk, type SmallDisk } from './small-disk.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const SOME_ROOM = 8 * MEBIBYTE;

/** The bot with its files on a disk of 80 MiB. */
async function onSmallDisk(
  options: ScenarioOptions,
  play: (s: Scenario, disk: SmallDisk) => Promise<void>,
): Promise<void> {
  await using disk = await smallDisk();
  const environment = { DATA_DIR: disk.path, ...options.environment };
  await scenario({ ...options, environment }, async (s) => play(s, disk));
}

function errorMessages(s: Scenario): string[] {
  const loud = s.lines.filter(({ level }) => level >= LEVELS.error);
  return loud.map(({ msg }) => msg);
}

async function storedFiles(disk: SmallDisk): Promise<string[]> {
  const folders = ['inputs', 'videos'];
  const names = await Promise.all(folders.map(async (name) => readdir(join(disk.path, name))));
  return names.flat();
}

const mountable = await canMount();

describe.skipIf(!mountable).concurrent('a full disk', () => {
  test.each([
    ['only the reserve is left', SOME_ROOM],
    ['nothing is left', 0],
  ])(
    'a finished video waits while %s, is reported once, and is delivered when there is space',
    (_, left) =>
      onSmallDisk({}, async (s, disk) => {
        await disk.fill(left);
        const reply = s.video({ prompt: PROMPT });
        await s.job('succeeded');
        await until(
          () => {
            s.clock.pass(SECOND);
            return s.lines.filter(({ msg }) => msg.includes('step failed')).length;
          },
          (failures) => failures > 3,
        );
        expect(reply.message?.text).toContain('Rendered');
        expect(errorMessages(s)).toEqual([expect.stringContaining('free space for DATA_DIR')]);
        expect(await storedFiles(disk)).toEqual([]);
        // Each download counts towards the link’s hundred.
        expect(s.vendor.tasks[0]?.downloads).toBe(0);

        await disk.free();
        await until(
          async () => {
            s.clock.pass(MINUTE);
            return s.ledgers.jobs();
          },
          ([job]) => job?.state === 'delivered',
        );
        expect(await outcomeOf(s)).toMatchObject(DELIVERED);
      }),
  );

  test('a waiting video is refunded when its link expires first', () =>
    onSmallDisk({}, async (s, disk) => {
      await disk.fill(SOME_ROOM);
      const reply = s.video({ prompt: PROMPT });
      await s.job('succeeded');
      s.clock.pass(25 * HOUR);
      await until(s.ledgers.jobs, ([job]) => job?.state === 'expired');
      // The interaction’s token has expired too.
      const told = await s.guild.channel().until(({ text }) => text.includes('No video'));

      expect(told.id).toBe(reply.message?.id);
      expect(told.text).toContain('Nothing was charged');
      expect(await s.ledgers.serverBalance()).toBe(0);
      expect(await s.ledgers.vendorLedger()).toMatchObject([{ state: 'billed' }]);
    }));

  test.each([
    ['only the reserve is left', SOME_ROOM],
    ['nothing is left', 0],
  ])('a picture is refused with an explanation while %s, and is not kept', (_, left) =>
    onSmallDisk({}, async (s, disk) => {
      await disk.fill(left);
      const picture = file('boat.png', pngImage({ width: 640, height: 480 }));
      const sentence = await s.video({ prompt: PROMPT, first_frame: picture }).refusal();

      expect(sentence).toContain('has no space for the first frame');
      expect(sentence).toMatch(/try again later/i);
      expect(await s.ledgers.jobs()).toEqual([]);
      expect(await s.ledgers.ledger()).toEqual([]);
      expect(s.creates()).toEqual([]);
      expect(await storedFiles(disk)).toEqual([]);
      expect(errorMessages(s)).toEqual([expect.stringContaining('free space for DATA_DIR')]);
    }),
  );

  test('a database without space refuses, spends nothing, and works again when there is some', () =>
    onDatabaseDisk(async (s, disk) => {
      await s.alice.runs('credits').refusal();
      await disk.fill(0);
      const sentence = await s.video({ prompt: PROMPT }).refusal();
      expect(sentence).toContain('Nothing was charged');
      expect(s.creates()).toEqual([]);

      await disk.free();
      await s.video({ prompt: PROMPT }, s.bob).until(({ media }) => media.length > 0);
      await until(s.ledgers.jobs, (jobs) => jobs.every(({ state }) => state === 'delivered'));
      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
    }));
});

/** The bot with only its database on a disk of 80 MiB. */
async function onDatabaseDisk(play: (s: Scenario, disk: SmallDisk) => Promise<void>) {
  await using disk = await smallDisk();
  const environment = { DATABASE_URL: `sqlite:${join(disk.path, 'bot.db')}` };
  await scenario({ environment }, async (s) => play(s, disk));
}

describe.skipIf(!mountable || !hasFfmpeg)('a full disk with ffmpeg', () => {
  let large: Buffer;
  beforeAll(() => {
    large = noisyClip({ megabytes: 4 });
  }, 60 * SECOND);

  test('a video that cannot be re-encoded comes as a link', () =>
    onSmallDisk({ discord: { attachmentSizeLimitBytes: 2 * MEBIBYTE } }, async (s, disk) => {
      s.vendor.setVideo(large);
      // Above the reserve until the video is there: only the encoding finds no space.
      await disk.fill(33 * MEBIBYTE);
      s.vendor.inject({ on: 'video', kind: 'slow', ms: 2_000 });
      const reply = s.video({ prompt: PROMPT });
      // Requested only after there was enough space.
      await until(
        () => s.vendor.journal.some(({ route, fault }) => route === 'video' && fault === 'slow'),
        Boolean,
      );
      await disk.fill(large.length + 256 * 1024);
      const done = await reply.until(({ text }) => text.includes('Download'));

      expect((await s.job('delivered')).deliveredAs).toBe('link');
      expect(done.text).toContain('too large to upload here');
      expect(s.lines.map(({ msg }) => msg)).toContainEqual(
        expect.stringContaining('not re-encoded'),
      );
      expect((await storedFiles(disk)).filter((name) => name.endsWith('.part'))).toEqual([]);
    }));
});
