/** Writing to our own disk so that a file is there whole or not at all, whatever happens meanwhile. */
import { open, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

const FULL_CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** What stands behind an unfinished file's name. */
export const PART_SUFFIX = '.part';

/** No room is left. The operator must make some; nothing was half written. */
export class DiskFullError extends Error {
  readonly kind = 'disk-full';
  override readonly name = 'DiskFullError';

  constructor(path: string, options: ErrorOptions) {
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
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    throw FULL_CODES.has(code) ? new DiskFullError(path, { cause: error }) : error;
  }
}

/** Gives a finished file its name, in one step, and makes the name durable too. */
export async function moveIntoPlace(from: string, to: string): Promise<void> {
  await rename(from, to);
  await using folder = await open(dirname(to), 'r');
  await folder.sync();
}
