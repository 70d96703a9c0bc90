/**
 * Before and after a whole run of tests: removes the databases that killed runs left on the
 * Postgres server, and at the end those of this run. A run holds a lock while it lives.
 */
import { randomBytes } from 'node:crypto';

import type pg from 'pg';
import type { TestProject } from 'vitest/node';

import { connectPostgres, postgresUrl, tryLock } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The prefix of this run’s database names. */
    postgresRun: string;
  }
}

/** `test_run_` and eight hexadecimal digits; the names of a run's databases go on with `_…`. */
const RUN_LENGTH = 'test_run_01234567'.length;

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const run = `test_run_${randomBytes(4).toString('hex')}`;
  project.provide('postgresRun', run);
  if (postgresUrl() === undefined) return async () => {};

  const client = await connectPostgres();
  await tryLock(client, run);
  await dropLeftovers(client);
  return async () => {
    await dropDatabases(client, run);
    await client.end();
  };
}

async function dropLeftovers(client: pg.Client): Promise<void> {
  const names = await databaseNames(client, 'test_run_');
  const runs = new Set(names.map((name) => name.slice(0, RUN_LENGTH)));
  for (const run of runs) {
    // The database of a living run, or one that another run is already removing.
    if (!(await tryLock(client, run))) continue;
    await dropDatabases(client, run);
    await client.query('select pg_advisory_unlock(hashtext($1))', [run]);
  }
}

async function dropDatabases(client: pg.Client, run: string): Promise<void> {
  for (const name of await databaseNames(client, run)) {
    await client.query(`drop database if exists ${name} with (force)`);
  }
}

async function databaseNames(client: pg.Client, prefix: string): Promise<string[]> {
  const { rows } = await client.query<{ datname: string }>(
    'select datname from pg_database where starts_with(datname, $1)',
    [prefix],
  );
  return rows.map(({ datname }) => datname);
}
