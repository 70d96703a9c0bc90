import { expect, test } from 'vitest';

import { openDatabase } from '#src/storage/database.ts';

import { createEmptyPostgres } from '../databases/postgres-databases.ts';
import { postgresUrl } from '../databases/postgres.ts';

test.runIf(postgresUrl() !== undefined)(
  'processes that start together on an empty Postgres all find every table',
  async () => {
    const postgres = await createEmptyPostgres();
    try {
      const opening = Array.from({ length: 4 }, async () => openDatabase(postgres.url));
      const opened = await Promise.allSettled(opening);

      const found = opened.map(async (each) => {
        if (each.status === 'rejected') throw each.reason;
        const { database, close } = each.value;
        const jobs = await database.selectFrom('jobs').selectAll().execute();
        await close();
        return jobs;
      });
      expect(await Promise.all(found)).toEqual(Array(4).fill([]));
    } finally {
      await postgres.dropByForce();
    }
  },
);
