/** Postgres databases on a server that allows creating and dropping them. */
import { randomBytes } from 'node:crypto';

import pg from 'pg';

export interface PostgresDatabase {
  /** As in `DATABASE_URL`. */
  readonly url: string;
  /** @throws Error when a connection is still open after some seconds */
  drop(): Promise<void>;
  /** Drops the database and its connections. Does nothing when it is already dropped. */
  dropByForce(): Promise<void>;
}

/**
 * Creates an empty database. Not just a schema, because Kysely’s migrator looks for its tables in
 * every schema.
 *
 * @param prefix of its name: lower-case letters, digits and `_`, which need no quotes
 */
export async function createPostgresDatabase(
  serverUrl: string,
  prefix: string,
): Promise<PostgresDatabase> {
  const name = `${prefix}_${randomBytes(8).toString('hex')}`;
  await runOn(serverUrl, `create database ${name} template template0`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => runOn(serverUrl, `drop database ${name}`),
    dropByForce: () => runOn(serverUrl, `drop database if exists ${name} with (force)`),
  };
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
