/** Finds out what became durable when the answer to a commit was lost. */
import type { Database, DatabaseTransaction } from '../storage/database.ts';
import { createJobStore } from './record/job-store.ts';
import type { Job } from './record/job.ts';
import { retryWrite, type RetryWriteOptions } from './retry-write.ts';

export interface UnknownCommit {
  readonly database: Database;
  readonly jobId: string;
  /**
   * Takes a lock that the unanswered transaction holds, to wait for its end if it is still running.
   */
  readonly lock: (transaction: DatabaseTransaction) => Promise<unknown>;
}

/**
 * Returns the job as the database has it once the unanswered transaction has ended: a database that
 * restarts may have committed it, or be about to. The read is repeated while the database fails.
 *
 * @throws what the last try threw
 */
export async function findAfterUnknownCommit(
  { database, jobId, lock }: UnknownCommit,
  options: RetryWriteOptions,
): Promise<Job | undefined> {
  return retryWrite(
    // A transaction whose own commit is answered: what it read is committed, and cannot be undone.
    async () =>
      database.transaction().execute(async (transaction) => {
        await lock(transaction);
        return createJobStore(transaction).find(jobId);
      }),
    options,
  );
}
