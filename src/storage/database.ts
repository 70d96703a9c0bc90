/**
 * Opens and closes the database of `DATABASE_URL` and migrates its schema. One query builder serves
 * SQLite and Postgres.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import { DEFAULT_MIGRATION_TABLE, Migrator } from 'kysely/migration';

import { ConfigError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { isFromBeforeRelease, MIGRATIONS } from './migrations/migrations.ts';
import { nodeSqliteDialect } from './node-sqlite.ts';
import { openPostgresPool } from './postgres-pool.ts';
import type { Tables } from './schema.ts';

export type Database = Kysely<Tables>;
/** Required by every function that changes credits, so that they never change outside a transaction. */
export type DatabaseTransaction = Transaction<Tables>;

export interface OpenDatabase {
  readonly database: Database;
  readonly kind: 'sqlite' | 'postgres';
  close(): Promise<void>;
}

/**
 * Opens the database for the bot and migrates it.
 *
 * @param url `sqlite:path/to/file.db` or `postgres://…`
 * @throws ConfigError when it cannot be opened, another process uses it, or a newer version wrote it
 */
export async function openDatabase(url: string, logger?: Logger): Promise<OpenDatabase> {
  const opened = url.startsWith('sqlite:')
    ? openSqlite(url.slice('sqlite:'.length))
    : openPostgres(url, logger);
  try {
    await migrate(opened.database);
  } catch (error) {
    await opened.close();
    throw error;
  }
  return opened;
}

/**
 * Opens a database that a running bot may be using, for an operator program. Creates, locks and migrates
 * nothing.
 *
 * @param url `sqlite:path/to/file.db` or `postgres://…`
 * @throws ConfigError when it does not exist or its version differs from this code's
 */
export async function openBesideBot(url: string): Promise<OpenDatabase> {
  const opened = url.startsWith('sqlite:')
    ? openSqliteBesideBot(url.slice('sqlite:'.length))
    : openPostgres(url, undefined);
  try {
    await checkVersion(opened.database);
  } catch (error) {
    await opened.close();
    throw error;
  }
  return opened;
}

function openSqliteBesideBot(path: string): OpenDatabase {
  if (!existsSync(path)) {
    throw new ConfigError([
      `DATABASE_URL: there is no database at ${path}. Name the one that the bot uses, or start the bot once.`,
    ]);
  }
  try {
    const database = new Kysely<Tables>({ dialect: nodeSqliteDialect(path) });
    return { database, kind: 'sqlite', close: async () => database.destroy() };
  } catch (error) {
    throw unreadableError(error);
  }
}

/** @throws ConfigError */
async function checkVersion(database: Database): Promise<void> {
  try {
    const unknown = await unknownMigrations(database);
    if (unknown.length > 0) throw unknownVersion(unknown);
    if (await isUpToDate(migratorOf(database))) return;
  } catch (error) {
    throw error instanceof ConfigError ? error : unreadableError(error);
  }
  throw new ConfigError([
    'DATABASE_URL: the database is not of this version yet: start the bot once, which brings it up to date.',
  ]);
}

function openSqlite(path: string): OpenDatabase {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const unlock = lockAgainstOthers(path);
    const database = new Kysely<Tables>({ dialect: nodeSqliteDialect(path) });
    const close = async (): Promise<void> => {
      await database.destroy();
      unlock();
    };
    return { database, kind: 'sqlite', close };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([
      `DATABASE_URL: the file ${path} cannot be opened (${reason}). Name a file in a folder that this user may write to, such as sqlite:data/bot.db.`,
    ]);
  }
}

/**
 * Holds an exclusive lock on a file beside the database while the process lives. The operating system
 * releases it with the process, so a crash leaves nothing to clean up.
 */
function lockAgainstOthers(path: string): () => void {
  const lock = new DatabaseSync(`${path}.lock`);
  try {
    lock.exec('PRAGMA busy_timeout = 0');
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    throw new ConfigError([
      `DATABASE_URL: another process is using ${path}. Stop it first, or give each process a database of its own; several processes can share a Postgres.`,
    ]);
  }
  return () => lock.close();
}

function openPostgres(url: string, logger: Logger | undefined): OpenDatabase {
  const dialect = new PostgresDialect({ pool: openPostgresPool(url, logger) });
  const database = new Kysely<Tables>({ dialect });
  return { database, kind: 'postgres', close: async () => database.destroy() };
}

/** @throws ConfigError */
async function migrate(database: Database): Promise<void> {
  const migrator = migratorOf(database);
  try {
    const unknown = await unknownMigrations(database);
    if (unknown.length > 0) throw unknownVersion(unknown);
    // Without a write: another program, such as a backup, may have the file.
    if (await isUpToDate(migrator)) return;
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw migrationError(error);
  } catch (error) {
    throw error instanceof ConfigError ? error : migrationError(error);
  }
}

function migratorOf(database: Database): Migrator {
  return new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve(MIGRATIONS) },
  });
}

async function isUpToDate(migrator: Migrator): Promise<boolean> {
  const migrations = await migrator.getMigrations();
  return migrations.every(({ executedAt }) => executedAt !== undefined);
}

/** Returns the migrations of this database that this version does not have: a newer version ran them. */
async function unknownMigrations(database: Database): Promise<string[]> {
  const tables = await database.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return [];
  const rows = await database
    .withTables<{ [DEFAULT_MIGRATION_TABLE]: { name: string } }>()
    .selectFrom(DEFAULT_MIGRATION_TABLE)
    .select('name')
    .execute();
  return rows.map(({ name }) => name).filter((name) => !Object.hasOwn(MIGRATIONS, name));
}

function migrationError(cause: unknown): ConfigError {
  const reason = cause instanceof Error ? cause.message : 'no reason given';
  return new ConfigError([
    `DATABASE_URL: the database cannot be brought up to date (${reason}). Nothing was changed: the migration was rolled back.`,
  ]);
}

function unreadableError(cause: unknown): ConfigError {
  // The message is empty when the connection was refused on every address.
  const { message = '', code = '' }: { message?: string; code?: string } =
    cause instanceof Error ? cause : {};
  const reason = message === '' ? code : message;
  return new ConfigError([`DATABASE_URL: the database cannot be read (${reason}).`]);
}

function unknownVersion(unknown: readonly string[]): ConfigError {
  return new ConfigError([
    unknown.some((name) => isFromBeforeRelease(name))
      ? 'DATABASE_URL: the database was created by a development version before 0.1.0 and cannot be brought up to date. Name an empty database instead, or delete this one: its jobs and credits are lost.'
      : `DATABASE_URL: the database cannot be brought up to date: it knows of ${unknown.join(', ')}. It was written by a newer version of this bot: run that version, or restore the backup made before the upgrade.`,
  ]);
}
