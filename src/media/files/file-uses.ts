/**
 * Tracks which jobs use which files. A job that is not recorded yet reserves its files. The transaction
 * that records the job confirms the uses, and the one that ends it ends them; ended uses are kept for a
 * while.
 */
import { PostgresAdapter, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely';

import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import type { Tables } from '../../storage/schema.ts';

/** The job and server of a file. */
export interface FileOwner {
  readonly jobId: string;
  readonly guildId: string;
}

/**
 * Confirms the reserved files of a job. Must be called in the transaction that records their names.
 *
 * @returns false when some of them no longer exist, so the job cannot use them
 */
export async function confirmUses(
  transaction: DatabaseTransaction,
  jobId: string,
  files: readonly string[],
): Promise<boolean> {
  const names = [...new Set(files)];
  if (names.length === 0) return true;
  const { numUpdatedRows } = await transaction
    .updateTable('file_uses')
    .set({ reserved_until: null })
    .where('job_id', '=', jobId)
    .where('file', 'in', names)
    .executeTakeFirst();
  return Number(numUpdatedRows) === names.length;
}

/** Must be called in the transaction that ends the job. */
export async function endUses(
  database: Database,
  { jobId, isDelivered, nowMs }: { jobId: string; isDelivered: boolean; nowMs: number },
): Promise<void> {
  await database
    .updateTable('file_uses')
    .set({ ended_at: nowMs, is_delivered: isDelivered ? 1 : 0 })
    .where('job_id', '=', jobId)
    .where('ended_at', 'is', null)
    .where('reserved_until', 'is', null)
    .execute();
}

/** Adds a use of a file whose row this transaction has locked. */
export async function addUse(
  transaction: DatabaseTransaction,
  use: FileOwner & {
    readonly file: string;
    readonly bytes: number;
    readonly reservedUntilMs: number | null;
    readonly endedAtMs?: number | null;
    readonly isDelivered?: boolean;
  },
): Promise<void> {
  const { jobId, guildId, file, bytes, reservedUntilMs, endedAtMs = null } = use;
  await transaction
    .insertInto('file_uses')
    .values({
      job_id: jobId,
      guild_id: guildId,
      file,
      bytes,
      reserved_until: reservedUntilMs,
      ended_at: endedAtMs,
      is_delivered: use.isDelivered === true ? 1 : 0,
    })
    // The same picture twice in one order, or a video downloaded again: renews an old reservation.
    .onConflict((conflict) =>
      conflict
        .columns(['job_id', 'file'])
        .doUpdateSet({ reserved_until: reservedUntilMs })
        .where('file_uses.reserved_until', 'is not', null),
    )
    .execute();
}

/** The uses to drop: reservations of a refused job, expired reservations, uses of ended jobs, or of a missing file. */
export type Dropped =
  | { readonly of: 'refused-job'; readonly jobId: string }
  | { readonly of: 'expired-reservations'; readonly beforeMs: number }
  | { readonly of: 'ended-jobs'; readonly jobIds: readonly string[] }
  | { readonly of: 'missing-file'; readonly file: string };

/** Drops uses and marks their files as possibly unused. @returns those files */
export async function dropUses(
  database: Database,
  dropped: Dropped,
  nowMs: number,
): Promise<string[]> {
  return database.transaction().execute(async (transaction) => {
    const deleted = await deleteUses(transaction, dropped);
    const files = [...new Set(deleted.map(({ file }) => file))];
    if (files.length > 0) {
      await lockFiles(transaction, files);
      await transaction
        .updateTable('files')
        .set({ unused_at: nowMs })
        .where('name', 'in', files)
        .where('unused_at', 'is', null)
        .execute();
    }
    return files;
  });
}

/**
 * Deletes uses. To avoid deadlocks, every transaction locks uses before files, and each in key order.
 */
export async function deleteUses(
  transaction: DatabaseTransaction,
  dropped: Dropped,
): Promise<{ file: string }[]> {
  const isDropped = conditionOf(dropped);
  if (hasRowLocks(transaction)) {
    await transaction
      .selectFrom('file_uses')
      .select('file')
      .where(isDropped)
      .orderBy('job_id')
      .orderBy('file')
      .forUpdate()
      .execute();
  }
  return transaction.deleteFrom('file_uses').where(isDropped).returning('file').execute();
}

async function lockFiles(transaction: DatabaseTransaction, names: readonly string[]) {
  if (!hasRowLocks(transaction)) return;
  const files = transaction.selectFrom('files').select('name').where('name', 'in', names);
  await files.orderBy('name').forUpdate().execute();
}

/** SQLite has no row locks and needs none: a write transaction locks the whole database. */
function hasRowLocks(transaction: DatabaseTransaction): boolean {
  return transaction.getExecutor().adapter instanceof PostgresAdapter;
}

function conditionOf(dropped: Dropped) {
  return (eb: ExpressionBuilder<Tables, 'file_uses'>): Expression<SqlBool> => {
    switch (dropped.of) {
      case 'refused-job':
        return eb.and([eb('job_id', '=', dropped.jobId), eb('reserved_until', 'is not', null)]);
      case 'expired-reservations':
        return eb.and([
          eb('reserved_until', 'is not', null),
          eb('reserved_until', '<=', dropped.beforeMs),
        ]);
      case 'ended-jobs':
        return eb.and([eb('job_id', 'in', dropped.jobIds), eb('ended_at', 'is not', null)]);
      case 'missing-file':
        return eb.and([eb('file', '=', dropped.file), eb('ended_at', 'is not', null)]);
      default:
        return dropped satisfies never;
    }
  };
}
