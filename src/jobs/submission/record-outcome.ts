/**
 * Records a vendor's answer to a create: accepted or definitely refused. The answer may arrive after
 * another process has declared the submission lost. Then the member is already refunded, and only the
 * vendor ledger is corrected.
 */
import type { Clock } from '../../clock.ts';
import type { VendorError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { VendorLedger } from '../../quota/ledgers/vendor-ledger.ts';
import type { Database } from '../../storage/database.ts';
import type { TaskHandle } from '../../vendors/vendor.ts';
import type { JobStore } from '../record/job-store.ts';
import { lastSubmission, type Job } from '../record/job.ts';
import { latestRenderTimes } from '../record/render-times.ts';
import type { Transition } from '../record/transition.ts';
import { expectedRenderMs } from './eta.ts';
import type { RefusalOutcome } from './vendor-selection.ts';

/** How many render times the estimate is based on. */
const HISTORY_LENGTH = 30;

export interface OutcomeDependencies {
  database: Database;
  store: Pick<JobStore, 'find'>;
  vendorLedger: Pick<VendorLedger, 'notBilled'>;
  transition: Transition;
  clock: Clock;
  logger: Logger;
}

/** @param job `submitting`; its last submission is the one that was answered */
export async function recordTask(
  job: Job,
  { taskId }: TaskHandle,
  dependencies: OutcomeDependencies,
): Promise<void> {
  const { store, transition, logger } = dependencies;
  const expectedAtMs = await expectedAt(job, dependencies);
  const after = await transition(job, { type: 'submitted', taskId, expectedAtMs });
  if (after !== undefined) return;
  const now = await store.find(job.id);
  if (now?.submissions.some((submission) => submission.taskId === taskId) === true) return;
  const { id: submissionId, vendor } = lastSubmission(job) ?? {};
  logger.warn(
    { jobId: job.id, vendor, submissionId, taskId, state: now?.state },
    'task created after its job gave up; cost kept in the vendor ledger',
  );
}

/** @param job `submitting`; its last submission is the one that was refused */
export async function recordRefusal(
  job: Job,
  { error, outcome }: { error: VendorError; outcome: RefusalOutcome },
  dependencies: OutcomeDependencies,
): Promise<void> {
  const { reason, ...next } = outcome;
  const failure = { reason, code: error.code };
  const event = { type: 'submission-refused', refusedAs: error.kind, failure, ...next } as const;
  const after = await dependencies.transition(job, event);
  if (after === undefined) await withdrawLost(job, dependencies);
}

/** Removes the cost of a submission that was declared lost but was definitely refused. */
async function withdrawLost(
  { id: jobId, submissions }: Job,
  { database, store, vendorLedger, clock, logger }: OutcomeDependencies,
): Promise<void> {
  const submission = submissions.at(-1);
  const now = await store.find(jobId);
  const isLost =
    now?.failure?.reason === 'submission-lost' && lastSubmission(now)?.id === submission?.id;
  if (submission === undefined || !isLost) return;
  const { id: submissionId, vendor } = submission;
  await database
    .transaction()
    .execute(async (transaction) =>
      vendorLedger.notBilled(transaction, { submissionId, nowMs: clock.now() }),
    );
  logger.info(
    { jobId, vendor, submissionId },
    'submission declared lost was refused; its cost is removed from the vendor ledger',
  );
}

/** Estimates when the video is due. A failure is only logged, so that the task is still recorded. */
async function expectedAt(
  job: Job,
  { database, clock, logger }: Pick<OutcomeDependencies, 'database' | 'clock' | 'logger'>,
): Promise<number | undefined> {
  const vendor = lastSubmission(job)?.vendor;
  if (vendor === undefined) return undefined;
  try {
    const { model } = job.request;
    const history = await latestRenderTimes(database, { model, vendor, limit: HISTORY_LENGTH });
    const renderMs = expectedRenderMs(job.request, history);
    return renderMs === undefined ? undefined : clock.now() + renderMs;
  } catch (error) {
    logger.warn({ err: error, jobId: job.id }, 'due time not estimated');
    return undefined;
  }
}
