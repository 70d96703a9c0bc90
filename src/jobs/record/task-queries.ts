/** Queries on the jobs table about the vendors' tasks. */
import type { VendorName } from '../../catalogue/vendors.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import { isOpenJob } from '../../storage/index-conditions.ts';

/** A task that a vendor is working on, as the poll loop needs it. */
export interface OpenTask {
  readonly jobId: string;
  readonly taskId: string;
  readonly submittedAtMs: number;
  /** When the task is due, estimated from past render times. */
  readonly expectedAtMs: number | undefined;
}

export function openTasks(database: Database) {
  return {
    /** Returns every task that a vendor is working on, oldest first, without its record. */
    async openTasks(vendor: VendorName): Promise<OpenTask[]> {
      const rows = await database
        .selectFrom('jobs')
        .select(['id', 'task_id', 'submitted_at', 'expected_at'])
        .where('vendor', '=', vendor)
        .where('state', 'in', ['queued', 'running'])
        .where(isOpenJob)
        .orderBy('created_at')
        .execute();
      return rows.map((row) => ({
        jobId: row.id,
        // Both are set in the transition to `queued`.
        taskId: row.task_id ?? '',
        submittedAtMs: row.submitted_at ?? 0,
        expectedAtMs: row.expected_at ?? undefined,
      }));
    },

    /** Returns the `execution_expires_after` values of a vendor account's open submissions. */
    async tagsInUse(transaction: DatabaseTransaction, vendor: VendorName): Promise<Set<number>> {
      const rows = await transaction
        .selectFrom('jobs')
        .select('expires_after_seconds')
        .where('vendor', '=', vendor)
        .where('state', 'in', ['submitting', 'queued', 'running'])
        .where(isOpenJob)
        .execute();
      return new Set(rows.flatMap((row) => row.expires_after_seconds ?? []));
    },

    /** Returns which of these tasks belong to one of our jobs, open or ended. */
    async ownedTasks(vendor: VendorName, taskIds: readonly string[]): Promise<Set<string>> {
      if (taskIds.length === 0) return new Set();
      const rows = await database
        .selectFrom('jobs')
        .select('task_id')
        .where('vendor', '=', vendor)
        .where('task_id', 'in', taskIds)
        .execute();
      return new Set(rows.flatMap((row) => row.task_id ?? []));
    },
  };
}
