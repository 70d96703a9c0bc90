/**
 * The small shim between Kysely's SQLite dialect and Node's own `node:sqlite`, so that no native
 * package is needed.
 */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

import { SqliteAdapter, SqliteDialect, type SqliteStatement } from 'kysely';

import { SharedSqliteDriver, type SqliteFile } from './sqlite-driver.ts';

/**
 * Milliseconds a statement waits for another process's lock before it fails. The wait holds up the
 * whole process, which has 3 seconds to answer Discord.
 */
const BUSY_TIMEOUT_MS = 1_000;

/** More than the bot has; lists of different lengths make statements of different texts. */
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

/** Opens the database file at `path`, or creates it. */
export function nodeSqliteDialect(path: string): SqliteDialect {
  return new NodeSqliteDialect(openSqliteFile(path));
}

/** Opens the file with a write-ahead log and foreign keys on. */
export function openSqliteFile(path: string): SqliteFile {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  database.exec('PRAGMA journal_mode = WAL');
  // FULL: a commit that returned survives a power cut. Money is written here.
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
 * Keeps the statements that were used last: preparing one takes longer than most of them run. SQLite
 * prepares a statement again by itself when the schema has changed.
 */
class PreparedStatements {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  get(sql: string): SqliteStatement {
    const statement = this.#statements.get(sql) ?? prepare(this.#database, sql);
    // The last used go to the end of the map, and the oldest leaves from its beginning.
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
    // A statement of its own: one that is being read cannot be run a second time.
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
