/**
 * Postgres databases for tests, on the server that `TEST_POSTGRES_URL` names. It has to let a test
 * create and drop databases.
 */
import { createPostgresOn, type PostgresDatabase } from '#sandbox/postgres.ts';

export const POSTGRES_VARIABLE = 'TEST_POSTGRES_URL';

/** Undefined: there is no Postgres to test on. */
export function postgresUrl(): string | undefined {
  const url = process.env[POSTGRES_VARIABLE];
  return url === undefined || url === '' ? undefined : url;
}

/**
 * An empty one.
 *
 * @throws Error when there is no Postgres to test on
 */
export async function createPostgres(): Promise<PostgresDatabase> {
  const serverUrl = postgresUrl();
  if (serverUrl === undefined) throw new Error(`${POSTGRES_VARIABLE} is not set`);
  return createPostgresOn(serverUrl, 'test');
}
