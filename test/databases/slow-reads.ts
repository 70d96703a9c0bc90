/** A database whose reads of one table are slow, as with a slow disk. */
import { setTimeout as sleep } from 'node:timers/promises';

import { Kysely, type DatabaseConnection, type Dialect } from 'kysely';

import { openDatabase } from '#src/storage/database.ts';
import { nodeSqliteDialect } from '#src/storage/node-sqlite.ts';
import type { Tables } from '#src/storage/schema.ts';

const SQLITE = 'sqlite:';

/** Opens it as the bot does; on Postgres, where reads do not wait for each other, at normal speed. */
export function withSlowReads(table: string, ms: number): typeof openDatabase {
  return async (url, logger) => {
    const opened = await openDatabase(url, logger);
    if (!url.startsWith(SQLITE)) return opened;
    const dialect = slowDialect(nodeSqliteDialect(url.slice(SQLITE.length)), `from "${table}"`, ms);
    const database = new Kysely<Tables>({ dialect });
    const close = async (): Promise<void> => {
      await database.destroy();
      await opened.close();
    };
    return { ...opened, database, close };
  };
}

function slowDialect(dialect: Dialect, read: string, ms: number): Dialect {
  const slowed = (connection: DatabaseConnection): DatabaseConnection => {
    const execute: DatabaseConnection['executeQuery'] = connection.executeQuery.bind(connection);
    connection.executeQuery = async (query) => {
      if (query.sql.startsWith('select') && query.sql.includes(read)) await sleep(ms);
      return execute(query);
    };
    return connection;
  };
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (database) => dialect.createIntrospector(database),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver() {
      const driver = dialect.createDriver();
      const acquire = driver.acquireConnection.bind(driver);
      driver.acquireConnection = async (options) => slowed(await acquire(options));
      return driver;
    },
  };
}
