/** Writes files to disk durably: a file is complete or does not exist, even after a crash. */
import { open, rename, statfs, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

import { MINUTE, type Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';

/**
 * Disk space that pictures and videos leave free for the database, which may be on the same disk. A
 * single file may still exceed what is left above it.
 */
const RESERVE_BYTES = 32 * 1024 * 1024;
const TELL_AGAIN_MS = 10 * MINUTE;
const FULL_CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** The suffix of an unfinished file's name. */
export const PART_SUFFIX = '.part';

/** The disk is full and the operator must free space. No partial file was left. */
export class DiskFullError extends Error {
  readonly kind = 'disk-full';
  override readonly name = 'DiskFullError';

  constructor(path: string, options: ErrorOptions = {}) {
    super(`The disk is full: ${path} could not be written. Make room where DATA_DIR is.`, options);
  }
}

/**
 * Creates the file at `path`, lets `write` fill it, and syncs it to disk.
 *
 * @throws DiskFullError
 */
export async function writeDurably<T>(
  path: string,
  write: (file: FileHandle) => Promise<T>,
): Promise<T> {
  try {
    await using file = await open(path, 'w+');
    const result = await write(file);
    await file.sync();
    return result;
  } catch (error) {
    throw orDiskFull(error, path);
  }
}

/** Converts an error about a full disk to DiskFullError; returns others unchanged. */
function orDiskFull(error: unknown, path: string): unknown {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return FULL_CODES.has(code) ? new DiskFullError(path, { cause: error }) : error;
}

/**
 * Checks for free space before a download, because a link can be opened only a hundred times.
 *
 * @throws DiskFullError when only the reserve is left on the disk of `path`
 */
export async function ensureRoom(path: string): Promise<void> {
  const { bavail, bsize, blocks } = await statfs(path);
  // Some network file systems report no blocks at all.
  if (blocks > 0 && bavail * bsize < RESERVE_BYTES) throw new DiskFullError(path);
}

/** Runs `work` and returns or throws its result. Logs a full disk as an error, at most every ten minutes. */
export type ReportingFullDisk = <T>(work: () => Promise<T>) => Promise<T>;

export function createDiskReport(clock: Clock, logger: Logger): ReportingFullDisk {
  let quietUntilMs = 0;
  return async (work) => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof DiskFullError && clock.now() >= quietUntilMs) {
        quietUntilMs = clock.now() + TELL_AGAIN_MS;
        logger.error(
          { err: error },
          'disk full: free space for DATA_DIR; finished videos wait, new pictures are refused',
        );
      }
      throw error;
    }
  };
}

/** Renames a finished file atomically and syncs its folder. @throws DiskFullError */
export async function moveIntoPlace(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
    await using folder = await open(dirname(to), 'r');
    await folder.sync();
  } catch (error) {
    throw orDiskFull(error, to);
  }
}
