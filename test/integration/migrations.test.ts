import { Kysely, PostgresDialect } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ConfigError } from '#src/errors.ts';
import { openBesideBot, openDatabase } from '#src/storage/database.ts';
import { MIGRATIONS } from '#src/storage/migrations/migrations.ts';
import { nodeSqliteDialect } from '#src/storage/node-sqlite.ts';
import { openPostgresPool } from '#src/storage/postgres-pool.ts';

import { databaseKinds, type DatabaseKind } from '../databases/database.ts';
import { createEmptyPostgres } from '../databases/postgres-databases.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

interface EmptyDatabase {
  readonly url: string;
  remove(): Promise<void>;
}

async function createEmpty(kind: DatabaseKind): Promise<EmptyDatabase> {
  if (kind === 'postgres') {
    const { url, dropByForce } = await createEmptyPostgres();
    return { url, remove: dropByForce };
  }
  const folder = await temporaryFolder();
  return {
    url: `sqlite:${folder.path}/bot.db`,
    remove: async () => folder[Symbol.asyncDispose](),
  };
}

describe.each(databaseKinds())('migrations on %s', (kind) => {
  let empty: EmptyDatabase;
  beforeEach(async () => {
    empty = await createEmpty(kind);
  });
  afterEach(async () => empty.remove());

  async function tablesAfter(migrations: Readonly<Record<string, Migration>>) {
    const dialect =
      kind === 'sqlite'
        ? nodeSqliteDialect(empty.url.slice('sqlite:'.length))
        : new PostgresDialect({ pool: openPostgresPool(empty.url, undefined) });
    const database = new Kysely<unknown>({ dialect });
    const provider = { getMigrations: async () => Promise.resolve(migrations) };
    const { error } = await new Migrator({ db: database, provider }).migrateToLatest();
    const tables = await database.introspection.getTables();
    await database.destroy();
    return { error, names: tables.map(({ name }) => name) };
  }

  test('a migration that fails half-way leaves nothing behind, and can run again', async () => {
    const broken: Migration = {
      async up(database) {
        await database.schema.createTable('boats').addColumn('name', 'text').execute();
        throw new Error('The disk is full');
      },
    };

    const { error, names } = await tablesAfter({ ...MIGRATIONS, '0002-broken': broken });

    expect(error).toMatchObject({ message: 'The disk is full' });
    expect(names).toEqual([]);
    await (await openDatabase(empty.url)).close();
  });

  test('a database of a development version is refused with a way out', async () => {
    const old: Migration = { up: async () => Promise.resolve() };
    await tablesAfter({ '2026-11-21-initial': old, '2026-11-21-limits': old });

    for (const open of [openDatabase, openBesideBot]) {
      const opening = open(empty.url);
      await expect(opening).rejects.toThrow(ConfigError);
      await expect(opening).rejects.toThrow(
        /DATABASE_URL: .* development version before 0\.1\.0 .* Name an empty database instead/,
      );
    }
  });
});
