/** Writing to our own disk so that a file is there whole or not at all, whatever happens meanwhile. */
import { open, rename, statfs, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

import { MINUTE, type Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';

/**
 * What pictures and videos leave free: the database may lie on the same disk, and without it nothing
 * goes on. A file may still be larger than what is left above it.
 */
const RESERVE_BYTES = 32 * 1024 * 1024;
const TELL_AGAIN_MS = 10 * MINUTE;
const FULL_CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** What stands behind an unfinished file's name. */
export const PART_SUFFIX = '.part';

/** No room is left. The operator must make some; nothing was half written. */
export class DiskFullError extends Error {
  readonly kind = 'disk-full';
  override readonly name = 'DiskFullError';

  constructor(path: string, options: ErrorOptions = {}) {
    super(`The disk is full: ${path} could not be written. Make room where DATA_DIR is.`, options);
  }
}

/**
 * Makes the file at `path` new, lets `write` fill it, and returns when its bytes are on the disk.
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

/** The failure as what it is: no room, or something else. */
function orDiskFull(error: unknown, path: string): unknown {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return FULL_CODES.has(code) ? new DiskFullError(path, { cause: error }) : error;
}

/**
 * Before something is fetched that would find no room: a link may be opened a hundred times only.
 *
 * @throws DiskFullError when the disk that `path` is on has only its reserve left
 */
export async function ensureRoom(path: string): Promise<void> {
  const { bavail, bsize, blocks } = await statfs(path);
  // Some network file systems tell of no blocks at all.
  if (blocks > 0 && bavail * bsize < RESERVE_BYTES) throw new DiskFullError(path);
}

/** Passes on what work gives or throws. Tells the operator of a full disk, loudly and once in ten minutes. */
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
          'the disk is full: make room where DATA_DIR is; finished videos wait for it, new pictures are refused',
        );
      }
      throw error;
    }
  };
}

/** Gives a finished file its name, in one step, and makes the name durable too. @throws DiskFullError */
export async function moveIntoPlace(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
    await using folder = await open(dirname(to), 'r');
    await folder.sync();
  } catch (error) {
    throw orDiskFull(error, to);
  }
}
