/**
 * The small shim between Kysely's SQLite dialect and Node's own `node:sqlite`, so that no native
 * package is needed.
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
 * Milliseconds a statement waits for another process's lock before it fails. The wait holds up the
 * whole process, which has 3 seconds to answer Discord.
 */
const BUSY_TIMEOUT_MS = 1_000;

/** More than the bot has; lists of different lengths make statements of different texts. */
const MOST_STATEMENTS = 300;

class TransactionalSqliteAdapter extends SqliteAdapter {
  /** SQLite does roll back DDL; with this on, each run of migrations is one transaction. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/**
 * Lets everything else have a turn before each query or transaction. `node:sqlite` answers at once,
 * so a chain of queries would go on without end in the same turn of the event loop, and hold back
 * the acknowledgements that Discord gives 3 seconds for.
 */
class YieldingSqliteDriver extends SqliteDriver {
  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    await setImmediate();
    return connection;
  }

  /**
   * With the right to write from the start. SQLite refuses a transaction that has read and then wants
   * to write, without waiting, where another program has written meanwhile.
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

/** Opens (or makes) the file at `path` with a write-ahead log and foreign keys on. */
export function nodeSqliteDialect(path: string): SqliteDialect {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  database.exec('PRAGMA journal_mode = WAL');
  // FULL: a commit that returned survives a power cut. Money is written here.
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
