/**
 * Opens the database that `DATABASE_URL` names, brings its schema up to date, and closes it. One
 * query builder serves SQLite and Postgres.
 */
import { existsSync, mkdirSync } from 'node:fs';
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
import { vendorCorrections } from './migrations/2026-11-28-vendor-corrections.ts';
import { withdrawnOffers } from './migrations/2026-11-28-withdrawn-offers.ts';
import { encodings } from './migrations/2026-11-29-encodings.ts';
import { ledgerSums } from './migrations/2026-11-29-ledger-sums.ts';
import { starts } from './migrations/2026-11-29-starts.ts';
import { vendorMonthSums } from './migrations/2026-11-29-vendor-month-sums.ts';
import { promptRetention } from './migrations/2026-11-29b-prompt-retention.ts';
import { storedFiles } from './migrations/2026-11-29b-stored-files.ts';
import { claimLocale } from './migrations/2026-11-29c-claim-locale.ts';
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
  '2026-11-28-withdrawn-offers': withdrawnOffers,
  '2026-11-28-open-jobs': openJobs,
  '2026-11-28-vendor-corrections': vendorCorrections,
  '2026-11-29-encodings': encodings,
  '2026-11-29-ledger-sums': ledgerSums,
  '2026-11-29-starts': starts,
  '2026-11-29-vendor-month-sums': vendorMonthSums,
  '2026-11-29b-stored-files': storedFiles,
  '2026-11-29b-prompt-retention': promptRetention,
  '2026-11-29c-claim-locale': claimLocale,
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

/**
 * Opens a database that a bot may be using, for a program beside it. Nothing is created, locked for
 * others, or brought up to date.
 *
 * @param url `sqlite:path/to/file.db` or `postgres://…`
 * @throws ConfigError when there is none, or it is not of the same version as this code
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
    throw unreadable(error);
  }
}

/** @throws ConfigError */
async function checkVersion(database: Database): Promise<void> {
  try {
    const unknown = await unknownMigrations(database);
    if (unknown.length > 0) throw newerThanThis(unknown);
    if (await isUpToDate(migratorOf(database))) return;
  } catch (error) {
    throw error instanceof ConfigError ? error : unreadable(error);
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
  const migrator = migratorOf(database);
  try {
    const unknown = await unknownMigrations(database);
    if (unknown.length > 0) throw newerThanThis(unknown);
    // Without a write: another program, such as a backup, may have the file.
    if (await isUpToDate(migrator)) return;
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw notUpToDate(error);
  } catch (error) {
    throw error instanceof ConfigError ? error : notUpToDate(error);
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

function unreadable(cause: unknown): ConfigError {
  // Of a connection that was refused on each address the message is empty.
  const { message = '', code = '' }: { message?: string; code?: string } =
    cause instanceof Error ? cause : {};
  const reason = message === '' ? code : message;
  return new ConfigError([`DATABASE_URL: the database cannot be read (${reason}).`]);
}

function newerThanThis(unknown: readonly string[]): ConfigError {
  return new ConfigError([
    `DATABASE_URL: the database cannot be brought up to date: it knows of ${unknown.join(', ')}. It was written by a newer version of this bot: run that version, or restore the backup made before the upgrade.`,
  ]);
}
