/**
 * Postgres databases for tests. Creating and dropping one takes a quarter of a second, mostly for
 * the checkpoint that Postgres writes on a drop; emptying one takes a tenth of that. A run therefore
 * creates as many as are in use at once, and passes them from test to test.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type pg from 'pg';
import { inject } from 'vitest';

import { createPostgresDatabase, type PostgresDatabase } from '#sandbox/postgres.ts';
import { SECOND } from '#src/clock.ts';
import { openDatabase } from '#src/storage/database.ts';

import { connectPostgres, tryLock, urlOfPostgres } from './postgres.ts';

export interface TakenPostgres {
  /** As in `DATABASE_URL`. */
  readonly url: string;
  /**
   * Returns it for the next test. Does nothing the second time.
   *
   * @throws Error when a connection is still open after some seconds
   */
  giveBack(): Promise<void>;
  /** Drops it and its connections. Does nothing when it was given back. */
  discard(): Promise<void>;
}

/**
 * A database without tables, dropped by the caller.
 *
 * @throws Error when there is no Postgres to test on
 */
export async function createEmptyPostgres(): Promise<PostgresDatabase> {
  return createPostgresDatabase(urlOfPostgres(), `${inject('postgresRun')}_empty`);
}

/**
 * A database with the bot’s migrations and no rows, reserved for the caller.
 *
 * @throws Error when there is no Postgres to test on
 */
export async function takePostgres(): Promise<TakenPostgres> {
  // Its session holds the lock that reserves the database; a killed process loses both.
  const client = await connectPostgres();
  try {
    const name = (await takeUsed(client)) ?? (await make(client));
    return taken(client, name);
  } catch (error) {
    await client.end();
    throw error;
  }
}

function taken(client: pg.Client, name: string): TakenPostgres {
  let isOurs = true;
  return {
    url: urlOfPostgres(name),
    async giveBack() {
      if (!isOurs) return;
      await waitUntilLeft(client, name);
      isOurs = false;
      await client.end();
    },
    async discard() {
      if (!isOurs) return;
      isOurs = false;
      await drop(client, name);
      await client.end();
    },
  };
}

const namePrefix = (): string => `${inject('postgresRun')}_pool_`;

async function make(client: pg.Client): Promise<string> {
  const name = `${namePrefix()}${randomBytes(4).toString('hex')}`;
  // The lock comes first: others see the database as soon as it exists.
  if (!(await tryLock(client, name))) throw new Error(`${name} is locked before it is made`);
  await client.query(`create database ${name} template template0`);
  // A commit need not survive a crash of the server, so no test waits for its disk.
  await client.query(`alter database ${name} set synchronous_commit = off`);
  await (await openDatabase(urlOfPostgres(name))).close();
  await client.query(`comment on database ${name} is '${await schemaOf(name)}'`);
  return name;
}

/** Undefined when every database is in use. */
async function takeUsed(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ datname: string }>(
    'select datname from pg_database where starts_with(datname, $1)',
    [namePrefix()],
  );
  for (const { datname } of rows) {
    if (!(await tryLock(client, datname))) continue;
    if (await isEmptied(client, datname)) return datname;
    await drop(client, datname);
    await client.query('select pg_advisory_unlock(hashtext($1))', [datname]);
  }
  return undefined;
}

/** False when it cannot be reused, because a test changed its schema or left a connection open. */
async function isEmptied(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ schema: string | null }>(
    `select shobj_description(oid, 'pg_database') as schema from pg_database
     where datname = $1
       and not exists (
         select from pg_stat_activity where datname = $1 and backend_type = 'client backend'
       )`,
    [name],
  );
  const [made] = rows;
  return made !== undefined && made.schema === (await schemaOf(name, EMPTY));
}

/** Whether the migrations are still applied, by Kysely’s tables. */
const EMPTY = `do $$
  declare
    one record;
  begin
    for one in
      select tablename from pg_tables
      where schemaname = 'public' and not starts_with(tablename, 'kysely_')
    loop
      execute format('delete from %I', one.tablename);
    end loop;
  end $$`;

/**
 * Changes with every table, index or trigger that is created, changed or dropped, even when it was
 * changed back, because each writes new catalogue rows.
 *
 * @param statement executed as well
 */
async function schemaOf(name: string, statement?: string): Promise<string | undefined> {
  const client = await connectPostgres(name);
  try {
    if (statement !== undefined) await client.query(statement);
    const { rows } = await client.query<{ schema: string }>(
      `select md5(string_agg(oid::text || ' ' || xmin::text, ',' order by oid)) as schema
       from pg_class where relnamespace = 'public'::regnamespace`,
    );
    return rows[0]?.schema;
  } finally {
    await client.end();
  }
}

async function drop(client: pg.Client, name: string): Promise<void> {
  await client.query(`drop database if exists ${name} with (force)`);
}

/** As long as Postgres itself waits for connections before it drops a database. */
const PATIENCE_MS = 5 * SECOND;
const LOOK_EVERY_MS = 5;

async function waitUntilLeft(client: pg.Client, name: string): Promise<void> {
  const givenUpAtMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const { rows } = await client.query<{ query: string }>(
      `select query from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
      [name],
    );
    if (rows.length === 0) return;
    if (Date.now() > givenUpAtMs) {
      const queries = rows.map(({ query }) => query);
      throw new Error(
        `${rows.length} connections were left open; they last said ${queries.join('; ')}`,
      );
    }
    await delay(LOOK_EVERY_MS);
  }
}
