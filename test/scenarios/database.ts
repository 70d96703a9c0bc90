/**
 * The database a scenario is played on: the SQLite file of its world, or a Postgres of its own. Which
 * of them, the project that the test runs in says (`vitest.config.ts`).
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
  /** What the bot's settings say of it; nothing where the world's own do. */
  readonly settings: Readonly<Record<string, string>>;
  /** @throws Error when the bot, which has stopped, has left a connection open */
  checkLeft(): Promise<void>;
  remove(): Promise<void>;
}

export async function createScenarioDatabase(): Promise<ScenarioDatabase> {
  if (inject('databaseKind') === 'sqlite') {
    // The file is in the world's folder, and goes with it.
    return { settings: {}, checkLeft: async () => {}, remove: async () => {} };
  }
  const { url, giveBack, discard } = await takePostgres();
  return { settings: { DATABASE_URL: url }, checkLeft: giveBack, remove: discard };
}
