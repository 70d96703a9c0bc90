/** Files, rows and uses on both databases: no needed file is lost, and none is kept for ever. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { DAY, HOUR } from '#src/clock.ts';
import { UserError } from '#src/errors.ts';
import { storageFigures } from '#src/media/files/storage-figures.ts';

import { databaseKinds } from '../databases/database.ts';
import { FilesSetup, RETENTION_MS } from '../fakes/files-setup.ts';

/** More steps than anything here takes. */
const MOST_STEPS = 40;

describe.each(databaseKinds())('stored files on %s', (kind) => {
  test('the same content is stored once, for as long as one of its jobs needs it', async () => {
    await using setup = await FilesSetup.open({ kind });
    const first = await setup.keep('one', 'a boat');
    const second = await setup.keep('two', 'a boat');
    expect(second).toBe(first);
    await setup.accept('one', [first]);
    await setup.accept('two', [second]);

    await setup.end('one');
    await setup.clock.advance(2 * DAY);
    await setup.sweep();
    expect(await setup.files.list()).toEqual([first]);

    await setup.end('two');
    await setup.clock.advance(2 * DAY);
    await setup.sweep();
    expect([await setup.files.list(), await setup.rows(), await setup.uses()]).toEqual([
      [],
      [],
      [],
    ]);
  });

  test('a delivered video keeps its files for the retention time, and a failed one for a day', async () => {
    await using setup = await FilesSetup.open({ kind });
    for (const jobId of ['delivered', 'failed']) {
      await setup.accept(jobId, [await setup.keep(jobId, `of ${jobId}`)]);
      await setup.end(jobId, { isDelivered: jobId === 'delivered' });
    }
    const left = async () => (await setup.files.list()).map((name) => name.split(/[/-]/)[1] ?? '');

    await setup.clock.advance(DAY - HOUR);
    await setup.sweep();
    expect((await left()).toSorted()).toEqual(['delivered', 'failed']);
    await setup.clock.advance(2 * HOUR);
    await setup.sweep();
    expect(await left()).toEqual(['delivered']);
    await setup.clock.advance(RETENTION_MS);
    await setup.sweep();
    expect(await left()).toEqual([]);
  });

  test('files reserved for a refused request are deleted at once', async () => {
    await using setup = await FilesSetup.open({ kind });
    await setup.keep('refused', 'a boat');
    await setup.storedFiles.release('refused');

    expect([await setup.files.list(), await setup.rows(), await setup.uses()]).toEqual([
      [],
      [],
      [],
    ]);
  });

  test('a release keeps the files that the job has by now, and those that others share', async () => {
    await using setup = await FilesSetup.open({ kind });
    const name = await setup.keep('accepted', 'a boat');
    await setup.accept('accepted', [name]);
    await setup.keep('refused', 'a boat');
    await setup.storedFiles.release('accepted');
    await setup.storedFiles.release('refused');

    expect(await setup.files.list()).toEqual([name]);
    expect(await setup.uses()).toMatchObject([{ job_id: 'accepted', reserved_until: null }]);
  });

  test('a file that a job stores once more is reserved again', async () => {
    await using setup = await FilesSetup.open({ kind });
    await setup.keep('one', 'a boat');
    await setup.clock.advance(2 * HOUR);
    const name = await setup.keep('one', 'a boat');
    await setup.sweep();

    expect(await setup.files.list()).toEqual([name]);
    expect(await setup.accept('one', [name])).toBe(true);
    await setup.keep('one', 'a boat');
    await setup.clock.advance(2 * HOUR);
    await setup.sweep();
    expect(await setup.files.list()).toEqual([name]);
  });

  test('an expired reservation cannot be used', async () => {
    await using setup = await FilesSetup.open({ kind });
    const name = await setup.keep('slow', 'a boat');
    await setup.clock.advance(2 * HOUR);
    await setup.sweep();

    expect(await setup.accept('slow', [name])).toBe(false);
    expect(await setup.files.list()).toEqual([]);
  });

  describe('a crash at any step', () => {
    test.each(Array.from({ length: MOST_STEPS }, (_, step) => step))(
      'a crash while storing leaves nothing in the long run (step %i)',
      async (step) => {
        await using setup = await FilesSetup.open({ kind });
        await setup.dyingAfter(step, async () => setup.keep('job', 'a boat'));
        const believed = (await setup.rows()).filter(({ stored_at }) => stored_at !== null);
        for (const { name } of believed) expect(await setup.files.stat(name)).toBeDefined();
        await setup.clock.advance(2 * HOUR);
        await setup.sweep();

        expect([await setup.files.list(), await setup.rows()]).toEqual([[], []]);
        const again = await setup.keep('again', 'a boat');
        expect(await setup.files.list()).toEqual([again]);
      },
    );

    test.each(Array.from({ length: MOST_STEPS }, (_, step) => step))(
      'a crash while deleting leaves neither the file nor its row, and takes it from no other job (step %i)',
      async (step) => {
        await using setup = await FilesSetup.open({ kind });
        await setup.accept('ended', [await setup.keep('ended', 'a boat')]);
        await setup.end('ended');
        await setup.clock.advance(2 * DAY);
        await setup.dyingAfter(step, async () => setup.sweep());
        const name = await setup.keep('next', 'a boat');
        await setup.accept('next', [name]);
        await setup.sweep();

        expect(await setup.files.list()).toEqual([name]);
        expect(await setup.rows()).toMatchObject([{ name, deleting_at: null }]);
      },
    );

    test.each(Array.from({ length: MOST_STEPS }, (_, step) => step))(
      'a crash while refusing leaves nothing in the long run (step %i)',
      async (step) => {
        await using setup = await FilesSetup.open({ kind });
        await setup.keep('refused', 'a boat');
        await setup.dyingAfter(step, async () => setup.storedFiles.release('refused'));
        await setup.clock.advance(2 * HOUR);
        await setup.sweep();

        expect([await setup.files.list(), await setup.rows(), await setup.uses()]).toEqual([
          [],
          [],
          [],
        ]);
      },
    );
  });

  describe('files without a row', () => {
    const lie = async (setup: FilesSetup, name: string, ageMs: number): Promise<void> => {
      await writeFile(join(setup.folder, name), 'of an earlier version');
      await setup.age(name, ageMs);
    };

    test('files without a row are adopted for a known job, and deleted with it', async () => {
      await using setup = await FilesSetup.open({ kind });
      const endedAtMs = setup.clock.now() - DAY / 2;
      setup.jobs.set('open', { guildId: 'guild', endedAtMs: undefined, isDelivered: false });
      setup.jobs.set('failed', { guildId: 'guild', endedAtMs, isDelivered: false });
      setup.jobs.set('shown', { guildId: 'guild', endedAtMs, isDelivered: true });
      const names = [
        'inputs/open-1-first_frame',
        'inputs/failed-1-first_frame',
        'videos/shown.mp4',
      ];
      for (const name of names) await lie(setup, name, 20 * DAY);
      await setup.sweep();
      expect((await setup.files.list()).toSorted()).toEqual(names.toSorted());

      await setup.clock.advance(DAY);
      await setup.sweep();
      expect((await setup.files.list()).toSorted()).toEqual([
        'inputs/open-1-first_frame',
        'videos/shown.mp4',
      ]);
      await setup.end('open');
      await setup.clock.advance(RETENTION_MS);
      await setup.sweep();
      expect([await setup.files.list(), await setup.rows()]).toEqual([[], []]);
    });

    test('files without a row and job are deleted, but not while they may still be written', async () => {
      await using setup = await FilesSetup.open({ kind });
      await lie(setup, 'videos/nobody.mp4', 2 * HOUR);
      await lie(setup, 'videos/left.mp4.part', 2 * HOUR);
      await lie(setup, 'videos/coming.mp4.part', HOUR / 2);
      await lie(setup, 'videos/new.mp4', HOUR / 2);
      await setup.sweep();

      expect((await setup.files.list()).toSorted()).toEqual([
        'videos/coming.mp4.part',
        'videos/new.mp4',
      ]);
    });
  });

  test('a file that someone else deleted is no longer considered stored', async () => {
    await using setup = await FilesSetup.open({ kind });
    const name = await setup.keep('one', 'a boat');
    await setup.accept('one', [name]);
    await rm(setup.files.path(name));

    const again = await setup.keep('two', 'a boat');
    expect(again).not.toBe(name);
    expect(await setup.files.list()).toEqual([again]);
    await setup.end('one');
    await setup.clock.advance(2 * DAY);
    await setup.sweep();
    expect(await setup.rows()).toEqual([]);
  });

  test('a job that ended without an announcement is noticed', async () => {
    await using setup = await FilesSetup.open({ kind });
    await setup.accept('job', [await setup.keep('job', 'a boat')]);
    const endedAtMs = setup.clock.now();
    setup.jobs.set('job', { guildId: 'guild', endedAtMs, isDelivered: true });
    await setup.clock.advance(2 * DAY);
    await setup.sweep();

    expect(await setup.uses()).toMatchObject([{ ended_at: endedAtMs, is_delivered: 1 }]);
  });

  test('metrics show the space of the largest servers, by rank, and of all files', async () => {
    await using setup = await FilesSetup.open({ kind });
    for (let guild = 1; guild <= 12; guild += 1) {
      const content = Buffer.alloc(guild * 10, guild);
      await setup.keep(`job${guild}`, content, `guild${guild}`);
      await setup.keep(`again${guild}`, content, `guild${guild}`);
    }

    expect(await storageFigures(setup.database)).toEqual({
      total: 780,
      largest: [120, 110, 100, 90, 80, 70, 60, 50, 40, 30],
      others: 30,
    });
  });

  describe('a server at its storage limit', () => {
    const boat = (letter: string): Buffer => Buffer.alloc(100, letter);

    test('a server at its limit loses the oldest files of its ended jobs, and no other server’s', async () => {
      await using setup = await FilesSetup.open({ kind, guildBytes: 250 });
      const other = await setup.keep('other', boat('o'), 'elsewhere');
      await setup.accept('other', [other], 'elsewhere');
      await setup.end('other');
      const names = [];
      for (const letter of ['a', 'b', 'c', 'd']) {
        await setup.clock.advance(1000);
        const name = await setup.keep(letter, boat(letter));
        await setup.accept(letter, [name]);
        await setup.end(letter, { isDelivered: true });
        names.push(name);
      }

      expect((await setup.files.list()).toSorted()).toEqual([other, ...names.slice(2)].toSorted());
    });

    test('a server at its limit with only open jobs refuses before anything is fetched', async () => {
      await using setup = await FilesSetup.open({ kind, guildBytes: 250 });
      for (const letter of ['a', 'b']) {
        await setup.accept(letter, [await setup.keep(letter, boat(letter))]);
      }

      await expect(setup.storedFiles.checkRoom('guild', 51)).rejects.toThrow(UserError);
      await expect(setup.storedFiles.checkRoom('guild', 50)).resolves.toBeUndefined();
      await expect(setup.keep('c', boat('c'))).rejects.toThrow('videos being made in this server');
      await setup.storedFiles.release('c');
      expect(await setup.files.list()).toHaveLength(2);
      await expect(setup.storedFiles.checkRoom('elsewhere', 250)).resolves.toBeUndefined();
    });

    test('concurrent requests do not exceed the storage limit of a server', async () => {
      await using setup = await FilesSetup.open({ kind, guildBytes: 250 });
      const orders = ['a', 'b', 'c', 'd', 'e'].map(async (letter) =>
        setup.keep(letter, boat(letter)),
      );
      const kept = (await Promise.allSettled(orders)).filter(
        ({ status }) => status === 'fulfilled',
      );

      expect(kept.length).toBeLessThanOrEqual(2);
      expect((await setup.files.list()).length).toBeLessThanOrEqual(2);
    });

    test('a server at its limit still stores a video that was paid', async () => {
      await using setup = await FilesSetup.open({ kind, guildBytes: 150 });
      await setup.accept('a', [await setup.keep('a', boat('a'))]);
      const video = { jobId: 'a', guildId: 'guild', folder: 'videos', isRefusable: false } as const;
      const { name } = await setup.storedFiles.keep(video, async (path) =>
        writeFile(path, boat('v')),
      );

      expect(await setup.files.list()).toContain(name);
    });
  });
});
