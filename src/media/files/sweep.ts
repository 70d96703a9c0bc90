/**
 * Reconciles files, their rows and their uses: deletes what has expired, finishes what a crash
 * interrupted, and registers files of earlier versions.
 */
import { DAY, HOUR, type Clock } from '../../clock.ts';
import type { Database } from '../../storage/database.ts';
import { markMissing } from './file-rows.ts';
import { isUnfinished, type FileStore } from './file-store.ts';
import { addUse, dropUses, endUses, type Dropped } from './file-uses.ts';
import { endedBefore } from './guild-storage.ts';
import type { StoredFiles } from './stored-files.ts';

/** Longer than any download or encoding. A file without a row by then is left over, or from an earlier version. */
const STALE_MS = HOUR;
/** Retention for a job that ended without a video, whose files may be used for a retry. */
const WITHOUT_VIDEO_MS = DAY;
const BATCH = 200;

/** The job that a file belongs to. */
export interface FileJob {
  readonly guildId: string;
  /** Undefined while the job is open. */
  readonly endedAtMs: number | undefined;
  readonly isDelivered: boolean;
}

export interface SweepDependencies {
  readonly database: Database;
  readonly files: FileStore;
  readonly storedFiles: StoredFiles;
  /** Returns undefined for an unknown job. */
  readonly findJob: (jobId: string) => Promise<FileJob | undefined>;
  readonly retentionMs: number;
  readonly clock: Pick<Clock, 'now'>;
  readonly signal: AbortSignal;
}

/** @returns how many files were removed */
export async function sweepFiles(dependencies: SweepDependencies): Promise<number> {
  const { storedFiles, signal } = dependencies;
  await endLostUses(dependencies);
  const removed = await sweepFolder(dependencies);
  await dropExpired(dependencies);
  return removed + (await storedFiles.deleteUnused(signal));
}

/** Ends the uses of jobs that ended without doing so, such as in a process of an earlier version. */
async function endLostUses({ database, findJob, clock }: SweepDependencies): Promise<void> {
  const rows = await database
    .selectFrom('file_uses')
    .select('job_id')
    .distinct()
    .where('is_delivered', '=', 0)
    .where('ended_at', 'is', null)
    .where('reserved_until', 'is', null)
    .execute();
  for (const { job_id: jobId } of rows) {
    const job = await findJob(jobId);
    if (job !== undefined && job.endedAtMs === undefined) continue;
    const isDelivered = job?.isDelivered === true;
    await endUses(database, { jobId, isDelivered, nowMs: job?.endedAtMs ?? clock.now() });
  }
}

async function dropExpired(dependencies: SweepDependencies): Promise<void> {
  const { database, clock, retentionMs, signal } = dependencies;
  const nowMs = clock.now();
  await dropUses(database, { of: 'expired-reservations', beforeMs: nowMs }, nowMs);
  for (const [isDelivered, keptMs] of [
    [true, retentionMs],
    [false, Math.min(WITHOUT_VIDEO_MS, retentionMs)],
  ] as const) {
    const next = async (): Promise<Dropped | undefined> => {
      const jobIds = await endedBefore(database, { isDelivered, beforeMs: nowMs - keptMs });
      return jobIds.length === 0 ? undefined : { of: 'ended-jobs', jobIds };
    };
    for (let drop = await next(); drop !== undefined && !signal.aborted; drop = await next()) {
      await dropUses(database, drop, nowMs);
    }
  }
}

/** @returns how many files without a job were removed */
async function sweepFolder(dependencies: SweepDependencies): Promise<number> {
  const { files, clock, signal } = dependencies;
  const sweptFromMs = clock.now();
  const names = await files.list();
  let removed = 0;
  for (let at = 0; at < names.length && !signal.aborted; at += BATCH) {
    for (const name of await withoutRow(names.slice(at, at + BATCH), dependencies)) {
      const found = await files.stat(name);
      if (found === undefined || sweptFromMs - found.modifiedAtMs <= STALE_MS) continue;
      if (!isUnfinished(name) && (await takeUp(name, found.byteLength, dependencies))) continue;
      await files.remove(name);
      removed += 1;
    }
  }
  if (!signal.aborted) await findMissing(new Set(names), sweptFromMs, dependencies);
  return removed;
}

async function withoutRow(
  names: readonly string[],
  { database }: SweepDependencies,
): Promise<string[]> {
  const rows = await database
    .selectFrom('files')
    .select('name')
    .where('name', 'in', names)
    .execute();
  const known = new Set(rows.map(({ name }) => name));
  return names.filter((name) => !known.has(name));
}

/** Names have started with the job's id since the first version. */
const JOB_ID = /\/([0-9a-z]+)/;

/** @returns false for a file of an unknown job */
async function takeUp(
  name: string,
  bytes: number,
  { database, storedFiles, findJob, clock }: SweepDependencies,
): Promise<boolean> {
  const jobId = JOB_ID.exec(name)?.[1] ?? '';
  const job = await findJob(jobId);
  if (job === undefined) return false;
  const { guildId, endedAtMs, isDelivered } = job;
  await database.transaction().execute(async (transaction) => {
    await transaction
      .insertInto('files')
      .values({
        name,
        sha256: null,
        bytes,
        stored_at: clock.now(),
        unused_at: null,
        deleting_at: null,
      })
      .execute();
    const use = { jobId, guildId, file: name, bytes, reservedUntilMs: null, isDelivered };
    await addUse(transaction, { ...use, endedAtMs: endedAtMs ?? null });
  });
  await storedFiles.keepWithinBound(guildId);
  return true;
}

/** Finds rows whose files are gone, such as after a disk loss or a database restore. */
async function findMissing(
  present: ReadonlySet<string>,
  sweptFromMs: number,
  { database, files, clock, signal }: SweepDependencies,
): Promise<void> {
  for (let after = ''; !signal.aborted;) {
    const rows = await database
      .selectFrom('files')
      .select(['name', 'stored_at'])
      .where('name', '>', after)
      .orderBy('name')
      .limit(BATCH)
      .execute();
    for (const { name, stored_at: storedAtMs } of rows) {
      const isBelieved = storedAtMs !== null && storedAtMs < sweptFromMs;
      if (!isBelieved || present.has(name) || (await files.stat(name)) !== undefined) continue;
      await markMissing(database, name, clock.now());
    }
    after = rows.at(-1)?.name ?? '';
    if (rows.length < BATCH) return;
  }
}
