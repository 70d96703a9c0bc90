/** What is cleared away in the background: files past their time, and documents that have died. */
import { DAY, HOUR, type Clock } from './clock.ts';
import type { JobStore } from './jobs/job-store.ts';
import { hasEnded } from './jobs/job.ts';
import { Loop } from './jobs/loop.ts';
import type { Logger } from './logger.ts';
import type { FileStore } from './media/file-store.ts';
import type { Database } from './storage/database.ts';
import { dropExpiredDocuments } from './storage/documents.ts';

/** The job id in the names of stored files: `inputs/<id>-first_frame`, `videos/<id>.mp4`. */
const JOB_ID = /\/([0-9a-z]+)/;

export interface HousekeepingDependencies {
  database: Database;
  store: JobStore;
  files: FileStore;
  retentionDays: number;
  clock: Clock;
  logger: Logger;
}

export function createHousekeeping(dependencies: HousekeepingDependencies): Loop {
  const { database, store, files, retentionDays, clock, logger } = dependencies;
  return new Loop({
    clock,
    async turn() {
      await dropExpiredDocuments(database, clock.now());
      const removed = await files.sweepOlderThan(retentionDays * DAY, isOfOpenJob);
      if (removed.length > 0)
        logger.info({ files: removed.length }, 'removed files past their retention');
      return HOUR;
    },
    onError(error) {
      logger.error({ err: error }, 'clearing away failed, will be tried again');
      return HOUR;
    },
  });

  async function isOfOpenJob(name: string): Promise<boolean> {
    const job = await store.find(JOB_ID.exec(name)?.[1] ?? '');
    return job !== undefined && !hasEnded(job);
  }
}
