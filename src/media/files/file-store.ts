/**
 * The files we keep: members' pictures until their job is done, videos until nobody may ask for
 * them. Names are ours, such as `inputs/<job>-first_frame.png`; nothing a person typed is in them.
 */
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { nanoid } from 'nanoid';

import { HOUR, type Clock } from '../../clock.ts';
import { ConfigError, UntrustedContentError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import {
  createDiskReport,
  ensureRoom,
  moveIntoPlace,
  PART_SUFFIX,
  writeDurably,
  type ReportingFullDisk,
} from './disk.ts';

/** Only these are ours to sweep: the database may lie in the same folder. */
const FOLDERS = ['inputs', 'videos'] as const;
/** A folder of ours and one plain file name in it: no dot in front, no separator, no `..`. */
const NAME = new RegExp(`^(?:${FOLDERS.join('|')})/[\\w-]+(?:\\.[\\w-]+)*$`);
/** No download takes this long: what is still unfinished then was left by a process that died. */
const STALE_PART_MS = HOUR;

export interface StoredFile {
  readonly byteLength: number;
  /** Unix milliseconds. */
  readonly modifiedAtMs: number;
}

export interface FileStore {
  /** Asked before something large is fetched. @throws DiskFullError when there is no room for it */
  ensureRoom(): Promise<void>;
  /** Writes the whole file or nothing. @throws DiskFullError */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** @throws the file system's error when there is no such file */
  read(name: string): Promise<Uint8Array>;
  /** The absolute path, whether the file exists or not. @throws UntrustedContentError for a name that is not one of ours */
  path(name: string): string;
  /** Undefined when there is no such file. */
  stat(name: string): Promise<StoredFile | undefined>;
  /** Harmless when there is no such file. */
  remove(name: string): Promise<void>;
  /**
   * Removes files last written more than `ageMs` ago unless `isKept`, and what dead processes left
   * unfinished.
   *
   * @returns the names removed
   */
  sweepOlderThan(
    ageMs: number,
    isKept: (name: string) => boolean | Promise<boolean>,
  ): Promise<string[]>;
}

/**
 * @param logger is told of a full disk
 * @throws ConfigError when `dataDir` cannot be made or written to
 */
export async function createFileStore(
  dataDir: string,
  clock: Clock,
  logger?: Logger,
): Promise<FileStore> {
  const root = resolve(dataDir);
  await makeFolders(root, dataDir);
  const reportingFullDisk: ReportingFullDisk =
    logger === undefined ? async (work) => work() : createDiskReport(clock, logger);

  const path = (name: string): string => {
    if (!NAME.test(name)) throw new UntrustedContentError('A stored file cannot have that name');
    return join(root, name);
  };
  const statOf = async (name: string): Promise<StoredFile | undefined> => {
    const found = await orMissing(stat(path(name)));
    return found && { byteLength: found.size, modifiedAtMs: found.mtimeMs };
  };
  const remove = async (name: string): Promise<void> => rm(path(name), { force: true });

  return {
    path,
    stat: statOf,
    remove,
    ensureRoom: async () => reportingFullDisk(async () => ensureRoom(root)),
    put: async (name, bytes) => reportingFullDisk(async () => put(path(name), bytes, root)),
    async read(name) {
      return readFile(path(name));
    },
    async sweepOlderThan(ageMs, isKept) {
      const removed: string[] = [];
      for (const name of await storedNames(root)) {
        const isPart = name.endsWith(PART_SUFFIX);
        const found = await statOf(name);
        if (found === undefined) continue;
        const isOld = clock.now() - found.modifiedAtMs > (isPart ? STALE_PART_MS : ageMs);
        if (!isOld || (!isPart && (await isKept(name)))) continue;
        await remove(name);
        removed.push(name);
      }
      return removed;
    },
  };
}

async function put(target: string, bytes: Uint8Array, root: string): Promise<void> {
  // A name of its own: two writers of one file must not write into each other's.
  const partPath = `${target}.${nanoid()}${PART_SUFFIX}`;
  try {
    await ensureRoom(root);
    await writeDurably(partPath, async (file) => file.writeFile(bytes));
    await moveIntoPlace(partPath, target);
  } catch (error) {
    await rm(partPath, { force: true });
    throw error;
  }
}

async function makeFolders(root: string, dataDir: string): Promise<void> {
  try {
    for (const folder of FOLDERS) {
      await mkdir(join(root, folder), { recursive: true });
      // Permission bits do not tell of a read-only file system; a write does.
      const trial = join(root, folder, `${nanoid()}${PART_SUFFIX}`);
      await writeFile(trial, '');
      await rm(trial);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([
      `DATA_DIR: the folder ${dataDir} cannot be written to (${reason}). Name a folder that this user may write to, such as data.`,
    ]);
  }
}

async function storedNames(root: string): Promise<string[]> {
  const names: string[] = [];
  for (const folder of FOLDERS) {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    names.push(...files.map((entry) => `${folder}/${entry.name}`));
  }
  return names.filter((name) => NAME.test(name));
}

async function orMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return undefined;
    throw error;
  }
}
