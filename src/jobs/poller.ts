/**
 * The poll loop: one for each vendor account, for all of its tasks. Where the vendor lists by id it
 * asks for all that are due in one request; what the answer leaves out is asked for singly. Failing
 * to ask is never the job's failure.
 */
import { backoffMs, type BackoffPolicy } from '../backoff.ts';
import { billedCredits } from '../catalogue/cost.ts';
import { MINUTE, SECOND, type Clock } from '../clock.ts';
import { VendorError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { TaskResult, TaskStatus, Vendor } from '../vendors/vendor.ts';
import type { AccountPace } from './account-pace.ts';
import type { JobStore, OpenTask } from './job-store.ts';
import { lastSubmission, type FailureReason, type Job } from './job.ts';
import { Loop } from './loop.ts';
import type { JobEvent } from './machine.ts';
import type { Transition } from './transition.ts';

const VENDOR_SILENT: BackoffPolicy = { firstMs: 2 * SECOND, maxMs: 30 * SECOND };
/** With nothing at the vendor: how long until we look at our own table again, unless woken. */
const IDLE_MS = 5 * SECOND;
/** Around the expected end, looks come this often instead. */
const DUE_LOOK_MS = SECOND;
const DUE_BEFORE_MS = 5 * SECOND;
const DUE_AFTER_MS = 20 * SECOND;
const BY_ID_LATER_AFTER_MS = 5 * MINUTE;
/** Single look-ups in one turn: within the 20 a second that Ark allows an account. */
const SINGLE_LOOKS_A_TURN = 10;

export interface PollerDependencies {
  vendor: Vendor;
  pace: AccountPace;
  store: JobStore;
  transition: Transition;
  clock: Clock;
  logger: Logger;
}

export function createPoller(dependencies: PollerDependencies): Loop {
  const { vendor, store, clock, logger } = dependencies;
  const log = logger.child({ vendor: vendor.name });
  /** When each task was last looked at. Lost with the process: everything is then due at once. */
  const lastLooks = new Map<string, number>();
  let failures = 0;

  return new Loop({ clock, turn, onError });

  async function turn(): Promise<number> {
    const tasks = await store.openTasks(vendor.name);
    forgetEnded(tasks);
    const nowMs = clock.now();
    const due = tasks
      .filter((task) => dueAtMs(task, nowMs) <= nowMs)
      .toSorted((one, other) => dueAtMs(one, nowMs) - dueAtMs(other, nowMs));
    if (due.length > 0) await look(due);
    failures = 0;
    return nextTurnInMs(tasks);
  }

  async function look(due: readonly OpenTask[]): Promise<void> {
    const batch = due.slice(0, vendor.checkMany?.most ?? SINGLE_LOOKS_A_TURN);
    const statuses = await checkTogether(batch);
    await apply(batch, statuses);
    const unanswered = batch.filter((task) => !statuses.has(task.taskId));
    for (const task of unanswered.slice(0, SINGLE_LOOKS_A_TURN)) {
      const status = await vendor.check({ taskId: task.taskId });
      await apply([task], new Map([[task.taskId, status]]));
    }
  }

  async function checkTogether(batch: readonly OpenTask[]): Promise<Map<string, TaskStatus>> {
    if (vendor.checkMany === undefined) return new Map();
    await dependencies.pace.turn();
    return await vendor.checkMany.check(batch.map(({ taskId }) => ({ taskId })));
  }

  async function apply(
    batch: readonly OpenTask[],
    statuses: ReadonlyMap<string, TaskStatus>,
  ): Promise<void> {
    const answered = batch.filter((task) => statuses.has(task.taskId));
    const lookedAtMs = clock.now();
    for (const task of answered) lastLooks.set(task.taskId, lookedAtMs);
    for (const job of await store.findMany(answered.map((task) => task.jobId))) {
      const status = statuses.get(lastSubmission(job)?.taskId ?? '');
      const isOpen = job.state === 'queued' || job.state === 'running';
      if (status !== undefined && isOpen) await applyToJob(job, status);
    }
  }

  /** One job that cannot be written must not keep the others waiting; it is looked at again. */
  async function applyToJob(job: Job, status: TaskStatus): Promise<void> {
    try {
      await dependencies.transition(job, eventFor(job, status));
    } catch (error) {
      log.error(
        { err: error, jobId: job.id, status: status.status },
        'a task status could not be applied',
      );
    }
  }

  function dueAtMs(task: OpenTask, nowMs: number): number {
    const last = lastLooks.get(task.taskId);
    return last === undefined ? 0 : last + gapMs(vendor, task, nowMs);
  }

  function nextTurnInMs(tasks: readonly OpenTask[]): number {
    if (tasks.length === 0) return IDLE_MS;
    const nowMs = clock.now();
    return Math.max(0, Math.min(...tasks.map((task) => dueAtMs(task, nowMs))) - nowMs);
  }

  function forgetEnded(tasks: readonly OpenTask[]): void {
    const open = new Set(tasks.map((task) => task.taskId));
    for (const taskId of lastLooks.keys()) if (!open.has(taskId)) lastLooks.delete(taskId);
  }

  function onError(error: unknown): number {
    failures += 1;
    const retryAfterMs = error instanceof VendorError ? error.retryAfterMs : undefined;
    const waitMs = retryAfterMs ?? backoffMs(VENDOR_SILENT, failures);
    log.warn({ err: error, failures, waitMs }, 'the vendor could not be asked; jobs go on');
    return waitMs;
  }
}

/** The longest gap between looks at a task: shorter around the time it is expected to end. */
export function gapMs(
  vendor: Pick<Vendor, 'cadence' | 'checkMany'>,
  task: OpenTask,
  nowMs: number,
): number {
  if (vendor.checkMany === undefined) {
    const isLong = nowMs - task.submittedAtMs > BY_ID_LATER_AFTER_MS;
    return isLong ? vendor.cadence.byIdLaterMs : vendor.cadence.byIdMs;
  }
  const { expectedAtMs } = task;
  const isAboutDue =
    expectedAtMs !== undefined &&
    nowMs >= expectedAtMs - DUE_BEFORE_MS &&
    nowMs <= expectedAtMs + DUE_AFTER_MS;
  return isAboutDue ? Math.min(DUE_LOOK_MS, vendor.cadence.byListMs) : vendor.cadence.byListMs;
}

const FAILURES = {
  moderated: 'moderated-output',
  rejected: 'rejected',
  unavailable: 'vendor-failed',
} as const satisfies Record<string, FailureReason>;

/** What a vendor's word means for the job. */
export function eventFor(job: Job, status: TaskStatus): JobEvent {
  switch (status.status) {
    case 'queued':
      return { type: 'vendor-queued' };
    case 'running':
      return { type: 'vendor-running' };
    case 'succeeded': {
      const { status: _word, ...result } = status;
      return { type: 'vendor-succeeded', result, billedCredits: billFor(job, result) };
    }
    case 'failed':
      return {
        type: 'vendor-failed',
        failure: { reason: FAILURES[status.kind], code: status.code },
      };
    case 'cancelled':
      return { type: 'vendor-cancelled' };
    case 'expired':
      return { type: 'vendor-expired' };
    case 'missing':
      return { type: 'vendor-missing' };
    default:
      return status satisfies never;
  }
}

function billFor(job: Job, result: TaskResult): number {
  const price = lastSubmission(job)?.price;
  return price === undefined ? job.holdCredits : billedCredits(job.request, price, result);
}
