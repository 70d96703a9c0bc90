/**
 * Caches the records of waiting jobs. Every scheduler run needs them, and a record stays the same
 * until its version changes.
 */
import type { JobStore } from '../record/job-store.ts';
import type { Job } from '../record/job.ts';
import type { QueuedJob } from './read-queue.ts';

type Queued = Pick<QueuedJob, 'jobId' | 'version'>;

export interface ReadRecords {
  readonly jobs: ReadonlyMap<string, Job>;
  /** Jobs that no longer wait. Any other id missing from `jobs` has an unreadable record. */
  readonly gone: ReadonlySet<string>;
  /** How many records were read from the database. */
  readonly readCount: number;
}

export interface QueueRecords {
  read(queued: readonly Queued[]): Promise<ReadRecords>;
  forgetOthers(waiting: readonly Queued[]): void;
}

export function createQueueRecords(
  store: Pick<JobStore, 'findMany' | 'stillWaiting'>,
): QueueRecords {
  const known = new Map<string, Job>();

  return {
    async read(queued) {
      const kept = queued.flatMap(({ jobId, version }) => {
        const job = known.get(jobId);
        return job?.version === version ? [job] : [];
      });
      const jobs = new Map(kept.map((job) => [job.id, job]));
      const unknown = queued.map(({ jobId }) => jobId).filter((id) => !jobs.has(id));
      const found = await store.findMany(unknown);
      for (const job of found.filter(({ state }) => state === 'accepted')) {
        jobs.set(job.id, job);
        known.set(job.id, job);
      }
      const missing = unknown.filter((id) => !jobs.has(id));
      const waiting = await store.stillWaiting(missing);
      const gone = new Set(missing.filter((id) => !waiting.has(id)));
      return { jobs, gone, readCount: unknown.length };
    },
    forgetOthers(waiting) {
      const ids = new Set(waiting.map(({ jobId }) => jobId));
      for (const id of known.keys()) {
        if (!ids.has(id)) known.delete(id);
      }
    },
  };
}
