/**
 * The one way a job changes: compute the next job, write it with its money in one transaction, then
 * announce it. The update names the version it saw; who changes no row drops the work.
 */
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { VendorBook } from '../../quota/books/vendor-book.ts';
import type { QuotaManager } from '../../quota/quota-manager.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import type { JobStore } from './job-store.ts';
import type { Job } from './job.ts';
import { nextJob, type JobEvent } from './machine.ts';
import { moneyEffects, type MoneyEffect } from './money.ts';

/** Told of every change after it is saved. */
export type JobListener = (after: Job, before: Job | undefined) => void;

export interface TransitionDependencies {
  database: Database;
  store: JobStore;
  quota: QuotaManager;
  vendorBook: VendorBook;
  clock: Clock;
  logger: Logger;
  announce: JobListener;
}

/** @returns the job after the event, or undefined when somebody else moved it first */
export type Transition = (job: Job, event: JobEvent | EventMaker) => Promise<Job | undefined>;
/** Makes the event inside the transaction, from what only the database knows. */
export type EventMaker = (transaction: DatabaseTransaction) => Promise<JobEvent>;

export function createTransition(dependencies: TransitionDependencies): Transition {
  const { database, store, clock, logger, announce } = dependencies;
  return async (job, eventOrMaker) => {
    const nowMs = clock.now();
    const outcome = await database.transaction().execute(async (transaction) => {
      const event =
        typeof eventOrMaker === 'function' ? await eventOrMaker(transaction) : eventOrMaker;
      const after = nextJob(job, event, nowMs);
      if (after === job) return { after, event };
      if (!(await store.replace(transaction, job, after))) return undefined;
      for (const effect of moneyEffects(job, after)) {
        await carryOut({ effect, job: after, nowMs, transaction, ...dependencies });
      }
      return { after, event };
    });
    if (outcome === undefined) {
      logger.debug({ jobId: job.id, state: job.state }, 'job was moved by somebody else');
      return undefined;
    }
    const { after, event } = outcome;
    if (after !== job) {
      logger.info(
        {
          jobId: job.id,
          from: job.state,
          to: after.state,
          event: event.type,
          failure: after.failure,
        },
        'job moved',
      );
      announce(after, job);
    }
    return after;
  };
}

interface MoneyStep extends Pick<TransitionDependencies, 'quota' | 'vendorBook'> {
  effect: MoneyEffect;
  job: Job;
  nowMs: number;
  transaction: DatabaseTransaction;
}

async function carryOut({
  effect,
  job,
  nowMs,
  transaction,
  quota,
  vendorBook,
}: MoneyStep): Promise<void> {
  switch (effect.type) {
    case 'open-submission': {
      const { submissionId, vendor, credits } = effect;
      const { id: jobId, guildId } = job;
      return vendorBook.open(transaction, {
        submissionId,
        jobId,
        vendor,
        guildId,
        credits,
        nowMs,
      });
    }
    case 'bill-submission':
      return vendorBook.bill(transaction, {
        submissionId: effect.submissionId,
        credits: effect.credits,
        nowMs,
      });
    case 'unbill-submission':
      return vendorBook.notBilled(transaction, { submissionId: effect.submissionId, nowMs });
    case 'lose-submission':
      return vendorBook.lost(transaction, { submissionId: effect.submissionId, nowMs });
    case 'settle':
      return quota.settle(transaction, { jobId: job.id, credits: effect.credits, nowMs });
    case 'release':
      return quota.release(transaction, { jobId: job.id, nowMs, reason: effect.reason });
    default:
      return effect satisfies never;
  }
}
