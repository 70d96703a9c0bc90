/**
 * Kysely's driver for the one connection to SQLite that all callers share. Transactions of one turn of
 * the event loop are savepoints in one batch. A rollback undoes only its own transaction, and no caller
 * gets an answer before the data that it rests on is on disk.
 */
import {
  DeleteQueryNode,
  InsertQueryNode,
  SqliteDriver,
  UpdateQueryNode,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type SqliteDatabase,
} from 'kysely';

import { CommitBatches, type Batch } from './commit-batches.ts';
import { ConnectionQueue } from './connection-queue.ts';

export interface SqliteFile extends SqliteDatabase {
  readonly isInTransaction: boolean;
}

export class SharedSqliteDriver implements Driver {
  readonly #driver: SqliteDriver;
  readonly #file: SqliteFile;
  readonly #batches: CommitBatches;
  readonly #queue: ConnectionQueue;
  /** The lease that began a transaction last. */
  #last: Lease | undefined;

  constructor(file: SqliteFile) {
    this.#driver = new SqliteDriver({ database: file });
    this.#file = file;
    const batches = new CommitBatches({
      get isInTransaction() {
        return file.isInTransaction;
      },
      run: (sql) => void file.prepare(sql).run([]),
    });
    this.#batches = batches;
    this.#queue = new ConnectionQueue(() => batches.commit());
  }

  async init(): Promise<void> {
    await this.#driver.init();
  }

  async acquireConnection(): Promise<Lease> {
    const connection = await this.#driver.acquireConnection();
    const lease = new Lease({
      connection,
      file: this.#file,
      queue: this.#queue,
      batches: this.#batches,
    });
    await lease.acquire();
    return lease;
  }

  releaseConnection(lease: Lease): Promise<void> {
    return Promise.try(() => lease.end());
  }

  async beginTransaction(lease: Lease): Promise<void> {
    await lease.begin();
    this.#last = lease;
  }

  async commitTransaction(lease: Lease): Promise<void> {
    await lease.commit();
  }

  async rollbackTransaction(lease: Lease): Promise<void> {
    await lease.rollBack();
  }

  /** Ends without the work of a transaction that is still open. */
  async destroy(): Promise<void> {
    this.#last?.undo();
    this.#batches.commit();
    await this.#driver.destroy();
  }
}

interface LeaseOptions {
  readonly connection: DatabaseConnection;
  readonly file: SqliteFile;
  readonly queue: ConnectionQueue;
  readonly batches: CommitBatches;
}

/** One caller's use of the connection, for a query or a transaction. */
class Lease implements DatabaseConnection {
  readonly #options: LeaseOptions;
  #isHeld = false;
  #isEnded = false;
  /** Of the transaction that was begun. */
  #batch: Batch | undefined;
  /** While a transaction waits for its batch. */
  #isEnding = false;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** @throws Error after `end`, because nobody would release the connection again */
  async acquire(): Promise<void> {
    if (!this.#isHeld && !this.#isEnded) {
      await this.#options.queue.acquire();
      this.#isHeld = true;
    }
    if (!this.#isEnded) return;
    this.release();
    throw new Error('the connection was released before this query');
  }

  end(): void {
    this.#isEnded = true;
    this.release();
  }

  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#options.queue.release();
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    // Kysely accepts queries until the transaction has ended; this one would commit on its own.
    if (this.#isEnding) throw new Error('the transaction has ended before this query');
    return this.#batch === undefined
      ? this.#executeAlone<Row>(query)
      : this.#executeIn<Row>(this.#batch, query);
  }

  async *streamQuery<Row>(
    query: CompiledQuery,
    chunkSize: number,
  ): AsyncIterableIterator<QueryResult<Row>> {
    await this.acquire();
    if (this.#batch === undefined) {
      const { batches } = this.#options;
      // The reader of the rows may take as long as it likes between two of them.
      batches.commit();
      batches.joinOpen();
    } else {
      this.#requireOpen(this.#batch);
    }
    yield* this.#options.connection.streamQuery<Row>(query, chunkSize);
  }

  async begin(): Promise<void> {
    const { batches } = this.#options;
    await this.acquire();
    const batch = batches.join();
    this.#run('savepoint caller');
    this.#batch = batch;
  }

  /** Lets the next caller in before the batch is committed, so that it can be part of it. */
  async commit(): Promise<void> {
    const batch = this.#batch;
    if (batch === undefined) return;
    this.#requireOpen(batch);
    this.#run('release caller');
    await this.#waitFor(batch);
  }

  /** Waits for the batch: the reason to roll back may be something that another caller wrote in it. */
  async rollBack(): Promise<void> {
    const batch = this.#batch;
    this.undo();
    if (batch !== undefined) await this.#waitFor(batch);
  }

  undo(): void {
    const { batches } = this.#options;
    if (this.#batch === undefined || this.#batch !== batches.current) return;
    try {
      this.#run('rollback to caller');
      this.#run('release caller');
    } catch (error) {
      batches.rollBack(error);
    }
  }

  async #waitFor(batch: Batch): Promise<void> {
    this.#batch = undefined;
    this.#isEnding = true;
    this.release();
    try {
      await batch.committed;
    } finally {
      this.#isEnding = false;
    }
  }

  async #executeAlone<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const { batches } = this.#options;
    await this.acquire();
    const batch = isWrite(query) ? batches.join() : batches.joinOpen();
    if (batch === undefined) return this.#execute<Row>(query);
    try {
      return await this.#execute<Row>(query);
    } finally {
      this.release();
      // An error waits too: it may rest on what another caller wrote in the batch.
      await batch.committed;
    }
  }

  async #executeIn<Row>(batch: Batch, query: CompiledQuery): Promise<QueryResult<Row>> {
    this.#requireOpen(batch);
    return this.#execute<Row>(query);
  }

  async #execute<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const { connection, batches } = this.#options;
    try {
      return await connection.executeQuery<Row>(query);
    } catch (error) {
      batches.checkAfter(error);
      throw error;
    }
  }

  /** Refuses statements after SQLite has rolled the transaction back: each would commit on its own. */
  #requireOpen(batch: Batch): void {
    if (batch !== this.#options.batches.current) {
      throw new Error('the transaction was rolled back after an earlier error');
    }
  }

  #run(sql: string): void {
    const { file, batches } = this.#options;
    try {
      file.prepare(sql).run([]);
    } catch (error) {
      batches.checkAfter(error);
      throw error;
    }
  }
}

function isWrite({ query }: CompiledQuery): boolean {
  return InsertQueryNode.is(query) || UpdateQueryNode.is(query) || DeleteQueryNode.is(query);
}
