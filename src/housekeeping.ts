/** What is cleared away in the background: files past their time, and documents that have died. */
import { DRAFT_LIFE_DAYS } from './catalogue/models.ts';
import { DAY, HOUR, type Clock } from './clock.ts';
import { forgetSpendings } from './jobs/acceptance/spending.ts';
import { exclusive } from './jobs/loops/exclusive.ts';
import { Loop } from './jobs/loops/loop.ts';
import type { JobStore } from './jobs/record/job-store.ts';
import type { Logger } from './logger.ts';
import type { FileStore } from './media/files/file-store.ts';
import type { StoredFiles } from './media/files/stored-files.ts';
import { sweepFiles } from './media/files/sweep.ts';
import type { Database } from './storage/database.ts';
import { dropExpiredDocuments } from './storage/documents.ts';
import type { Leases } from './storage/leases/leases.ts';

/** A draft's button works for a week. */
const BUTTON_DAYS = DRAFT_LIFE_DAYS + 1;

export interface HousekeepingDependencies {
  database: Database;
  leases: Leases;
  store: JobStore;
  files: FileStore;
  storedFiles: StoredFiles;
  retentionDays: number;
  clock: Clock;
  logger: Logger;
}

export function createHousekeeping(dependencies: HousekeepingDependencies): Loop {
  const { database, leases, store, retentionDays, clock, logger } = dependencies;
  return new Loop({
    clock,
    turn: exclusive(leases, 'housekeeping', async (signal) => {
      await dropExpiredDocuments(database, clock.now());
      await forgetSpendings(database, clock.now() - Math.max(retentionDays, BUTTON_DAYS) * DAY);
      const removed = await sweepFiles({
        ...dependencies,
        findJob: async (jobId) => store.fileJob(jobId),
        retentionMs: retentionDays * DAY,
        signal,
      });
      if (removed > 0) logger.info({ files: removed }, 'removed files past their retention');
      return HOUR;
    }),
    onError(error) {
      logger.error({ err: error }, 'clearing away failed, will be tried again');
      return HOUR;
    },
  });
}
