/**
 * Where tests find Postgres: on the server that `TEST_POSTGRES_URL` names. It has to let a test
 * create and drop databases.
 */
import pg from 'pg';

export const POSTGRES_VARIABLE = 'TEST_POSTGRES_URL';

/** Undefined when there is no Postgres to test on. */
export function postgresUrl(): string | undefined {
  const url = process.env[POSTGRES_VARIABLE];
  return url === undefined || url === '' ? undefined : url;
}

/**
 * A connection to one of the server's databases, or to the one that `TEST_POSTGRES_URL` names itself.
 *
 * @throws Error when there is no Postgres to test on
 */
export async function connectPostgres(databaseName?: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: urlOfPostgres(databaseName) });
  await client.connect();
  return client;
}

/** @throws Error when there is no Postgres to test on */
export function urlOfPostgres(databaseName?: string): string {
  const serverUrl = postgresUrl();
  if (serverUrl === undefined) throw new Error(`${POSTGRES_VARIABLE} is not set`);
  const url = new URL(serverUrl);
  if (databaseName !== undefined) url.pathname = `/${databaseName}`;
  return url.href;
}

/** An advisory lock for the lifetime of the connection; the server drops it with a killed process. */
export async function tryLock(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ is_locked: boolean }>(
    'select pg_try_advisory_lock(hashtext($1)) as is_locked',
    [name],
  );
  return rows[0]?.is_locked === true;
}
