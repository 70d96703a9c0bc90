/**
 * The rows of stored files. A file is believed in from when it is whole and in its place until its
 * deletion begins; its row is there before it, and goes after it.
 */
import type { Database } from '../../storage/database.ts';
import type { FileStore } from './file-store.ts';
import { addUse, deleteUses, type FileOwner } from './file-uses.ts';

export interface Content {
  /** In hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface Reservation extends FileOwner {
  readonly reservedUntilMs: number;
}

/** @returns the name of a file with this content, now reserved for the job as well; undefined where there is none */
export async function reserveSame(
  database: Database,
  { sha256, bytes }: Content,
  reservation: Reservation,
): Promise<string | undefined> {
  return database.transaction().execute(async (transaction) => {
    const row = await transaction
      .selectFrom('files')
      .select('name')
      .where('sha256', '=', sha256)
      .where('bytes', '=', bytes)
      .where('stored_at', 'is not', null)
      .where('deleting_at', 'is', null)
      .limit(1)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    // Locks the row: who deletes the file looks for uses after this transaction, or began before it.
    const { numUpdatedRows } = await transaction
      .updateTable('files')
      .set({ unused_at: null })
      .where('name', '=', row.name)
      .where('deleting_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return undefined;
    await addUse(transaction, { ...reservation, file: row.name, bytes });
    return row.name;
  });
}

/** Makes the row of a file that is to be put in its place, reserved for the job. */
export async function reserveNew(
  database: Database,
  { name, sha256, bytes }: Content & { readonly name: string },
  reservation: Reservation,
): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await transaction
      .insertInto('files')
      .values({ name, sha256, bytes, stored_at: null, unused_at: null, deleting_at: null })
      .execute();
    await addUse(transaction, { ...reservation, file: name, bytes });
  });
}

export async function markStored(database: Database, name: string, nowMs: number): Promise<void> {
  await database
    .updateTable('files')
    .set({ stored_at: nowMs })
    .where('name', '=', name)
    .where('deleting_at', 'is', null)
    .execute();
}

/** The file is not where it was put: nobody else is given it. Uses of jobs that have ended are dropped. */
export async function markMissing(database: Database, name: string, nowMs: number): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await deleteUses(transaction, { of: 'missing-file', file: name });
    await transaction
      .updateTable('files')
      .set({ sha256: null, unused_at: nowMs })
      .where('name', '=', name)
      .execute();
  });
}

/** Names of files that may have no use any more, and of those whose deletion was not finished. */
export async function unusedFiles(database: Database, limit: number): Promise<string[]> {
  const rows = await database
    .selectFrom('files')
    .select('name')
    .where('unused_at', 'is not', null)
    .orderBy('unused_at')
    .limit(limit)
    .execute();
  return rows.map(({ name }) => name);
}

/**
 * Deletes a file that no job uses: marked first, so that nobody takes it up, then the file, then its
 * row. A crash in between leaves the mark, and the next sweep goes on from there.
 *
 * @returns whether it was deleted; one that is used stays
 */
export async function deleteIfUnused(
  database: Database,
  files: Pick<FileStore, 'remove'>,
  { name, nowMs }: { readonly name: string; readonly nowMs: number },
): Promise<boolean> {
  const isMarked = await database.transaction().execute(async (transaction) => {
    // Locks the row: a use that was added before is seen below, and none can be added after.
    const { numUpdatedRows } = await transaction
      .updateTable('files')
      .set({ deleting_at: nowMs })
      .where('name', '=', name)
      .where('unused_at', 'is not', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    const use = await transaction
      .selectFrom('file_uses')
      .select('job_id')
      .where('file', '=', name)
      .limit(1)
      .executeTakeFirst();
    if (use === undefined) return true;
    await transaction
      .updateTable('files')
      .set({ deleting_at: null, unused_at: null })
      .where('name', '=', name)
      .execute();
    return false;
  });
  if (!isMarked) return false;
  await files.remove(name);
  await database
    .deleteFrom('files')
    .where('name', '=', name)
    .where('deleting_at', 'is not', null)
    .execute();
  return true;
}
