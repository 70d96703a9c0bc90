/**
 * Writes down what a vendor answered to a create: that it has the task, or certainly not. An answer
 * can come too late, when the job was taken for lost by another process: then the member is refunded
 * already, and it is for the operator to know what is owed.
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

/** How many render times the expected one is drawn from. */
const HISTORY_LENGTH = 30;

export interface OutcomeDependencies {
  database: Database;
  store: Pick<JobStore, 'find'>;
  vendorLedger: Pick<VendorLedger, 'notBilled'>;
  transition: Transition;
  clock: Clock;
  logger: Logger;
}

/** @param job `submitting`, with the submission that was answered as its last */
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
    'the vendor made a task that its job does not wait for any more: the vendor ledger keeps the cost',
  );
}

/** @param job `submitting`, with the submission that was refused as its last */
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

/** What was taken for lost, and certainly was not taken by the vendor, is not owed. */
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
    'a submission that was taken for lost was refused: nothing is owed for it',
  );
}

/** Only an estimate: that it cannot be made is no reason to lose a task. */
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
    logger.warn({ err: error, jobId: job.id }, 'when the video is due could not be worked out');
    return undefined;
  }
}
