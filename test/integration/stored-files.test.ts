/** Files, rows and uses on both databases: no needed file is lost, and none is kept for ever. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { DAY, HOUR } from '#src/clock.ts';
import { UserError } from '#src/errors.ts';
import { storageFigures } from '#src/media/files/storage-figures.ts';

import { databaseKinds } from '../databases/database.ts';
import { FileRoom, RETENTION_MS } from '../fakes/files-setup.ts';

/** More steps than anything here takes. */
const MOST_STEPS = 40;

describe.each(databaseKinds())('stored files on %s', (kind) => {
  test('the same content is stored once, for as long as one of its jobs needs it', async () => {
    await using room = await FileRoom.open({ kind });
    const first = await room.keep('one', 'a boat');
    const second = await room.keep('two', 'a boat');
    expect(second).toBe(first);
    await room.accept('one', [first]);
    await room.accept('two', [second]);

    await room.end('one');
    await room.clock.advance(2 * DAY);
    await room.sweep();
    expect(await room.files.list()).toEqual([first]);

    await room.end('two');
    await room.clock.advance(2 * DAY);
    await room.sweep();
    expect([await room.files.list(), await room.rows(), await room.uses()]).toEqual([[], [], []]);
  });

  test('a delivered video keeps its files for the retention time, and a failed one for a day', async () => {
    await using room = await FileRoom.open({ kind });
    for (const jobId of ['delivered', 'failed']) {
      await room.accept(jobId, [await room.keep(jobId, `of ${jobId}`)]);
      await room.end(jobId, { isDelivered: jobId === 'delivered' });
    }
    const left = async () => (await room.files.list()).map((name) => name.split(/[/-]/)[1] ?? '');

    await room.clock.advance(DAY - HOUR);
    await room.sweep();
    expect((await left()).toSorted()).toEqual(['delivered', 'failed']);
    await room.clock.advance(2 * HOUR);
    await room.sweep();
    expect(await left()).toEqual(['delivered']);
    await room.clock.advance(RETENTION_MS);
    await room.sweep();
    expect(await left()).toEqual([]);
  });

  test('files reserved for a refused request are deleted at once', async () => {
    await using room = await FileRoom.open({ kind });
    await room.keep('refused', 'a boat');
    await room.storedFiles.release('refused');

    expect([await room.files.list(), await room.rows(), await room.uses()]).toEqual([[], [], []]);
  });

  test('a release keeps the files that the job has by now, and those that others share', async () => {
    await using room = await FileRoom.open({ kind });
    const name = await room.keep('accepted', 'a boat');
    await room.accept('accepted', [name]);
    await room.keep('refused', 'a boat');
    await room.storedFiles.release('accepted');
    await room.storedFiles.release('refused');

    expect(await room.files.list()).toEqual([name]);
    expect(await room.uses()).toMatchObject([{ job_id: 'accepted', reserved_until: null }]);
  });

  test('a file that a job stores once more is reserved again', async () => {
    await using room = await FileRoom.open({ kind });
    await room.keep('one', 'a boat');
    await room.clock.advance(2 * HOUR);
    const name = await room.keep('one', 'a boat');
    await room.sweep();

    expect(await room.files.list()).toEqual([name]);
    expect(await room.accept('one', [name])).toBe(true);
    await room.keep('one', 'a boat');
    await room.clock.advance(2 * HOUR);
    await room.sweep();
    expect(await room.files.list()).toEqual([name]);
  });

  test('an expired reservation cannot be used', async () => {
    await using room = await FileRoom.open({ kind });
    const name = await room.keep('slow', 'a boat');
    await room.clock.advance(2 * HOUR);
    await room.sweep();

    expect(await room.accept('slow', [name])).toBe(false);
    expect(await room.files.list()).toEqual([]);
  });

  describe('a crash at any step', () => {
    test.each(Array.from({ length: MOST_STEPS }, (_, step) => step))(
      'a crash while storing leaves nothing in the long run (step %i)',
      async (step) => {
        await using room = await FileRoom.open({ kind });
        await room.dyingAfter(step, async () => room.keep('job', 'a boat'));
        const believed = (await room.rows()).filter(({ stored_at }) => stored_at !== null);
        for (const { name } of believed) expect(await room.files.stat(name)).toBeDefined();
        await room.clock.advance(2 * HOUR);
        await room.sweep();

        expect([await room.files.list(), await room.rows()]).toEqual([[], []]);
        const again = await room.keep('again', 'a boat');
        expect(await room.files.list()).toEqual([again]);
      },
    );

    test.each(Array.from({ length: MOST_STEPS }, (_, step) => step))(
      'a crash while deleting leaves neither the file nor its row, and takes it from no other job (step %i)',
      async (step) => {
        await using room = await FileRoom.open({ kind });
        await room.accept('ended', [await room.keep('ended', 'a boat')]);
        await room.end('ended');
        await room.clock.advance(2 * DAY);
        await room.dyingAfter(step, async () => room.sweep());
        const name = await room.keep('next', 'a boat');
        await room.accept('next', [name]);
        await room.sweep();

        expect(await room.files.list()).toEqual([name]);
        expect(await room.rows()).toMatchObject([{ name, deleting_at: null }]);
      },
    );

    test.each(Array.from({ length: MOST_STEPS }, (_, step) => step))(
      'a crash while refusing leaves nothing in the long run (step %i)',
      async (step) => {
        await using room = await FileRoom.open({ kind });
        await room.keep('refused', 'a boat');
        await room.dyingAfter(step, async () => room.storedFiles.release('refused'));
        await room.clock.advance(2 * HOUR);
        await room.sweep();

        expect([await room.files.list(), await room.rows(), await room.uses()]).toEqual([
          [],
          [],
          [],
        ]);
      },
    );
  });

  describe('files without a row', () => {
    const lie = async (room: FileRoom, name: string, ageMs: number): Promise<void> => {
      await writeFile(join(room.folder, name), 'of an earlier version');
      await room.age(name, ageMs);
    };

    test('files without a row are adopted for a known job, and deleted with it', async () => {
      await using room = await FileRoom.open({ kind });
      const endedAtMs = room.clock.now() - DAY / 2;
      room.jobs.set('open', { guildId: 'guild', endedAtMs: undefined, isDelivered: false });
      room.jobs.set('failed', { guildId: 'guild', endedAtMs, isDelivered: false });
      room.jobs.set('shown', { guildId: 'guild', endedAtMs, isDelivered: true });
      const names = [
        'inputs/open-1-first_frame',
        'inputs/failed-1-first_frame',
        'videos/shown.mp4',
      ];
      for (const name of names) await lie(room, name, 20 * DAY);
      await room.sweep();
      expect((await room.files.list()).toSorted()).toEqual(names.toSorted());

      await room.clock.advance(DAY);
      await room.sweep();
      expect((await room.files.list()).toSorted()).toEqual([
        'inputs/open-1-first_frame',
        'videos/shown.mp4',
      ]);
      await room.end('open');
      await room.clock.advance(RETENTION_MS);
      await room.sweep();
      expect([await room.files.list(), await room.rows()]).toEqual([[], []]);
    });

    test('files without a row and job are deleted, but not while they may still be written', async () => {
      await using room = await FileRoom.open({ kind });
      await lie(room, 'videos/nobody.mp4', 2 * HOUR);
      await lie(room, 'videos/left.mp4.part', 2 * HOUR);
      await lie(room, 'videos/coming.mp4.part', HOUR / 2);
      await lie(room, 'videos/new.mp4', HOUR / 2);
      await room.sweep();

      expect((await room.files.list()).toSorted()).toEqual([
        'videos/coming.mp4.part',
        'videos/new.mp4',
      ]);
    });
  });

  test('a file that someone else deleted is no longer considered stored', async () => {
    await using room = await FileRoom.open({ kind });
    const name = await room.keep('one', 'a boat');
    await room.accept('one', [name]);
    await rm(room.files.path(name));

    const again = await room.keep('two', 'a boat');
    expect(again).not.toBe(name);
    expect(await room.files.list()).toEqual([again]);
    await room.end('one');
    await room.clock.advance(2 * DAY);
    await room.sweep();
    expect(await room.rows()).toEqual([]);
  });

  test('a job that ended without an announcement is noticed', async () => {
    await using room = await FileRoom.open({ kind });
    await room.accept('job', [await room.keep('job', 'a boat')]);
    const endedAtMs = room.clock.now();
    room.jobs.set('job', { guildId: 'guild', endedAtMs, isDelivered: true });
    await room.clock.advance(2 * DAY);
    await room.sweep();

    expect(await room.uses()).toMatchObject([{ ended_at: endedAtMs, is_delivered: 1 }]);
  });

  test('metrics show the space of the largest servers, by rank, and of all files', async () => {
    await using room = await FileRoom.open({ kind });
    for (let guild = 1; guild <= 12; guild += 1) {
      const content = Buffer.alloc(guild * 10, guild);
      await room.keep(`job${guild}`, content, `guild${guild}`);
      await room.keep(`again${guild}`, content, `guild${guild}`);
    }

    expect(await storageFigures(room.database)).toEqual({
      total: 780,
      largest: [120, 110, 100, 90, 80, 70, 60, 50, 40, 30],
      others: 30,
    });
  });

  describe('a server at its storage limit', () => {
    const boat = (letter: string): Buffer => Buffer.alloc(100, letter);

    test('a server at its limit loses the oldest files of its ended jobs, and no other server’s', async () => {
      await using room = await FileRoom.open({ kind, guildBytes: 250 });
      const other = await room.keep('other', boat('o'), 'elsewhere');
      await room.accept('other', [other], 'elsewhere');
      await room.end('other');
      const names = [];
      for (const letter of ['a', 'b', 'c', 'd']) {
        await room.clock.advance(1000);
        const name = await room.keep(letter, boat(letter));
        await room.accept(letter, [name]);
        await room.end(letter, { isDelivered: true });
        names.push(name);
      }

      expect((await room.files.list()).toSorted()).toEqual([other, ...names.slice(2)].toSorted());
    });

    test('a server at its limit with only open jobs refuses before anything is fetched', async () => {
      await using room = await FileRoom.open({ kind, guildBytes: 250 });
      for (const letter of ['a', 'b']) {
        await room.accept(letter, [await room.keep(letter, boat(letter))]);
      }

      await expect(room.storedFiles.checkRoom('guild', 51)).rejects.toThrow(UserError);
      await expect(room.storedFiles.checkRoom('guild', 50)).resolves.toBeUndefined();
      await expect(room.keep('c', boat('c'))).rejects.toThrow('videos being made in this server');
      await room.storedFiles.release('c');
      expect(await room.files.list()).toHaveLength(2);
      await expect(room.storedFiles.checkRoom('elsewhere', 250)).resolves.toBeUndefined();
    });

    test('concurrent requests do not exceed the storage limit of a server', async () => {
      await using room = await FileRoom.open({ kind, guildBytes: 250 });
      const orders = ['a', 'b', 'c', 'd', 'e'].map(async (letter) =>
        room.keep(letter, boat(letter)),
      );
      const kept = (await Promise.allSettled(orders)).filter(
        ({ status }) => status === 'fulfilled',
      );

      expect(kept.length).toBeLessThanOrEqual(2);
      expect((await room.files.list()).length).toBeLessThanOrEqual(2);
    });

    test('a server at its limit still stores a video that was paid', async () => {
      await using room = await FileRoom.open({ kind, guildBytes: 150 });
      await room.accept('a', [await room.keep('a', boat('a'))]);
      const video = { jobId: 'a', guildId: 'guild', folder: 'videos', isRefusable: false } as const;
      const { name } = await room.storedFiles.keep(video, async (path) =>
        writeFile(path, boat('v')),
      );

      expect(await room.files.list()).toContain(name);
    });
  });
});
