/** Fresh databases for tests: always a SQLite file, and a Postgres database where one is available. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sql } from 'kysely';
import { expect, test } from 'vitest';

import { openDatabase, type OpenDatabase } from '#src/storage/database.ts';

import { takePostgres } from './postgres-databases.ts';
import { POSTGRES_VARIABLE, postgresUrl } from './postgres.ts';

export type DatabaseKind = OpenDatabase['kind'];

export interface TestDatabase extends OpenDatabase, AsyncDisposable {
  /** As in `DATABASE_URL`, for a second process or pool on the same database. */
  readonly url: string;
  /** Closes it and opens it again, as a restarted process does. The closed one cannot be used any more. */
  reopen(): Promise<TestDatabase>;
  /** Closes it and discards its content. */
  close(): Promise<void>;
}

/**
 * The kinds that a suite runs on. A skipped test reports when Postgres is not among them;
 * `vitest.config.ts` prints a warning for all of them.
 *
 * @example describe.each(databaseKinds())('the ledger on %s', (kind) => { … })
 */
export function databaseKinds(): DatabaseKind[] {
  const hasPostgres = postgresUrl() !== undefined;
  test('the test also runs on Postgres', ({ skip }) => {
    if (!hasPostgres) skip(`${POSTGRES_VARIABLE} is not set`);
    expect(hasPostgres).toBe(true);
  });
  return hasPostgres ? ['sqlite', 'postgres'] : ['sqlite'];
}

/** A separate database with all migrations applied. */
export async function openTestDatabase(kind: DatabaseKind): Promise<TestDatabase> {
  return kind === 'sqlite' ? openSqlite() : openPostgres();
}

async function openSqlite(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'seedance-discord-'));
  const remove = async (): Promise<void> => rm(folder, { recursive: true, force: true });
  return openAt(`sqlite:${join(folder, 'bot.db')}`, remove);
}

async function openPostgres(): Promise<TestDatabase> {
  const { url, giveBack } = await takePostgres();
  return openAt(url, giveBack);
}

async function openAt(url: string, remove: () => Promise<void>): Promise<TestDatabase> {
  const opened = await openDatabase(url);
  // No test cuts the power, so none waits for the disk.
  if (opened.kind === 'sqlite') await sql`pragma synchronous = off`.execute(opened.database);
  const close = async (): Promise<void> => {
    await opened.close();
    await remove();
  };
  return {
    ...opened,
    url,
    async reopen() {
      await opened.close();
      return openAt(url, remove);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
