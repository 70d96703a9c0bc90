/**
 * `submitting` without an answer: the create call was cut, timed out, or the process died in it. It
 * is never sent again; the vendor's list is searched for the task instead. A task that no job owns,
 * made at that time, with nothing echoed that differs, is adopted when it is the only one.
 */
import { MINUTE, SECOND, type Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { ListedTask, TaskHandle, Vendor } from '../../vendors/vendor.ts';
import { waitedForUntilMs } from '../polling/overdue.ts';
import type { JobStore } from '../record/job-store.ts';
import { lastSubmission, type Job, type JobSubmission } from '../record/job.ts';
import type { Transition } from '../record/transition.ts';
import type { SearchTasks } from './task-search.ts';

/** A task made longer than this before `submitting` was written is not ours; the clocks may differ so much. */
export const EARLIEST_MS = 2 * MINUTE;
/**
 * Nor one made longer than this after: a body of pictures may wait for its turn, and its call may
 * take minutes.
 */
export const LATEST_MS = 12 * MINUTE;
/** Pauses before each look: at once, then 5, 20 and 60 s after the first. */
const LOOK_PAUSES_MS = [0, 5 * SECOND, 15 * SECOND, 40 * SECOND];

export interface LostSubmissionDependencies {
  vendorNamed: (name: string) => Vendor | undefined;
  lookAtList: SearchTasks;
  store: Pick<JobStore, 'find' | 'ownedTasks'>;
  transition: Transition;
  recordSubmitted: (job: Job, handle: TaskHandle) => Promise<void>;
  clock: Clock;
  logger: Logger;
}

/**
 * The step for a job that is `submitting` and whose call nobody is making: who makes it holds the
 * job's lease, which this step has.
 *
 * @throws VendorError when the vendor could not be asked: nothing is concluded, try again
 */
export async function searchLostSubmission(
  job: Job,
  signal: AbortSignal,
  dependencies: LostSubmissionDependencies,
): Promise<void> {
  const { vendorNamed, store, transition, recordSubmitted, clock, logger } = dependencies;
  const submission = lastSubmission(job);
  const vendor = submission && vendorNamed(submission.vendor);
  const log = logger.child({ jobId: job.id, vendor: submission?.vendor });
  const isSearchable = vendor?.findCreatedBetween !== undefined;
  if (submission !== undefined && isSearchable && clock.now() <= waitedForUntilMs(submission)) {
    for (const pauseMs of LOOK_PAUSES_MS) {
      await clock.sleep(pauseMs, signal);
      // Its call may just have been answered, or another process may have found it.
      if (signal.aborted || (await store.find(job.id))?.version !== job.version) return;
      const task = await look(job, { submission, vendor, signal }, dependencies);
      if (task !== undefined) {
        log.warn({ taskId: task.handle.taskId }, 'found the task whose create answer was lost');
        await recordSubmitted(job, task.handle);
        return;
      }
    }
  }
  const lost = await transition(job, { type: 'submission-lost' });
  if (lost === undefined) return;
  log.error(
    'the answer to create was lost and the vendor shows no such task: the member is refunded, the vendor ledger keeps the cost',
  );
}

interface Search {
  submission: JobSubmission;
  vendor: Vendor;
  signal: AbortSignal;
}

async function look(
  job: Job,
  { submission, vendor, signal }: Search,
  { store, lookAtList }: LostSubmissionDependencies,
): Promise<ListedTask | undefined> {
  const window = {
    fromMs: submission.startedAtMs - EARLIEST_MS,
    toMs: submission.startedAtMs + LATEST_MS,
    ...(job.request.tier === undefined ? {} : { tier: job.request.tier }),
  };
  const tasks = await lookAtList(vendor, window, signal);
  const owned = await store.ownedTasks(
    vendor.name,
    tasks.map((task) => task.handle.taskId),
  );
  return findOwnTask(job, submission, {
    tasks: tasks.filter((task) => !owned.has(task.handle.taskId)),
    wireModel: vendor.wireModel(job.request.model),
  });
}

/**
 * The one unowned task that can only be this job's. Pure. Of several that a final could have made, the
 * one that names its draft: the short answers about a running task leave that out (BytePlus ModelArk,
 * retrieve a video generation task), so that it can be missing.
 *
 * @returns undefined when there is none, or more than one
 */
export function findOwnTask(
  job: Job,
  submission: JobSubmission,
  { tasks, wireModel }: { tasks: readonly ListedTask[]; wireModel: string | undefined },
): ListedTask | undefined {
  const candidates = tasks.filter(
    (task) =>
      task.wireModel === wireModel &&
      task.createdAtMs >= submission.startedAtMs - EARLIEST_MS &&
      task.createdAtMs <= submission.startedAtMs + LATEST_MS &&
      agrees(task.expiresAfterSeconds, submission.expiresAfterSeconds) &&
      agrees(task.seed, job.request.seed) &&
      agrees(task.tier, job.request.tier ?? 'default') &&
      agrees(task.resolution, job.request.resolution) &&
      agrees(task.draftTaskId, job.request.draftTaskId) &&
      (job.request.ratio === 'adaptive' || agrees(task.ratio, job.request.ratio)),
  );
  const ofDraft = candidates.filter((task) => task.draftTaskId !== undefined);
  const [only, ...others] = ofDraft.length > 0 ? ofDraft : candidates;
  return others.length === 0 ? only : undefined;
}

/** A field that the vendor does not echo says nothing; one that it does must be ours. */
function agrees<Value>(echoed: Value | undefined, ours: Value): boolean {
  return echoed === undefined || echoed === ours;
}
