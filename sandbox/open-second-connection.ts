/** Opens a second connection to the database that a bot has open. */
import { Kysely } from 'kysely';

import { openDatabase, type OpenDatabase } from '../src/storage/database.ts';
import { nodeSqliteDialect } from '../src/storage/node-sqlite.ts';
import type { Tables } from '../src/storage/schema.ts';

/** On Postgres as a second process of the bot would; a SQLite file only by bypassing its lock. */
export async function openSecondConnection(
  url: string,
): Promise<Pick<OpenDatabase, 'database' | 'kind'>> {
  if (!url.startsWith('sqlite:')) return openDatabase(url);
  const dialect = nodeSqliteDialect(url.slice('sqlite:'.length));
  return { database: new Kysely<Tables>({ dialect }), kind: 'sqlite' };
}
