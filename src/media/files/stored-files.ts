/**
 * Entry point of `files`: stores files by content, tracks which jobs use them, and limits them per
 * server. A new file is written as a draft, then gets its row, then its name. Deletion goes in reverse
 * order, and `sweep.ts` finishes what a crash interrupted.
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

import { nanoid } from 'nanoid';

import { HOUR } from '../../clock.ts';
import { UserError } from '../../errors.ts';
import { text } from '../../text/text.ts';
import {
  deleteIfUnused,
  markMissing,
  markStored,
  reserveNew,
  reserveSame,
  unusedFiles,
  type Content,
  type Reservation,
} from './file-rows.ts';
import type { Folder } from './file-store.ts';
import { dropUses, type FileOwner } from './file-uses.ts';
import { dropOldest, makeRoom, storedBytes, type BoundDependencies } from './guild-storage.ts';

/** An order is recorded or refused long before, since an interaction's token lives for 15 minutes. */
const RESERVED_MS = HOUR;
const BATCH = 100;
const READ_BYTES = 256 * 1024;

export interface NewFile extends FileOwner {
  readonly folder: Folder;
  /** Such as `.mp4`. */
  readonly ending?: string | undefined;
  /** Whether the server's limit may refuse the file; a paid video may not be refused. */
  readonly isRefusable: boolean;
}

export interface Kept<Facts> {
  readonly name: string;
  readonly byteLength: number;
  /** What the writer returned. */
  readonly facts: Facts;
}

export interface StoredFiles {
  /**
   * Checks, before a download, that the server may store so many more bytes. Drops files of ended jobs if
   * necessary.
   *
   * @throws UserError
   */
  checkRoom(guildId: string, bytes: number): Promise<void>;
  /**
   * Stores what `write` writes to the path, reserved for the job. The same content is stored once. Drops
   * the oldest files of the server's ended jobs if necessary.
   *
   * @throws UserError when open jobs leave no room; DiskFullError; what `write` throws
   */
  keep<Facts>(file: NewFile, write: (path: string) => Promise<Facts>): Promise<Kept<Facts>>;
  /** Releases what was reserved for a job that was not recorded. */
  release(jobId: string): Promise<void>;
  /** Drops the oldest files of the server's ended jobs until the rest is within its limit. */
  keepWithinBound(guildId: string): Promise<void>;
  /** Drops all files of the server's ended jobs. @returns whether none of its files is left */
  dropAll(guildId: string): Promise<boolean>;
  /** Deletes files that no job uses any more. @returns how many */
  deleteUnused(signal?: AbortSignal): Promise<number>;
}

export type StoredFilesDependencies = BoundDependencies;

export function createStoredFiles(dependencies: StoredFilesDependencies): StoredFiles {
  const { database, files, guildBytes, clock } = dependencies;

  const deleteAll = async (names: readonly string[], signal?: AbortSignal): Promise<number> => {
    let deleted = 0;
    for (const name of names) {
      if (signal?.aborted === true) break;
      if (await deleteIfUnused(database, files, { name, nowMs: clock.now() })) deleted += 1;
    }
    return deleted;
  };

  return {
    async checkRoom(guildId, bytes) {
      const isRoom = await makeRoom({ guildId, moreBytes: Math.max(1, bytes) }, dependencies);
      if (!isRoom) throw guildIsFull(guildBytes);
    },
    keep: async (file, write) =>
      files.withDraft(file.folder, async (path) => {
        const facts = await write(path);
        const content = await contentOf(path);
        const name = await keepContent(file, { path, ...content }, dependencies);
        return { name, byteLength: content.bytes, facts };
      }),
    async release(jobId) {
      await deleteAll(await dropUses(database, { of: 'refused-job', jobId }, clock.now()));
    },
    keepWithinBound: async (guildId) =>
      dropOldest({ guildId, mostBytes: guildBytes }, dependencies),
    async dropAll(guildId) {
      await dropOldest({ guildId, mostBytes: 0 }, dependencies);
      return (await storedBytes(database, guildId)) === 0;
    },
    async deleteUnused(signal) {
      let deleted = 0;
      for (;;) {
        const names = await unusedFiles(database, BATCH);
        deleted += await deleteAll(names, signal);
        if (names.length < BATCH || signal?.aborted === true) return deleted;
      }
    },
  };
}

interface Draft extends Content {
  readonly path: string;
}

/** @returns the name of the stored file */
async function keepContent(
  file: NewFile,
  { path, ...content }: Draft,
  dependencies: StoredFilesDependencies,
): Promise<string> {
  const { database, files, clock } = dependencies;
  const { jobId, guildId, folder, ending = '' } = file;
  const reservation = { jobId, guildId, reservedUntilMs: clock.now() + RESERVED_MS };
  const same = await existing(content, reservation, dependencies);
  const name = same ?? `${folder}/${jobId}-${nanoid()}${ending}`;
  if (same === undefined) await reserveNew(database, { name, ...content }, reservation);
  // After the reservation, so that concurrent orders count each other's files.
  await applyBound(file, dependencies);
  if (same !== undefined) return name;
  await files.putInPlace(path, name);
  await markStored(database, name, clock.now());
  return name;
}

/** @returns an existing file with this content, now reserved for the job too, if it is on disk */
async function existing(
  content: Content,
  reservation: Reservation,
  { database, files, clock, logger }: StoredFilesDependencies,
): Promise<string | undefined> {
  const name = await reserveSame(database, content, reservation);
  if (name === undefined) return undefined;
  if ((await files.stat(name))?.byteLength === content.bytes) return name;
  logger.warn({ file: name }, 'stored file missing or truncated; storing its content again');
  await markMissing(database, name, clock.now());
  return undefined;
}

/** @throws UserError */
async function applyBound(
  { guildId, isRefusable }: NewFile,
  dependencies: StoredFilesDependencies,
): Promise<void> {
  const { guildBytes } = dependencies;
  if (!isRefusable) return dropOldest({ guildId, mostBytes: guildBytes }, dependencies);
  if (!(await makeRoom({ guildId, moreBytes: 0 }, dependencies))) throw guildIsFull(guildBytes);
}

async function contentOf(path: string): Promise<Content> {
  const hash = createHash('sha256');
  // One buffer for the whole file: new ones would not be freed as fast as they are filled.
  const buffer = Buffer.alloc(READ_BYTES);
  await using file = await open(path, 'r');
  let bytes = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, bytes);
    if (bytesRead === 0) return { sha256: hash.digest('hex'), bytes };
    hash.update(buffer.subarray(0, bytesRead));
    bytes += bytesRead;
  }
}

function guildIsFull(guildBytes: number): UserError {
  const megabytes = Math.round(guildBytes / 1_000_000);
  return new UserError(text('media:serverIsFull', { megabytes }));
}
