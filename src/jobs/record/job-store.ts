/**
 * The jobs table: with the queries it puts together from beside it, the only code that changes it or
 * reads its records.
 */
import type { ModelId } from '../../catalogue/request.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import type { VendorName } from '../../vendors/vendor.ts';
import { columns, parseRecord } from './job-row.ts';
import type { Job, JobState } from './job.ts';
import { jobsToTell, jobsToVerify, shownJobs } from './shown-jobs.ts';
import { vendorTasks } from './vendor-tasks.ts';

export type JobStore = ReturnType<typeof createJobStore>;

export function createJobStore(database: Database) {
  return {
    ...singleJobs(database),
    ...shownJobs(database),
    ...jobLists(database),
    ...waitingJobs(database),
    ...jobsToTell(database),
    ...jobsToVerify(database),
    ...vendorTasks(database),
  };
}

function singleJobs(database: Database) {
  return {
    async insert(transaction: DatabaseTransaction, job: Job): Promise<void> {
      const row = { ...columns(job), id: job.id, shown_version: 0 };
      await transaction.insertInto('jobs').values(row).execute();
    },

    /** @returns false when somebody else has changed the job since `before` was read: drop the work. */
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

    async find(id: string): Promise<Job | undefined> {
      const row = await database
        .selectFrom('jobs')
        .select('record')
        .where('id', '=', id)
        .executeTakeFirst();
      return row === undefined ? undefined : parseRecord(row);
    },

    /** Whether nobody has changed the job since it was read. */
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

function jobLists(database: Database) {
  const records = () => database.selectFrom('jobs').select('record');
  return {
    async findMany(ids: readonly string[]): Promise<Job[]> {
      if (ids.length === 0) return [];
      const rows = await records().where('id', 'in', ids).execute();
      return rows.map(parseRecord);
    },

    /** Oldest first. */
    async inState(state: JobState, limit: number): Promise<Job[]> {
      const rows = await records()
        .where('state', '=', state)
        .orderBy('created_at')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(parseRecord);
    },

    /** Jobs whose finished video is not on our disk yet, oldest first. */
    async withoutVideo(limit: number): Promise<Job[]> {
      const rows = await records()
        .where('state', '=', 'succeeded')
        .where('has_video', '=', 0)
        .orderBy('created_at')
        .limit(limit)
        .execute();
      return rows.map(parseRecord);
    },

    /** Jobs that have been at a vendor since before `beforeMs`. */
    async atVendorSince(beforeMs: number): Promise<Job[]> {
      const rows = await records()
        .where('state', 'in', ['queued', 'running'])
        .where('submitted_at', '<', beforeMs)
        .execute();
      return rows.map(parseRecord);
    },

    /** The newest jobs of a model that a vendor finished, for the expected time of the next. */
    async recentlySucceeded(model: ModelId, vendor: VendorName, limit: number): Promise<Job[]> {
      const rows = await records()
        .where('model', '=', model)
        .where('vendor', '=', vendor)
        .where('state', 'in', ['succeeded', 'delivered'])
        .orderBy('created_at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(parseRecord);
    },
  };
}

/** Jobs that no vendor has begun, by server. */
function waitingJobs(database: Database) {
  return {
    async serversWaiting(): Promise<string[]> {
      const rows = await database
        .selectFrom('jobs')
        .select('guild_id')
        .distinct()
        .where('state', '=', 'accepted')
        .execute();
      return rows.map((row) => row.guild_id);
    },

    async waitingIn(guildId: string): Promise<Job[]> {
      const rows = await database
        .selectFrom('jobs')
        .select('record')
        .where('state', '=', 'accepted')
        .where('guild_id', '=', guildId)
        .execute();
      return rows.map(parseRecord);
    },
  };
}
