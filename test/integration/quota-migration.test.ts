import { sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { initial } from '#src/storage/migrations/2026-11-21-initial.ts';
import { limits } from '#src/storage/migrations/2026-11-21-limits.ts';
import { onceOnly } from '#src/storage/migrations/2026-11-21-once-only.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { quotaOn, quotaSettings } from '../fakes/quota.ts';

const MIGRATIONS = {
  '2026-11-21-initial': initial,
  '2026-11-21-limits': limits,
  '2026-11-21-once-only': onceOnly,
};
const NEW_TABLES = ['limits', 'blocks', 'audit_log', 'budget_warnings', 'claims'];

describe.each(databaseKinds())('the migration to limits on %s', (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(async () => opened.close());

  /** The schema as the previous version left it. */
  async function goBack(): Promise<void> {
    const { database } = opened;
    for (const table of NEW_TABLES) await database.schema.dropTable(table).execute();
    await database.schema.dropIndex('ledger_of_member').execute();
    for (const column of ['time_zone', 'role_ids'])
      await database.schema.alterTable('accounts').dropColumn(column).execute();
    await database.schema.dropIndex('jobs_log_due').execute();
    await database.schema.alterTable('jobs').dropColumn('log_posted').execute();
    await sql`delete from kysely_migration where name >= '2026-11-21-limits'`.execute(database);
  }

  async function migrate(migrations: typeof MIGRATIONS) {
    const provider = { getMigrations: async () => Promise.resolve(migrations) };
    return new Migrator({ db: opened.database, provider }).migrateToLatest();
  }

  test('the migration to limits keeps existing data', async () => {
    const { accept, view, deliver, quota } = quotaOn(opened.database, quotaSettings());
    await accept('job', 30);
    await goBack();

    expect((await migrate(MIGRATIONS)).error).toBeUndefined();

    await deliver('job', 20);
    expect((await view({ roleIds: [] })).server).toMatchObject({ used: 20, left: 980 });
    await accept('next', 30);
    expect(await quota.audit(opened.database)).toEqual([]);
  });

  test('a migration that fails half-way leaves nothing behind', async () => {
    await goBack();
    const broken = {
      async up(database: Parameters<typeof limits.up>[0]) {
        await limits.up(database);
        throw new Error('The disk is full');
      },
    };

    const { error } = await migrate({ ...MIGRATIONS, '2026-11-21-limits': broken });

    expect(error).toMatchObject({ message: 'The disk is full' });
    const tables = await opened.database.introspection.getTables();
    expect(tables.filter(({ name }) => NEW_TABLES.includes(name))).toEqual([]);
    expect((await migrate(MIGRATIONS)).error).toBeUndefined();
  });
});
