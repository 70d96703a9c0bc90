/**
 * The database of a scenario: the SQLite file of its world, or a Postgres database. The project that
 * the test runs in decides which (`vitest.config.ts`).
 */
import { inject } from 'vitest';

import type { DatabaseKind } from '../databases/database.ts';
import { takePostgres } from '../databases/postgres-databases.ts';

declare module 'vitest' {
  interface ProvidedContext {
    databaseKind: DatabaseKind;
  }
}

export interface ScenarioDatabase {
  /** The bot’s settings for it; empty where the world’s own apply. */
  readonly settings: Readonly<Record<string, string>>;
  /** @throws Error when the stopped bot has left a connection open */
  checkLeft(): Promise<void>;
  remove(): Promise<void>;
}

export async function createScenarioDatabase(): Promise<ScenarioDatabase> {
  if (inject('databaseKind') === 'sqlite') {
    // The file is in the world’s folder and is removed with it.
    return { settings: {}, checkLeft: async () => {}, remove: async () => {} };
  }
  const { url, giveBack, discard } = await takePostgres();
  return { settings: { DATABASE_URL: url }, checkLeft: giveBack, remove: discard };
}
