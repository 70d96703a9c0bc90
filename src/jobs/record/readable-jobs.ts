/**
 * Lists of jobs, without those whose record cannot be read: one of them must not keep all others
 * from being worked on. Each is told of loudly, once by each process; it is read anew at every look,
 * and is a job again as soon as it can be.
 */
import type { Logger } from '../../logger.ts';
import { parseRecord, UnreadableJobError, type RecordRow } from './job-row.ts';
import type { Job } from './job.ts';

/** Told of by one process: nobody reads on after that many lines. */
const MOST_TOLD = 10_000;

/** A query of records, whatever table or subquery it reads. */
interface RecordQuery extends RowQuery {
  limit(limit: number): RowQuery;
}

interface RowQuery {
  execute(): Promise<RecordRow[]>;
}

export interface ReadableJobs {
  all(query: RecordQuery): Promise<Job[]>;
  /** The first `limit` that can be read; fewer only when there are no more. */
  first(limit: number, query: RecordQuery): Promise<Job[]>;
  /**
   * At least the first `limit` that can be read; fewer only when there are no more.
   *
   * @param queryOf gives as many rows as it is asked for, or more; fewer only when there are no more
   */
  atLeast(limit: number, queryOf: (asked: number) => RowQuery): Promise<Job[]>;
}

/** @param logger told of records that cannot be read; without one nobody is */
export function createReadableJobs(logger: Logger | undefined): ReadableJobs {
  const told = new Set<string>();

  function tell(error: UnreadableJobError): void {
    const { jobId } = error;
    if (told.has(jobId) || told.size >= MOST_TOLD) return;
    told.add(jobId);
    logger?.error(
      { err: error, jobId },
      'the record of a job cannot be read: the job stands still until it can',
    );
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
