/**
 * The rows of stored files. A row is created before its file and deleted after it; in between, the file
 * counts as present from when it is complete and in place until its deletion begins.
 */
import type { Database } from '../../storage/database.ts';
import type { FileStore } from './file-store.ts';
import { addUse, deleteUses, type FileOwner } from './file-uses.ts';

export interface Content {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface Reservation extends FileOwner {
  readonly reservedUntilMs: number;
}

/** @returns the name of an existing file with this content, now reserved for the job too; undefined if none */
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
    // Locks the row: a deletion either began before this transaction or looks for uses after it.
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

/** Creates the row of a file that will be put in place, reserved for the job. */
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

/** Marks a file as missing, so that it is not shared any more, and drops the uses of ended jobs. */
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

/** Returns the names of files that may be unused, including those whose deletion was not finished. */
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
 * Deletes a file that no job uses: first marks it, so that no job takes it, then deletes the file, then
 * its row. After a crash in between, the next sweep finds the mark and continues.
 *
 * @returns whether the file was deleted; a used file stays
 */
export async function deleteIfUnused(
  database: Database,
  files: Pick<FileStore, 'remove'>,
  { name, nowMs }: { readonly name: string; readonly nowMs: number },
): Promise<boolean> {
  const isMarked = await database.transaction().execute(async (transaction) => {
    // Locks the row: uses added before are seen below, and none can be added afterwards.
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
