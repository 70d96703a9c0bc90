/**
 * `accepted` → `submitting`: claims a slot and saves the submission. Only the process that saved it may
 * then call the vendor.
 */
import type { Clock } from '../../clock.ts';
import type { IdMaker } from '../../ids.ts';
import type { Logger } from '../../logger.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import { findAfterUnknownCommit } from '../find-after-unknown-commit.ts';
import type { JobStore } from '../record/job-store.ts';
import { lastSubmission, type Job, type JobSubmission } from '../record/job.ts';
import type { Transition } from '../record/transition.ts';
import type { RetryWriteOptions } from '../retry-write.ts';
import type { Offer } from './offers.ts';
import { NoFreeSlot, type Scheduler } from './scheduler.ts';

/**
 * The tag a lost task is found by: an `execution_expires_after` that no other open job of the
 * account uses. The vendors take 3600 to 259200 seconds and echo it in every answer; ours stay
 * close to their default of 48 hours.
 */
export const TAG_MIN_SECONDS = 169_201;
export const TAG_MAX_SECONDS = 172_800;
const TAG_COUNT = TAG_MAX_SECONDS - TAG_MIN_SECONDS + 1;

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
  const { database, scheduler, transition, clock, logger } = dependencies;
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
    const started = await findWrittenSubmission(
      { database, job, submissionId },
      { clock, log, signal },
    );
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
  {
    database,
    job,
    submissionId,
  }: { readonly database: Database; readonly job: Job; readonly submissionId: string },
  options: RetryWriteOptions,
): Promise<Job | undefined> {
  const lock = async (transaction: DatabaseTransaction) =>
    transaction
      .updateTable('jobs')
      .set(({ ref }) => ({ version: ref('version') }))
      .where('id', '=', job.id)
      .execute();
  const found = await findAfterUnknownCommit({ database, jobId: job.id, lock }, options);
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

/**
 * Returns a tag that no open job uses; any tag when more than 3600 jobs are open, where the tag alone no
 * longer tells them apart.
 *
 * @param random a number in [0, 1): where the search begins, so that a tag is not reused at once
 */
export function pickExpiryTag(inUse: ReadonlySet<number>, random = Math.random()): number {
  const first = Math.floor(random * TAG_COUNT);
  for (let step = 0; step < TAG_COUNT; step += 1) {
    const tag = TAG_MIN_SECONDS + ((first + step) % TAG_COUNT);
    if (!inUse.has(tag)) return tag;
  }
  return TAG_MIN_SECONDS + first;
}
