/**
 * Commits together what several callers wrote within a turn of the event loop: each commit waits for
 * the disk, and the whole process waits with it.
 */

/** The transaction in SQLite that several callers' work belongs to. */
export class Batch {
  readonly #end = Promise.withResolvers<void>();

  constructor() {
    // Nobody waits for a batch whose transactions were all rolled back.
    this.#end.promise.catch(() => undefined);
  }

  /** Resolves once the work is on the disk. Rejects when all of it was rolled back. */
  get committed(): Promise<void> {
    return this.#end.promise;
  }

  resolve(): void {
    this.#end.resolve();
  }

  reject(error: unknown): void {
    this.#end.reject(error);
  }
}

export interface BatchFile {
  /** False too when SQLite has rolled back by itself, as it does when the disk is full. */
  readonly isInTransaction: boolean;
  run(sql: string): void;
}

export class CommitBatches {
  readonly #file: BatchFile;
  #open: Batch | undefined;

  constructor(file: BatchFile) {
    this.#file = file;
  }

  get current(): Batch | undefined {
    return this.#open;
  }

  /**
   * Returns the open batch, or opens one, with the right to write from the start: SQLite refuses a
   * transaction that has read and then wants to write, without waiting, where another program has
   * written meanwhile.
   */
  join(): Batch {
    return this.joinOpen() ?? this.#begin();
  }

  /**
   * Returns the open batch. Without one, a statement is a transaction of its own.
   *
   * @throws Error when what is left of a failed batch still cannot be rolled back
   */
  joinOpen(): Batch | undefined {
    if (this.#open === undefined) this.#leaveTransaction();
    return this.#open;
  }

  #begin(): Batch {
    this.#file.run('begin immediate');
    this.#open = new Batch();
    return this.#open;
  }

  /** Does nothing without an open batch. A failure reaches the callers by `committed`. */
  commit(): void {
    const batch = this.#open;
    if (batch === undefined) return;
    try {
      this.#file.run('commit');
    } catch (error) {
      this.rollBack(error);
      return;
    }
    this.#open = undefined;
    batch.resolve();
  }

  /** Rolls back the whole open batch. The error reaches the callers by `committed`. */
  rollBack(error: unknown): void {
    const batch = this.#open;
    if (batch === undefined) return;
    this.#open = undefined;
    batch.reject(error);
    this.#tryRollBack();
  }

  /** Ends the batch if SQLite has rolled it back because of this error. */
  checkAfter(error: unknown): void {
    if (this.#open === undefined || this.#file.isInTransaction) return;
    this.#open.reject(error);
    this.#open = undefined;
  }

  #tryRollBack(): void {
    try {
      this.#leaveTransaction();
    } catch {
      // The next caller tries again, and gets the error.
    }
  }

  #leaveTransaction(): void {
    if (this.#file.isInTransaction) this.#file.run('rollback');
  }
}
