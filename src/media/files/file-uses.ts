/**
 * Which jobs need which files. A job that is not recorded yet reserves its files; the transaction that
 * records it confirms them, and the one that ends it ends their uses, which are kept for a while.
 */
import type { Database, DatabaseTransaction } from '../../storage/database.ts';

/** Whose a file is. */
export interface FileOwner {
  readonly jobId: string;
  readonly guildId: string;
}

/**
 * Makes the reserved files of a job its own. To be called in the transaction that records their names.
 *
 * @returns false where some of them are no longer there: nothing may be built on them
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

/** To be called in the transaction that ends the job. */
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

/** Adds a use to a file whose row is locked by this transaction. */
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
    // The same picture twice in one order, or a video that is fetched once more: a reservation of long ago is renewed.
    .onConflict((conflict) =>
      conflict
        .columns(['job_id', 'file'])
        .doUpdateSet({ reserved_until: reservedUntilMs })
        .where('file_uses.reserved_until', 'is not', null),
    )
    .execute();
}

/** What uses to drop: reserved ones of a job, expired ones, or those of jobs that ended long ago. */
export type Dropped =
  | { readonly of: 'refused-job'; readonly jobId: string }
  | { readonly of: 'expired-reservations'; readonly beforeMs: number }
  | { readonly of: 'ended-jobs'; readonly jobIds: readonly string[] };

/** Drops the uses. @returns the files that may have none left, which is noted with them */
export async function dropUses(
  database: Database,
  dropped: Dropped,
  nowMs: number,
): Promise<string[]> {
  return database.transaction().execute(async (transaction) => {
    const deleted = await deleteUses(transaction, dropped);
    const files = [...new Set(deleted.map(({ file }) => file))];
    if (files.length > 0) {
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

async function deleteUses(transaction: DatabaseTransaction, dropped: Dropped) {
  const uses = transaction.deleteFrom('file_uses').returning('file');
  switch (dropped.of) {
    case 'refused-job':
      return uses
        .where('job_id', '=', dropped.jobId)
        .where('reserved_until', 'is not', null)
        .execute();
    case 'expired-reservations':
      return uses
        .where('reserved_until', 'is not', null)
        .where('reserved_until', '<=', dropped.beforeMs)
        .execute();
    case 'ended-jobs':
      if (dropped.jobIds.length === 0) return [];
      return uses.where('job_id', 'in', dropped.jobIds).where('ended_at', 'is not', null).execute();
    default:
      return dropped satisfies never;
  }
}
