/** What is asked of the jobs table by those who show jobs in Discord. */
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';

import type { Database } from '../../storage/database.ts';
import { isLogDue, isOpenJob } from '../../storage/index-conditions.ts';
import type { Tables } from '../../storage/schema.ts';
import type { RecordRow } from './job-row.ts';
import type { Job } from './job.ts';
import type { ReadableJobs } from './readable-jobs.ts';

/** So many servers can be told apart by when they were last served; beyond, the longest waiting are. */
const SERVERS_SEEN = 256;

/** What Discord shows of a job, and which version there would be to show. */
export interface JobsToPresent {
  readonly newest: number;
  readonly version: number;
  /** In the queue, from 1. */
  readonly place: number | undefined;
}

/** What each job's message shows. */
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
     * Jobs whose message does not show their newest version, longest behind first; but for those
     * whose video is to be delivered, which that will bring up to date.
     */
    async behind(limit: number): Promise<Job[]> {
      const query = records().whereRef('shown_version', '<', 'version');
      return lists.first(
        limit,
        query.where((eb) => eb.not(isToDeliver(eb))),
      );
    },

    /**
     * Jobs whose finished video is on our disk and not in Discord: the longest waiting of each
     * server, then the second of each, and so on; more than `limit` where more servers wait.
     */
    async toDeliver(limit: number): Promise<Job[]> {
      return lists.atLeast(limit, inRounds(database, isToDeliver, 'updated_at'));
    },

    /** Jobs whose delivery waits for an encoding, in the same order. */
    async toEncode(limit: number): Promise<Job[]> {
      return lists.atLeast(limit, inRounds(database, isToEncode, 'encoding_wanted_at'));
    },

    /** The queue position that the message of each waiting job shows, where it shows one. */
    async placesShown(): Promise<Map<string, number>> {
      const rows = await database
        .selectFrom('jobs')
        .select(['id', 'shown_position as place'])
        .where('state', '=', 'accepted')
        .where(isOpenJob)
        .where('shown_position', 'is not', null)
        .$narrowType<{ place: number }>()
        .execute();
      return new Map(rows.map(({ id, place }) => [id, place]));
    },

    ...versionsShown(database),
  };
}

/** One job of each server in each round, by `since`: however many one server has, the others come up. */
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

/** Which version each message shows. */
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
            place: row.shown_position ?? undefined,
          },
        ]),
      );
    },

    /**
     * Notes that Discord shows `version` and the queue position, or that nothing can show it any more.
     *
     * @param verifyAtMs when the message is to be looked at once more; never unless given
     */
    async markShown(
      id: string,
      {
        version,
        place,
        verifyAtMs,
      }: Omit<JobsToPresent, 'newest'> & { verifyAtMs?: number | undefined },
    ): Promise<void> {
      await database
        .updateTable('jobs')
        .set({
          shown_version: version,
          shown_position: place ?? null,
          ...(verifyAtMs === undefined ? {} : { verify_at: verifyAtMs }),
        })
        .where('id', '=', id)
        .where('shown_version', '<=', version)
        .execute();
    },
  };
}

/** Ended jobs whose message is to be looked at once more. */
export function jobsToVerify(database: Database, lists: ReadableJobs) {
  return {
    /** Those that are due, longest due first. */
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

/** Delivered videos that the log channel of their server is yet to be told of. */
export function jobsToTell(database: Database, lists: ReadableJobs) {
  const toTell = database.selectFrom('jobs').where(isLogDue);
  return {
    async serversToTell(): Promise<string[]> {
      const rows = await toTell.select('guild_id').distinct().execute();
      return rows.map((row) => row.guild_id);
    },

    /** First delivered first. */
    async toTell(guildId: string, limit: number): Promise<Job[]> {
      const query = toTell.select(['id', 'record']).where('guild_id', '=', guildId);
      return lists.first(limit, query.orderBy('updated_at').orderBy('id'));
    },

    async markTold(id: string): Promise<void> {
      await database.updateTable('jobs').set({ log_posted: 1 }).where('id', '=', id).execute();
    },
  };
}
