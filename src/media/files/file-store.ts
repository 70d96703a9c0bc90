/**
 * Where the bytes of our files are: on the local disk. Names are ours, such as `inputs/<job>-<random>`;
 * nothing a person typed is in them. Which files there are and who needs them is in the database:
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

/** Only these are ours to sweep: the database may lie in the same folder. */
const FOLDERS = ['inputs', 'videos'] as const;
export type Folder = (typeof FOLDERS)[number];
/** A folder of ours and one plain file name in it: no dot in front, no separator, no `..`. */
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
   * Lets `write` fill a file that has no name yet, at a path in the folder, and removes it in the end
   * unless it was put into its place.
   *
   * @throws DiskFullError; what `write` throws
   */
  withDraft<T>(folder: Folder, write: (path: string) => Promise<T>): Promise<T>;
  /** Gives a finished draft its name, durably. @throws DiskFullError */
  putInPlace(draftPath: string, name: string): Promise<void>;
  /**
   * Opens a file to be read piece by piece, as often as asked for.
   *
   * @throws the file system's error when there is no such file
   */
  open(name: string): Promise<OpenedFile>;
  /** Lends the file's path for as long as `use` runs. */
  withLocalFile<T>(name: string, use: (path: string) => Promise<T>): Promise<T>;
  /** The absolute path, whether the file exists or not. @throws UntrustedContentError for a name that is not one of ours */
  path(name: string): string;
  /** Undefined when there is no such file. */
  stat(name: string): Promise<StoredFile | undefined>;
  /** Harmless when there is no such file. */
  remove(name: string): Promise<void>;
  /** Every name there is, drafts included. */
  list(): Promise<string[]>;
}

/** Whether a name is that of a draft, or of a file that somebody else is still writing. */
export function isUnfinished(name: string): boolean {
  return name.endsWith(PART_SUFFIX);
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
