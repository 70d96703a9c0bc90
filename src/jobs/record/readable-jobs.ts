/**
 * Lists jobs without those whose record cannot be read, so that one unreadable record does not block
 * all other jobs. Each process logs such a record once. It is read again every time and returns to the
 * lists as soon as it is readable.
 */
import type { Logger } from '../../logger.ts';
import { parseRecord, UnreadableJobError, type RecordRow } from './job-row.ts';
import type { Job } from './job.ts';

/** Bounds the log lines, and the memory for them, of one process. */
const MOST_TOLD = 10_000;

/** A query that returns record rows. */
interface RecordQuery extends RowQuery {
  limit(limit: number): RowQuery;
}

interface RowQuery {
  execute(): Promise<RecordRow[]>;
}

export interface ReadableJobs {
  all(query: RecordQuery): Promise<Job[]>;
  /** Returns the first `limit` readable jobs; fewer only when there are no more. */
  first(limit: number, query: RecordQuery): Promise<Job[]>;
  /**
   * Returns at least the first `limit` readable jobs; fewer only when there are no more.
   *
   * @param queryOf returns at least as many rows as asked; fewer only when there are no more
   */
  atLeast(limit: number, queryOf: (asked: number) => RowQuery): Promise<Job[]>;
}

/** @param logger logs unreadable records */
export function createReadableJobs(logger: Logger | undefined): ReadableJobs {
  const told = new Set<string>();

  function tell(error: UnreadableJobError): void {
    const { jobId } = error;
    if (told.has(jobId) || told.size >= MOST_TOLD) return;
    told.add(jobId);
    logger?.error({ err: error, jobId }, 'unreadable job record; the job is paused');
  }

  const readable = (rows: readonly RecordRow[]): Job[] =>
    rows.flatMap((row) => {
      try {
        return parseRecord(row);
      } catch (error) {
        if (!(error instanceof UnreadableJobError)) throw error;
        tell(error);
        return [];
      }
    });

  const atLeast: ReadableJobs['atLeast'] = async (limit, queryOf) => {
    for (let asked = limit; ; asked *= 2) {
      const rows = await queryOf(asked).execute();
      const jobs = readable(rows);
      if (jobs.length >= limit || rows.length < asked) return jobs;
    }
  };

  return {
    atLeast,
    async all(query) {
      return readable(await query.execute());
    },
    async first(limit, query) {
      const jobs = await atLeast(limit, (asked) => query.limit(asked));
      return jobs.slice(0, limit);
    },
  };
}
