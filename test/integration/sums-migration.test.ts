/** Processes of the previous version keep working while a new one migrates the database. */
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';

import { vendorMonthSums } from '#src/storage/migrations/2026-11-29-vendor-month-sums.ts';

import { openTestDatabase } from '../databases/database.ts';
import { postgresUrl } from '../databases/postgres.ts';
import { untilSo } from '../fakes/until.ts';

describe.runIf(postgresUrl() !== undefined)('the migration to sums of the vendor ledger', () => {
  test('the migration counts what another process writes meanwhile', async () => {
    await using opened = await openTestDatabase('postgres');
    const { database } = opened;
    await sql`drop function keep_vendor_month_sums cascade`.execute(database);
    await sql`drop table vendor_month_sums`.execute(database);
    let migrating: Promise<void> | undefined;
    await database.transaction().execute(async (other) => {
      await other
        .insertInto('vendor_book')
        .values({
          submission_id: 'late',
          job_id: 'job',
          vendor: 'byteplus',
          guild_id: 'guild',
          period: '2026-11',
          opened_at: 0,
          closed_at: null,
          state: 'open',
          credits: 30,
        })
        .execute();
      migrating = database.transaction().execute(async (own) => vendorMonthSums.up(own));
      await untilSo(async () => {
        const { rows } = await sql<{ count: number }>`
          select count(*) as count from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'
        `.execute(database);
        return rows[0]?.count === 1;
      });
    });

    await migrating;
    expect(await database.selectFrom('vendor_month_sums').selectAll().execute()).toEqual([
      { period: '2026-11', guild_id: 'guild', credits: 30 },
    ]);
  });
});
