/**
 * Stores file contents on the local disk, under generated names such as `inputs/<job>-<random>`, which
 * contain no typed text. The database records which files exist and which jobs use them; see
 * `stored-files.ts`.
 */
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { nanoid } from 'nanoid';

import type { Clock } from '../../clock.ts';
import { ConfigError, UntrustedContentError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import {
  createDiskReport,
  ensureRoom,
  moveIntoPlace,
  PART_SUFFIX,
  type ReportingFullDisk,
} from './disk.ts';

/** Only these folders are swept, because the database may be beside them. */
const FOLDERS = ['inputs', 'videos'] as const;
export type Folder = (typeof FOLDERS)[number];
/** One of the folders and a plain file name: no leading dot, no separator, no `..`. */
const NAME = new RegExp(`^(?:${FOLDERS.join('|')})/[\\w-]+(?:\\.[\\w-]+)*$`);

export interface StoredFile {
  readonly byteLength: number;
  /** Unix milliseconds. */
  readonly modifiedAtMs: number;
}

export interface OpenedFile {
  readonly byteLength: number;
  chunks(): AsyncIterable<Uint8Array>;
}

export interface FileStore {
  /**
   * Lets `write` fill a draft file at a path in the folder, and removes it afterwards unless it was put in
   * place.
   *
   * @throws DiskFullError; what `write` throws
   */
  withDraft<T>(folder: Folder, write: (path: string) => Promise<T>): Promise<T>;
  /** Gives a finished draft its name, durably. @throws DiskFullError */
  putInPlace(draftPath: string, name: string): Promise<void>;
  /**
   * Opens a file that can be read in chunks, any number of times.
   *
   * @throws the file system's error when there is no such file
   */
  open(name: string): Promise<OpenedFile>;
  /** Provides the file's path while `use` runs. */
  withLocalFile<T>(name: string, use: (path: string) => Promise<T>): Promise<T>;
  /** Returns the absolute path, even of a missing file. @throws UntrustedContentError for an invalid name */
  path(name: string): string;
  /** Returns undefined for a missing file. */
  stat(name: string): Promise<StoredFile | undefined>;
  /** Does nothing for a missing file. */
  remove(name: string): Promise<void>;
  /** Returns all names, including drafts. */
  list(): Promise<string[]>;
}

/** Returns whether a name belongs to a draft or another file that is still being written. */
export function isUnfinished(name: string): boolean {
  return name.endsWith(PART_SUFFIX);
}

/**
 * @param logger logs a full disk
 * @throws ConfigError when `dataDir` cannot be created or written to
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
  return {
    path,
    async withDraft(folder, write) {
      const draftPath = path(`${folder}/${nanoid()}${PART_SUFFIX}`);
      try {
        await reportingFullDisk(async () => ensureRoom(root));
        return await write(draftPath);
      } finally {
        await rm(draftPath, { force: true });
      }
    },
    putInPlace: async (draftPath, name) =>
      reportingFullDisk(async () => moveIntoPlace(draftPath, path(name))),
    async open(name) {
      const { size: byteLength } = await stat(path(name));
      return { byteLength, chunks: () => createReadStream(path(name)) };
    },
    withLocalFile: async (name, use) => use(path(name)),
    async stat(name) {
      const found = await orMissing(stat(path(name)));
      return found && { byteLength: found.size, modifiedAtMs: found.mtimeMs };
    },
    async remove(name) {
      await rm(path(name), { force: true });
    },
    list: async () => storedNames(root),
  };
}

async function makeFolders(root: string, dataDir: string): Promise<void> {
  try {
    for (const folder of FOLDERS) {
      await mkdir(join(root, folder), { recursive: true });
      // Permission bits do not reveal a read-only file system, so try to write.
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
