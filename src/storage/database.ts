/**
 * Opens the database that `DATABASE_URL` names, brings its schema up to date, and closes it. One
 * query builder serves SQLite and Postgres.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import { DEFAULT_MIGRATION_TABLE, Migrator } from 'kysely/migration';

import { ConfigError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { initial } from './migrations/2026-11-21-initial.ts';
import { limits } from './migrations/2026-11-21-limits.ts';
import { onceOnly } from './migrations/2026-11-21-once-only.ts';
import { shownPlace } from './migrations/2026-11-21-shown-place.ts';
import { verifyMessages } from './migrations/2026-11-21-verify-messages.ts';
import { jobEvents } from './migrations/2026-11-28-job-events.ts';
import { openJobs } from './migrations/2026-11-28-open-jobs.ts';
import { spendings } from './migrations/2026-11-28-spendings.ts';
import { nodeSqliteDialect } from './node-sqlite.ts';
import { openPostgresPool } from './postgres-pool.ts';
import type { Tables } from './schema.ts';

export type Database = Kysely<Tables>;
/** Every function that changes money takes one: there is no way to change it outside a transaction. */
export type DatabaseTransaction = Transaction<Tables>;

/** Kysely runs them in the order of their names. */
const MIGRATIONS = {
  '2026-11-21-initial': initial,
  '2026-11-21-limits': limits,
  '2026-11-21-once-only': onceOnly,
  '2026-11-21-shown-place': shownPlace,
  '2026-11-21-verify-messages': verifyMessages,
  '2026-11-28-job-events': jobEvents,
  '2026-11-28-spendings': spendings,
  '2026-11-28-open-jobs': openJobs,
};

export interface OpenDatabase {
  readonly database: Database;
  readonly kind: 'sqlite' | 'postgres';
  close(): Promise<void>;
}

/**
 * @param url `sqlite:path/to/file.db` or `postgres://…`
 * @throws ConfigError when it cannot be opened, another process holds it, or it is newer than this code
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
 * Holds an exclusive lock on a file beside the database for as long as the process lives. The
 * operating system drops it with the process, so a crash leaves nothing to clean up.
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
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve(MIGRATIONS) },
  });
  try {
    const unknown = await unknownMigrations(database);
    if (unknown.length > 0) throw newerThanThis(unknown);
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw notUpToDate(error);
  } catch (error) {
    throw error instanceof ConfigError ? error : notUpToDate(error);
  }
}

/** Those that were run on this database and are not among ours: a newer version has written it. */
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

function notUpToDate(cause: unknown): ConfigError {
  const reason = cause instanceof Error ? cause.message : 'no reason given';
  return new ConfigError([
    `DATABASE_URL: the database cannot be brought up to date (${reason}). Nothing was changed: the migration was rolled back.`,
  ]);
}

function newerThanThis(unknown: readonly string[]): ConfigError {
  return new ConfigError([
    `DATABASE_URL: the database cannot be brought up to date: it knows of ${unknown.join(', ')}. It was written by a newer version of this bot: run that version, or restore the backup made before the upgrade.`,
  ]);
}
