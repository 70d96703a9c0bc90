/** Stored files on a real folder and a real database, with minimal jobs that only end, and crashes. */
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DAY } from '#src/clock.ts';
import { createLogger } from '#src/logger.ts';
import { createFileStore, type FileStore } from '#src/media/files/file-store.ts';
import { confirmUses, endUses } from '#src/media/files/file-uses.ts';
import { createStoredFiles, type StoredFiles } from '#src/media/files/stored-files.ts';
import { sweepFiles, type FileJob } from '#src/media/files/sweep.ts';
import type { Database } from '#src/storage/database.ts';

import { openTestDatabase, type DatabaseKind, type TestDatabase } from '../databases/database.ts';
import { createFakeClock, type FakeClock } from './clock.ts';

export const RETENTION_MS = 30 * DAY;

/** Thrown when the process has died. */
class Crash extends Error {
  override readonly name = 'Crash';
}

export interface FilesSetupOptions {
  kind: DatabaseKind;
  guildBytes?: number;
}

export class FilesSetup implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly files: FileStore;
  readonly folder: string;
  readonly jobs = new Map<string, FileJob>();
  readonly #opened: TestDatabase;
  readonly #guildBytes: number;
  /** Steps on the database or the folder that a process has left; undefined means no limit. */
  #stepsLeft: number | undefined;

  static async open({ kind, guildBytes = 1_000_000 }: FilesSetupOptions): Promise<FilesSetup> {
    const folder = await mkdtemp(join(tmpdir(), 'file-room-'));
    // By real time, which the folder’s files carry.
    const clock = createFakeClock({ startMs: Date.now() });
    const files = await createFileStore(folder, clock);
    return new FilesSetup({
      folder,
      clock,
      files,
      opened: await openTestDatabase(kind),
      guildBytes,
    });
  }

  private constructor(parts: {
    folder: string;
    clock: FakeClock;
    files: FileStore;
    opened: TestDatabase;
    guildBytes: number;
  }) {
    this.folder = parts.folder;
    this.clock = parts.clock;
    this.files = parts.files;
    this.#opened = parts.opened;
    this.#guildBytes = parts.guildBytes;
  }

  get database(): Database {
    return this.#opened.database;
  }

  /** The files as one process sees them. */
  get storedFiles(): StoredFiles {
    return createStoredFiles(this.#dependencies());
  }

  /** @returns the name under which the content is stored, reserved for the job */
  async keep(jobId: string, content: string | Buffer, guildId = 'guild'): Promise<string> {
    const file = { jobId, guildId, folder: 'inputs', isRefusable: true } as const;
    const { name } = await this.storedFiles.keep(file, async (path) => writeFile(path, content));
    return name;
  }

  /** Records the job with its files. */
  async accept(jobId: string, names: readonly string[], guildId = 'guild'): Promise<boolean> {
    const { database } = this.#dependencies();
    const isConfirmed = await database
      .transaction()
      .execute(async (transaction) => confirmUses(transaction, jobId, names));
    if (isConfirmed) {
      this.jobs.set(jobId, { guildId, endedAtMs: undefined, isDelivered: false });
    }
    return isConfirmed;
  }

  async end(jobId: string, { isDelivered = false } = {}): Promise<void> {
    const nowMs = this.clock.now();
    const job = this.jobs.get(jobId);
    if (job === undefined || job.endedAtMs !== undefined) return;
    await endUses(this.#dependencies().database, { jobId, isDelivered, nowMs });
    this.jobs.set(jobId, { ...job, endedAtMs: nowMs, isDelivered });
  }

  async sweep(): Promise<number> {
    return sweepFiles({
      ...this.#dependencies(),
      storedFiles: this.storedFiles,
      findJob: async (jobId) => this.jobs.get(jobId),
      retentionMs: RETENTION_MS,
      signal: new AbortController().signal,
    });
  }

  /** Lets the work run for so many database and folder steps. @returns whether it ended before */
  async dyingAfter(steps: number, work: () => Promise<unknown>): Promise<boolean> {
    this.#stepsLeft = steps;
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      return false;
    } finally {
      this.#stepsLeft = undefined;
    }
  }

  /** Sets the modification times in the folder to match the clock. */
  async age(name: string, ageMs: number): Promise<void> {
    const seconds = (this.clock.now() - ageMs) / 1000;
    await utimes(join(this.folder, name), seconds, seconds);
  }

  async rows() {
    return this.database.selectFrom('files').selectAll().orderBy('name').execute();
  }

  async uses() {
    return this.database.selectFrom('file_uses').selectAll().orderBy('job_id').execute();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.close();
    await rm(this.folder, { recursive: true });
  }

  #dependencies() {
    const { clock } = this;
    const logger = createLogger('silent');
    const files = this.#mortal(this.files, ['putInPlace', 'remove', 'stat', 'withDraft', 'list']);
    const database = this.#mortal(this.database, [
      'transaction',
      'selectFrom',
      'insertInto',
      'updateTable',
      'deleteFrom',
    ]);
    return { database, files, guildBytes: this.#guildBytes, clock, logger };
  }

  /** Dies before the step. */
  #mortal<Of extends object>(target: Of, steps: readonly string[]): Of {
    return new Proxy(target, {
      get: (of, name) => {
        const value: unknown = Reflect.get(of, name, of);
        if (typeof value !== 'function') return value;
        return (...parameters: unknown[]): unknown => {
          if (typeof name === 'string' && steps.includes(name)) this.#step();
          return Reflect.apply(value, of, parameters);
        };
      },
    });
  }

  #step(): void {
    if (this.#stepsLeft === undefined) return;
    if (this.#stepsLeft <= 0) throw new Crash();
    this.#stepsLeft -= 1;
  }
}
