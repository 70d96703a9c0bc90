/**
 * Adapts `node:sqlite` to Kysely's SQLite dialect, so that no native package is needed.
 */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';

import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type SqliteDatabase,
  type SqliteDialectConfig,
  type SqliteStatement,
} from 'kysely';

/**
 * How long a statement waits for another process's lock before it fails. The wait blocks the whole
 * process, which has 3 seconds to answer Discord.
 */
const BUSY_TIMEOUT_MS = 1_000;

/** More than the bot has, including variants for lists of different lengths. */
const MOST_STATEMENTS = 300;

class TransactionalSqliteAdapter extends SqliteAdapter {
  /** SQLite can roll back DDL; this makes each run of migrations one transaction. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/**
 * Yields to the event loop before each query or transaction. `node:sqlite` is synchronous, so a chain of
 * queries would block the event loop and delay acknowledgements, which Discord expects within 3 seconds.
 */
class YieldingSqliteDriver extends SqliteDriver {
  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    await setImmediate();
    return connection;
  }

  /**
   * Takes the write lock at the start. Otherwise SQLite refuses, without waiting, the first write after
   * a read if another program has written meanwhile.
   */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

class NodeSqliteDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig;

  constructor(config: SqliteDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): SqliteDriver {
    return new YieldingSqliteDriver(this.#config);
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter();
  }
}

/** Opens or creates the file at `path` with a write-ahead log and foreign keys enabled. */
export function nodeSqliteDialect(path: string): SqliteDialect {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  database.exec('PRAGMA journal_mode = WAL');
  // FULL: a committed transaction survives a power failure, as the ledgers require.
  database.exec('PRAGMA synchronous = FULL');
  database.exec('PRAGMA foreign_keys = ON');
  return new NodeSqliteDialect({ database: shim(database) });
}

function shim(database: DatabaseSync): SqliteDatabase {
  const prepared = new PreparedStatements(database);
  return {
    close: () => database.close(),
    prepare: (sql) => prepared.get(sql),
  };
}

/**
 * Caches the most recently used statements: preparing one takes longer than running most of them.
 * SQLite prepares a statement again by itself after a schema change.
 */
class PreparedStatements {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  get(sql: string): SqliteStatement {
    const statement = this.#statements.get(sql) ?? prepare(this.#database, sql);
    // Maps keep insertion order: the most recently used is last, the first one is evicted.
    this.#statements.delete(sql);
    this.#statements.set(sql, statement);
    const [oldest] = this.#statements.keys();
    if (this.#statements.size > MOST_STATEMENTS && oldest !== undefined) {
      this.#statements.delete(oldest);
    }
    return statement;
  }
}

function prepare(database: DatabaseSync, sql: string): SqliteStatement {
  const statement = database.prepare(sql);
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...parameters.map(bindable)),
    run(parameters) {
      const { changes, lastInsertRowid } = statement.run(...parameters.map(bindable));
      return { changes, lastInsertRowid };
    },
    // A new statement, because one that is being iterated cannot be run again.
    iterate: (parameters) => database.prepare(sql).iterate(...parameters.map(bindable)),
  };
}

function bindable(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
    return value;
  }
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`SQLite cannot store a ${typeof value}`);
}
