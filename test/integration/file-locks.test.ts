/** On Postgres, transactions that drop file uses wait for each other without deadlocks. */
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';

import { markMissing } from '#src/media/files/file-rows.ts';
import { dropUses } from '#src/media/files/file-uses.ts';
import type { Database } from '#src/storage/database.ts';

import { postgresUrl } from '../databases/postgres.ts';
import { FilesSetup } from '../fakes/files-setup.ts';
import { untilTrue } from '../fakes/until.ts';

/** Waits until so many connections to the database wait for a lock. */
async function untilWaiting(database: Database, wanted: number): Promise<void> {
  await untilTrue(async () => {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'
    `.execute(database);
    return rows[0]?.count === wanted;
  });
}

describe.runIf(postgresUrl() !== undefined)('dropped file uses', () => {
  test('a file is found missing while its last use is dropped', async () => {
    await using setup = await FilesSetup.open({ kind: 'postgres' });
    const { database } = setup;
    const nowMs = setup.clock.now();
    const name = await setup.keep('job', 'a boat');
    await setup.accept('job', [name]);
    await setup.end('job');
    const changes: Promise<unknown>[] = [];
    await database.transaction().execute(async (blocking) => {
      await blocking.selectFrom('files').select('name').forUpdate().execute();
      changes.push(markMissing(database, name, nowMs));
      await untilWaiting(database, 1);
      changes.push(dropUses(database, { of: 'ended-jobs', jobIds: ['job'] }, nowMs));
      await untilWaiting(database, 2);
    });

    await Promise.all(changes);
    expect(await setup.uses()).toEqual([]);
  });

  test.each(['file_uses', 'files'] as const)(
    'a transaction waiting for the first of some %s has not locked the second',
    async (table) => {
      await using setup = await FilesSetup.open({ kind: 'postgres' });
      const { database } = setup;
      // The later one comes first on the disk, which is the order in which a statement reads them by itself.
      const later = await setup.keep('job-2', 'a ship');
      const earlier = await setup.keep('job-1', 'a boat');
      for (const [jobId, name] of [
        ['job-2', later],
        ['job-1', earlier],
      ] as const) {
        await setup.accept(jobId, [name]);
        await setup.end(jobId);
      }
      const jobIds = ['job-1', 'job-2'];
      const lock = (name: string) =>
        table === 'files'
          ? sql`select from files where name = ${name} for update nowait`
          : sql`select from file_uses where file = ${name} for update nowait`;
      let dropping: Promise<unknown> | undefined;
      await database.transaction().execute(async (blocking) => {
        await lock(earlier).execute(blocking);
        dropping = dropUses(database, { of: 'ended-jobs', jobIds }, setup.clock.now());
        await untilWaiting(database, 1);
        await lock(later).execute(blocking);
      });

      await dropping;
      expect(await setup.uses()).toEqual([]);
    },
  );
});
