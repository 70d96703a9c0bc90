/**
 * Handles a `submitting` job without an answer: the create call was cut off, timed out, or the process
 * died during it. The call is never repeated. Instead the vendor's list is searched for the task. A
 * task is adopted if it is the only one that no job owns, was created at that time, and echoes no
 * field that differs.
 */
import { MINUTE, SECOND, type Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { ListedTask, TaskHandle, Vendor } from '../../vendors/vendor.ts';
import { waitedForUntilMs } from '../polling/overdue.ts';
import type { JobStore } from '../record/job-store.ts';
import { lastSubmission, type Job, type JobSubmission } from '../record/job.ts';
import type { Transition } from '../record/transition.ts';
import type { SearchTasks } from './task-search.ts';

/** A task created earlier than this before `submitting` is not ours; allows for clock differences. */
export const EARLIEST_MS = 2 * MINUTE;
/**
 * A task created later than this after `submitting` is not ours. A body with files may wait for its
 * turn, and its call may take minutes.
 */
export const LATEST_MS = 12 * MINUTE;
/** Pauses before each search: at once, then 5, 20 and 60 s after the first. */
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
 * The step for a `submitting` job. This step holds the job's lease, so no process is making its create
 * call.
 *
 * @throws VendorError when the vendor could not be reached; the step is retried
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
      // The call may have been answered, or another process may have found the task.
      if (signal.aborted || (await store.find(job.id))?.version !== job.version) return;
      const task = await look(job, { submission, vendor, signal }, dependencies);
      if (task !== undefined) {
        log.warn({ taskId: task.handle.taskId }, 'lost task found');
        await recordSubmitted(job, task.handle);
        return;
      }
    }
  }
  const lost = await transition(job, { type: 'submission-lost' });
  if (lost === undefined) return;
  log.error('lost task not found; member refunded, cost kept in the vendor ledger');
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
 * Returns the only unowned task that matches the job. Pure. Among several candidates for a final, the
 * one that names its draft wins. The draft can be missing: answers about a running task omit it
 * (BytePlus ModelArk, retrieve a video generation task).
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

/** Returns whether an echoed field matches ours; a field that is not echoed matches. */
function agrees<Value>(echoed: Value | undefined, ours: Value): boolean {
  return echoed === undefined || echoed === ours;
}
