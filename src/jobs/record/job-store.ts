/**
 * The jobs table. Apart from prompt removal, only this store and the query files it combines change
 * the table or read its records.
 */
import type { Logger } from '../../logger.ts';
import type { FileJob } from '../../media/files/sweep.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import { isOpenJob } from '../../storage/index-conditions.ts';
import { columns, parseRecord } from './job-row.ts';
import { ENDED_STATES, type Job, type OpenState } from './job.ts';
import { jobsToTell, jobsToVerify, shownJobs } from './presentation-queries.ts';
import { createReadableJobs, type ReadableJobs } from './readable-jobs.ts';
import { openTasks } from './task-queries.ts';

export interface JobWithoutVideo {
  readonly id: string;
  readonly version: number;
  readonly guildId: string;
  readonly vendor: string | null;
}

export type JobStore = ReturnType<typeof createJobStore>;

/** @param logger logs unreadable records, which lists omit */
export function createJobStore(database: Database, logger?: Logger) {
  const lists = createReadableJobs(logger);
  return {
    ...singleJobs(database),
    ...shownJobs(database, lists),
    ...jobsByState(database, lists),
    ...waitingJobs(database, lists),
    ...jobsToTell(database, lists),
    ...jobsToVerify(database, lists),
    ...openTasks(database),
  };
}

function singleJobs(database: Database) {
  return {
    async insert(transaction: DatabaseTransaction, job: Job): Promise<void> {
      const row = { ...columns(job), id: job.id, shown_version: 0 };
      await transaction.insertInto('jobs').values(row).execute();
    },

    /** @returns false when the job has changed since `before` was read; nothing was written */
    async replace(transaction: DatabaseTransaction, before: Job, after: Job): Promise<boolean> {
      const isNowDelivered = after.state === 'delivered' && before.state !== 'delivered';
      const { numUpdatedRows } = await transaction
        .updateTable('jobs')
        .set({ ...columns(after), ...(isNowDelivered ? { log_posted: 0 } : {}) })
        .where('id', '=', before.id)
        .where('version', '=', before.version)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    /** @throws UnreadableJobError */
    async find(id: string): Promise<Job | undefined> {
      const row = await database
        .selectFrom('jobs')
        .select(['id', 'record'])
        .where('id', '=', id)
        .executeTakeFirst();
      return row === undefined ? undefined : parseRecord(row);
    },

    /** Returns how long a job's files are needed, even with an unreadable record; undefined: no such job. */
    async fileJob(id: string): Promise<FileJob | undefined> {
      const row = await database
        .selectFrom('jobs')
        .select(['guild_id', 'state', 'updated_at'])
        .where('id', '=', id)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const isEnded = ENDED_STATES.some((state) => state === row.state);
      return {
        guildId: row.guild_id,
        endedAtMs: isEnded ? row.updated_at : undefined,
        isDelivered: row.state === 'delivered',
      };
    },

    /** Returns whether the job is unchanged since it was read. */
    async isNewest({ id, version }: Pick<Job, 'id' | 'version'>): Promise<boolean> {
      const row = await database
        .selectFrom('jobs')
        .select('id')
        .where('id', '=', id)
        .where('version', '=', version)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}

function jobsByState(database: Database, lists: ReadableJobs) {
  const records = () => database.selectFrom('jobs').select(['id', 'record']);
  return {
    async findMany(ids: readonly string[]): Promise<Job[]> {
      return ids.length === 0 ? [] : lists.all(records().where('id', 'in', ids));
    },

    /** Oldest first. */
    async inState(state: OpenState, limit: number): Promise<Job[]> {
      const query = records().where('state', '=', state).where(isOpenJob);
      return lists.first(limit, query.orderBy('created_at').orderBy('id'));
    },

    /** Returns jobs whose finished video is not on our disk yet, oldest first, without their records. */
    async withoutVideo(): Promise<JobWithoutVideo[]> {
      const rows = await database
        .selectFrom('jobs')
        .select(['id', 'version', 'guild_id', 'vendor'])
        .where('state', '=', 'succeeded')
        .where(isOpenJob)
        .where('has_video', '=', 0)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(({ guild_id: guildId, ...row }) => ({ ...row, guildId }));
    },

    /** Returns jobs that a vendor has had since before `beforeMs`. */
    async atVendorSince(beforeMs: number): Promise<Job[]> {
      const query = records().where('state', 'in', ['queued', 'running']).where(isOpenJob);
      return lists.all(query.where('submitted_at', '<', beforeMs));
    },
  };
}

/** Queries for `accepted` jobs by server. */
function waitingJobs(database: Database, lists: ReadableJobs) {
  return {
    async serversWaiting(): Promise<string[]> {
      const rows = await database
        .selectFrom('jobs')
        .select('guild_id')
        .distinct()
        .where('state', '=', 'accepted')
        .where(isOpenJob)
        .execute();
      return rows.map((row) => row.guild_id);
    },

    /** Returns which of these jobs still wait, including those with unreadable records. */
    async stillWaiting(ids: readonly string[]): Promise<Set<string>> {
      if (ids.length === 0) return new Set();
      const query = database.selectFrom('jobs').select('id').where('id', 'in', ids);
      const rows = await query.where('state', '=', 'accepted').execute();
      return new Set(rows.map(({ id }) => id));
    },

    async waitingIn(guildId: string): Promise<Job[]> {
      const records = database.selectFrom('jobs').select(['id', 'record']);
      const waiting = records.where('state', '=', 'accepted').where(isOpenJob);
      return lists.all(waiting.where('guild_id', '=', guildId));
    },
  };
}
