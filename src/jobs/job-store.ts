/**
 * The jobs table: the only code that reads or writes it. A record is checked when it is written,
 * since one that cannot be read would stand in the way of all others, and again when it is read.
 */
import type { Selectable } from 'kysely';

import type { ModelId } from '../catalogue/request.ts';
import { SECOND } from '../clock.ts';
import type { Database, DatabaseTransaction } from '../storage/database.ts';
import type { JobTable } from '../storage/schema.ts';
import type { VendorName } from '../vendors/vendor.ts';
import { jobSchema, lastSubmission, type Job, type JobState } from './job.ts';

/** A task that a vendor is working on, as the poll loop needs it. */
export interface OpenTask {
  readonly jobId: string;
  readonly taskId: string;
  readonly submittedAtMs: number;
  /** When it is due by this bot's own history. */
  readonly expectedAtMs: number | undefined;
}

export type JobStore = ReturnType<typeof createJobStore>;

export function createJobStore(database: Database) {
  return {
    ...singleJobs(database),
    ...jobLists(database),
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
      const { numUpdatedRows } = await transaction
        .updateTable('jobs')
        .set(columns(after))
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

    /** Notes that Discord shows `version`, or that nothing can show it any more. */
    async markShown(id: string, version: number): Promise<void> {
      await database
        .updateTable('jobs')
        .set({ shown_version: version })
        .where('id', '=', id)
        .where('shown_version', '<', version)
        .execute();
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

    /** Jobs whose message does not show their newest version, longest behind first. */
    async behind(limit: number): Promise<Job[]> {
      const rows = await records()
        .whereRef('shown_version', '<', 'version')
        .orderBy('updated_at')
        .limit(limit)
        .execute();
      return rows.map(parseRecord);
    },

    /** Jobs at a vendor whose task's own time limit passed before `beforeMs`. */
    async pastTimeLimit(beforeMs: number): Promise<Job[]> {
      const rows = await records()
        .where('state', 'in', ['queued', 'running'])
        .where(
          ({ eb }) => eb('submitted_at', '+', eb('expires_after_seconds', '*', SECOND)),
          '<',
          beforeMs,
        )
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

function vendorTasks(database: Database) {
  return {
    /** Every task that a vendor is working on, oldest first, without its record. */
    async openTasks(vendor: VendorName): Promise<OpenTask[]> {
      const rows = await database
        .selectFrom('jobs')
        .select(['id', 'task_id', 'submitted_at', 'expected_at'])
        .where('vendor', '=', vendor)
        .where('state', 'in', ['queued', 'running'])
        .orderBy('created_at')
        .execute();
      return rows.map((row) => ({
        jobId: row.id,
        // Both are written with the change to `queued`.
        taskId: row.task_id ?? '',
        submittedAtMs: row.submitted_at ?? 0,
        expectedAtMs: row.expected_at ?? undefined,
      }));
    },

    /** The `execution_expires_after` values that a vendor account's open submissions carry. */
    async tagsInUse(transaction: DatabaseTransaction, vendor: VendorName): Promise<Set<number>> {
      const rows = await transaction
        .selectFrom('jobs')
        .select('expires_after_seconds')
        .where('vendor', '=', vendor)
        .where('state', 'in', ['submitting', 'queued', 'running'])
        .execute();
      return new Set(rows.flatMap((row) => row.expires_after_seconds ?? []));
    },

    /** Which of these tasks belong to a job of ours, open or ended. */
    async ownedTasks(vendor: VendorName, taskIds: readonly string[]): Promise<Set<string>> {
      if (taskIds.length === 0) return new Set();
      const rows = await database
        .selectFrom('jobs')
        .select('task_id')
        .where('vendor', '=', vendor)
        .where('task_id', 'in', taskIds)
        .execute();
      return new Set(rows.flatMap((row) => row.task_id ?? []));
    },
  };
}

function parseRecord(row: Pick<Selectable<JobTable>, 'record'>): Job {
  return jobSchema.parse(JSON.parse(row.record));
}

/** The columns that queries need; everything else is in the record. */
function columns(job: Job): Omit<Selectable<JobTable>, 'id' | 'shown_version' | 'log_posted'> {
  const submission = lastSubmission(job);
  return {
    version: job.version,
    state: job.state,
    guild_id: job.guildId,
    channel_id: job.channelId,
    member_id: job.memberId,
    interaction_id: job.interactionId,
    model: job.request.model,
    vendor: submission?.vendor ?? null,
    task_id: submission?.taskId ?? null,
    submitted_at: submission?.submittedAtMs ?? null,
    expected_at: job.expectedAtMs ?? null,
    expires_after_seconds: submission?.expiresAfterSeconds ?? null,
    created_at: job.createdAtMs,
    updated_at: job.stateSinceMs,
    hold_credits: job.holdCredits,
    has_video: job.video === undefined ? 0 : 1,
    record: JSON.stringify(jobSchema.parse(job)),
  };
}
