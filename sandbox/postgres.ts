/** Postgres databases to play on, on a server that lets us make and drop them. */
import { randomBytes } from 'node:crypto';

import pg from 'pg';

export interface PostgresDatabase {
  /** As in `DATABASE_URL`. */
  readonly url: string;
  /** @throws Error when anybody is still connected after some seconds: a connection was left open */
  drop(): Promise<void>;
  /** Cuts whoever is still connected. Does nothing when the database has been dropped. */
  dropByForce(): Promise<void>;
}

/**
 * An empty one. A whole database, not a schema: Kysely's migrator looks for its tables in every
 * schema.
 *
 * @param prefix of its name: small letters, digits and `_`, which need no quotes
 */
export async function createPostgresOn(
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
