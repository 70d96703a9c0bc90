/** Fresh databases for tests: a SQLite file always, a Postgres database where one can be reached. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';
import { expect, test } from 'vitest';

import { openDatabase, type OpenDatabase } from '#src/storage/database.ts';

export type DatabaseKind = OpenDatabase['kind'];

export interface TestDatabase extends OpenDatabase {
  /** As in `DATABASE_URL`, for a second process or pool on the same database. */
  readonly url: string;
  /** Closes it and removes every trace of it. */
  close(): Promise<void>;
}

const POSTGRES_VARIABLE = 'TEST_POSTGRES_URL';

/**
 * The kinds a contract suite runs on. Says aloud, in the test run, when Postgres is not among them.
 *
 * @example describe.each(databaseKinds())('the ledger on %s', (kind) => { … })
 */
export function databaseKinds(): DatabaseKind[] {
  const hasPostgres = postgresUrl() !== undefined;
  test('Postgres is tested as well', ({ skip }) => {
    if (!hasPostgres) skip(`${POSTGRES_VARIABLE} is not set`);
    expect(hasPostgres).toBe(true);
  });
  if (hasPostgres) return ['sqlite', 'postgres'];
  process.stderr.write(`\n[skipped on Postgres: ${POSTGRES_VARIABLE} is not set]\n`);
  return ['sqlite'];
}

/** A database of its own, brought up to date. */
export async function openTestDatabase(kind: DatabaseKind): Promise<TestDatabase> {
  return kind === 'sqlite' ? openSqlite() : openPostgres();
}

async function openSqlite(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'seedance-discord-'));
  const url = `sqlite:${join(folder, 'bot.db')}`;
  const opened = await openDatabase(url);
  const close = async (): Promise<void> => {
    await opened.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...opened, url, close };
}

/** A whole database, not a schema: Kysely's migrator looks for its tables in every schema. */
async function openPostgres(): Promise<TestDatabase> {
  const serverUrl = postgresUrl();
  if (serverUrl === undefined) throw new Error(`${POSTGRES_VARIABLE} is not set`);
  const name = `test_${randomBytes(8).toString('hex')}`;
  await runOn(serverUrl, `create database ${name} template template0`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const opened = await openDatabase(url.href);
  const close = async (): Promise<void> => {
    await opened.close();
    await runOn(serverUrl, `drop database ${name}`);
  };
  return { ...opened, url: url.href, close };
}

async function runOn(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function postgresUrl(): string | undefined {
  const url = process.env[POSTGRES_VARIABLE];
  return url === undefined || url === '' ? undefined : url;
}
