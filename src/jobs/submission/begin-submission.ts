/**
 * `accepted` → `submitting`: claims a slot and saves the submission. Only the process that saved it may
 * then call the vendor.
 */
import type { Clock } from '../../clock.ts';
import type { IdMaker } from '../../ids.ts';
import type { Logger } from '../../logger.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import { createJobStore, type JobStore } from '../record/job-store.ts';
import { lastSubmission, type Job, type JobSubmission } from '../record/job.ts';
import type { Transition } from '../record/transition.ts';
import { retryWrite } from '../retry-write.ts';
import type { Offer } from './offers.ts';
import { NoFreeSlot, type Scheduler } from './scheduler.ts';
import { pickExpiryTag } from './submission-tag.ts';

export interface BeginSubmissionDependencies {
  database: Database;
  store: Pick<JobStore, 'tagsInUse'>;
  transition: Transition;
  scheduler: Pick<Scheduler, 'claim'>;
  ids: IdMaker;
  clock: Clock;
  logger: Logger;
}

/**
 * @returns the job with its new submission; undefined when the job was changed elsewhere or another job
 *   took the last slot
 * @throws Error when the database failed and the submission was, as far as we can tell, not saved
 */
export async function beginSubmission(
  job: Job,
  { offer, signal }: { offer: Offer; signal: AbortSignal },
  dependencies: BeginSubmissionDependencies,
): Promise<Job | undefined> {
  const { scheduler, transition, clock, logger } = dependencies;
  let submission: JobSubmission | undefined;
  try {
    return await transition(job, async (transaction) => {
      const startNumber = await scheduler.claim(transaction, job, offer.vendor.name);
      submission = await newSubmission(transaction, { offer, job, startNumber }, dependencies);
      return { type: 'submission-started', submission };
    });
  } catch (error) {
    if (error instanceof NoFreeSlot) return undefined;
    if (submission === undefined) throw error;
    const { id: submissionId } = submission;
    const log = logger.child({ jobId: job.id, vendor: offer.vendor.name, submissionId });
    const look = async () => findWrittenSubmission(job, submissionId, dependencies);
    const started = await retryWrite(look, { clock, log, signal });
    if (started === undefined) throw error;
    log.warn({ err: error }, 'submission commit answer lost; the submission was recorded');
    return started;
  }
}

/**
 * Finds out whether a submission was saved when the answer to its commit was lost. Its id is unique to
 * this process, so if it was saved, no other process can have made the create call.
 *
 * @returns the job as saved; undefined when it was not saved or has changed since
 */
async function findWrittenSubmission(
  job: Job,
  submissionId: string,
  { database }: Pick<BeginSubmissionDependencies, 'database'>,
): Promise<Job | undefined> {
  // Read in a transaction whose own commit is confirmed: what it saw is committed for good.
  const found = await database.transaction().execute(async (transaction) => {
    // Waits on the row lock until the transaction whose answer was lost has ended.
    await transaction
      .updateTable('jobs')
      .set(({ ref }) => ({ version: ref('version') }))
      .where('id', '=', job.id)
      .execute();
    return createJobStore(transaction).find(job.id);
  });
  const isOurs =
    found?.state === 'submitting' &&
    found.version === job.version + 1 &&
    lastSubmission(found)?.id === submissionId;
  return isOurs ? found : undefined;
}

async function newSubmission(
  transaction: DatabaseTransaction,
  { offer, job, startNumber }: { offer: Offer; job: Job; startNumber: number },
  { store, ids, clock }: Pick<BeginSubmissionDependencies, 'store' | 'ids' | 'clock'>,
): Promise<JobSubmission> {
  const tagsInUse = await store.tagsInUse(transaction, offer.vendor.name);
  return {
    id: ids.next(),
    vendor: offer.vendor.name,
    model: job.request.model,
    price: offer.price,
    expiresAfterSeconds: pickExpiryTag(tagsInUse),
    startedAtMs: clock.now(),
    startNumber,
  };
}
