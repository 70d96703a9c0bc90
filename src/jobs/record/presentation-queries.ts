/** Queries on the jobs table for showing jobs in Discord. */
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';

import type { Database } from '../../storage/database.ts';
import { isLogDue, isOpenJob } from '../../storage/index-conditions.ts';
import type { Tables } from '../../storage/schema.ts';
import type { RecordRow } from './job-row.ts';
import type { Job } from './job.ts';
import type { ReadableJobs } from './readable-jobs.ts';

/** Minimum row limit: up to this many servers each get a row; beyond them, only the longest waiting do. */
const SERVERS_SEEN = 256;

/** What Discord shows of a job, and its newest version. */
export interface JobsToPresent {
  readonly newest: number;
  readonly version: number;
  /** Queue position, from 1. */
  readonly position: number | undefined;
}

/** Queries for what each job's message shows. */
export function shownJobs(database: Database, lists: ReadableJobs) {
  const isToDeliver = (eb: ExpressionBuilder<Tables, 'jobs'>) =>
    eb.and([
      eb('state', '=', 'succeeded'),
      eb('has_video', '=', 1),
      eb('encoding_wanted_at', 'is', null),
    ]);
  const isToEncode = (eb: ExpressionBuilder<Tables, 'jobs'>) =>
    eb.and([eb('state', '=', 'succeeded'), eb('encoding_wanted_at', 'is not', null)]);
  const records = () => database.selectFrom('jobs').select(['id', 'record']).orderBy('updated_at');
  return {
    /**
     * Returns jobs whose message does not show their newest version, longest behind first. Jobs about
     * to be delivered are omitted: delivery updates their message.
     */
    async behind(limit: number): Promise<Job[]> {
      const query = records().whereRef('shown_version', '<', 'version');
      return lists.first(
        limit,
        query.where((eb) => eb.not(isToDeliver(eb))),
      );
    },

    /**
     * Returns jobs whose finished video is on our disk but not in Discord: the longest waiting of each
     * server, then the second of each, and so on. May return more than `limit`.
     */
    async toDeliver(limit: number): Promise<Job[]> {
      return lists.atLeast(limit, inRounds(database, isToDeliver, 'updated_at'));
    },

    /** Returns jobs whose delivery waits for an encoding, in the same order. */
    async toEncode(limit: number): Promise<Job[]> {
      return lists.atLeast(limit, inRounds(database, isToEncode, 'encoding_wanted_at'));
    },

    /** Returns the queue position that each waiting job's message shows, if any. */
    async positionsShown(): Promise<Map<string, number>> {
      const rows = await database
        .selectFrom('jobs')
        .select(['id', 'shown_position as position'])
        .where('state', '=', 'accepted')
        .where(isOpenJob)
        .where('shown_position', 'is not', null)
        .$narrowType<{ position: number }>()
        .execute();
      return new Map(rows.map(({ id, position }) => [id, position]));
    },

    ...versionsShown(database),
  };
}

/** Selects one job of each server per round, ordered by `since`, so that no server can crowd out the others. */
function inRounds(
  database: Database,
  isWanted: (eb: ExpressionBuilder<Tables, 'jobs'>) => Expression<SqlBool>,
  since: 'updated_at' | 'encoding_wanted_at',
): (asked: number) => { execute(): Promise<RecordRow[]> } {
  const ranked = database
    .selectFrom('jobs')
    .select(({ fn, ref }) => [
      'id',
      'record',
      ref(since).as('since'),
      fn
        .agg<number>('row_number')
        .over((over) => over.partitionBy('guild_id').orderBy(since).orderBy('id'))
        .as('round'),
    ])
    .where(isWanted)
    .where(isOpenJob);
  return (asked) =>
    database
      .selectFrom(ranked.as('ranked'))
      .select(['id', 'record'])
      .where('round', '<=', asked)
      .orderBy('round')
      .orderBy('since')
      .orderBy('id')
      .limit(Math.max(asked, SERVERS_SEEN));
}

/** Queries for the version that each message shows. */
function versionsShown(database: Database) {
  return {
    async shown(ids: readonly string[]): Promise<Map<string, JobsToPresent>> {
      if (ids.length === 0) return new Map();
      const rows = await database
        .selectFrom('jobs')
        .select(['id', 'version', 'shown_version', 'shown_position'])
        .where('id', 'in', ids)
        .execute();
      return new Map(
        rows.map((row) => [
          row.id,
          {
            newest: row.version,
            version: row.shown_version,
            position: row.shown_position ?? undefined,
          },
        ]),
      );
    },

    /**
     * Records that Discord shows `version` and the queue position, or that no message can show it.
     *
     * @param verifyAtMs when to verify the message; defaults to never
     */
    async markShown(
      id: string,
      {
        version,
        position,
        verifyAtMs,
      }: Omit<JobsToPresent, 'newest'> & { verifyAtMs?: number | undefined },
    ): Promise<void> {
      await database
        .updateTable('jobs')
        .set({
          shown_version: version,
          shown_position: position ?? null,
          ...(verifyAtMs === undefined ? {} : { verify_at: verifyAtMs }),
        })
        .where('id', '=', id)
        .where('shown_version', '<=', version)
        .execute();
    },
  };
}

/** Queries for ended jobs whose message must be verified. */
export function jobsToVerify(database: Database, lists: ReadableJobs) {
  return {
    /** Returns the due jobs, longest due first. */
    async toVerify(nowMs: number, limit: number): Promise<Job[]> {
      const records = database.selectFrom('jobs').select(['id', 'record']);
      return lists.first(limit, records.where('verify_at', '<=', nowMs).orderBy('verify_at'));
    },

    async isToBeVerified(id: string): Promise<boolean> {
      const row = await database
        .selectFrom('jobs')
        .select('id')
        .where('id', '=', id)
        .where('verify_at', 'is not', null)
        .executeTakeFirst();
      return row !== undefined;
    },

    async markVerified(id: string): Promise<void> {
      await database.updateTable('jobs').set({ verify_at: null }).where('id', '=', id).execute();
    },
  };
}

/** Queries for delivered videos that are not yet posted to their server's log channel. */
export function jobsToTell(database: Database, lists: ReadableJobs) {
  const toTell = database.selectFrom('jobs').where(isLogDue);
  return {
    async serversToTell(): Promise<string[]> {
      const rows = await toTell.select('guild_id').distinct().execute();
      return rows.map((row) => row.guild_id);
    },

    /** Returns jobs in the order of delivery. */
    async toTell(guildId: string, limit: number): Promise<Job[]> {
      const query = toTell.select(['id', 'record']).where('guild_id', '=', guildId);
      return lists.first(limit, query.orderBy('updated_at').orderBy('id'));
    },

    async markTold(id: string): Promise<void> {
      await database.updateTable('jobs').set({ log_posted: 1 }).where('id', '=', id).execute();
    },
  };
}
