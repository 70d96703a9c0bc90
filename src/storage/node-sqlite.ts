/**
 * Adapts `node:sqlite` to Kysely's SQLite dialect, so that no native package is needed.
 */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

import { SqliteAdapter, SqliteDialect, type SqliteStatement } from 'kysely';

import { SharedSqliteDriver, type SqliteFile } from './sqlite-driver.ts';

/**
 * How long a statement waits for another process's lock before it fails. The wait blocks the whole
 * process, which has 3 seconds to answer Discord.
 */
const BUSY_TIMEOUT_MS = 1_000;

/** More than the bot has, including variants for lists of different lengths. */
const MOST_STATEMENTS = 300;

class SharedSqliteAdapter extends SqliteAdapter {
  /** The driver has a queue of its own. Kysely's wakes every waiting caller at each release. */
  override get supportsMultipleConnections(): boolean {
    return true;
  }

  /** SQLite does roll back DDL; with this on, each run of migrations is one transaction. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

export class NodeSqliteDialect extends SqliteDialect {
  readonly #file: SqliteFile;

  constructor(file: SqliteFile) {
    super({ database: file });
    this.#file = file;
  }

  override createDriver(): SharedSqliteDriver {
    return new SharedSqliteDriver(this.#file);
  }

  override createAdapter(): SqliteAdapter {
    return new SharedSqliteAdapter();
  }
}

/** Opens or creates the file at `path` with a write-ahead log and foreign keys enabled. */
export function nodeSqliteDialect(path: string): SqliteDialect {
  return new NodeSqliteDialect(openSqliteFile(path));
}

/** Opens the file with a write-ahead log and foreign keys on. */
export function openSqliteFile(path: string): SqliteFile {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  database.exec('PRAGMA journal_mode = WAL');
  // FULL: a committed transaction survives a power failure, as the ledgers require.
  database.exec('PRAGMA synchronous = FULL');
  database.exec('PRAGMA foreign_keys = ON');
  const prepared = new PreparedStatements(database);
  return {
    close: () => database.close(),
    get isInTransaction() {
      return database.isTransaction;
    },
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
