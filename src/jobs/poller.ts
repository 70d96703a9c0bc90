/**
 * The poll loop: one for each vendor account, for all of its tasks. Where the vendor lists by id it
 * asks for all that are due in one request; what the answer leaves out is asked for singly. Failing
 * to ask is never the job's failure.
 */
import { backoffMs, type BackoffPolicy } from '../backoff.ts';
import { billedCredits } from '../catalogue/prices/cost.ts';
import { MINUTE, SECOND, type Clock } from '../clock.ts';
import { VendorError, type VendorErrorKind } from '../errors.ts';
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
/** One credit is one US cent. */
const MICRO_DOLLARS_PER_CREDIT = 10_000;
const DUE_BEFORE_MS = 5 * SECOND;
const DUE_AFTER_MS = 20 * SECOND;
const BY_ID_LATER_AFTER_MS = 5 * MINUTE;
/** All others say that the vendor cannot be asked at present. */
const ABOUT_ONE_TASK: ReadonlySet<VendorErrorKind> = new Set([
  'bad-response',
  'rejected',
  'moderated',
  'not-found',
  'conflict',
]);
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
  const poller = new Poller(dependencies);
  return new Loop({
    clock: dependencies.clock,
    turn: async (signal) => poller.turn(signal),
    onError: (error) => poller.noteFailure(error),
  });
}

class Poller {
  readonly #dependencies: PollerDependencies;
  readonly #log: Logger;
  /** When each task was last looked at. Lost with the process: everything is then due at once. */
  readonly #lastLooks = new Map<string, number>();
  #failures = 0;
  /** After a failure nobody is asked before this, whoever wakes us. */
  #silentUntilMs = 0;

  constructor(dependencies: PollerDependencies) {
    this.#dependencies = dependencies;
    this.#log = dependencies.logger.child({ vendor: dependencies.vendor.name });
  }

  /** @returns milliseconds until the next turn */
  async turn(signal: AbortSignal): Promise<number> {
    const { store, vendor, clock } = this.#dependencies;
    const silentMs = this.#silentUntilMs - clock.now();
    if (silentMs > 0) return silentMs;
    const tasks = await store.openTasks(vendor.name);
    this.#forgetEnded(tasks);
    const nowMs = clock.now();
    const due = tasks
      .filter((task) => this.#dueAtMs(task, nowMs) <= nowMs)
      .toSorted((one, other) => this.#dueAtMs(one, nowMs) - this.#dueAtMs(other, nowMs));
    if (due.length > 0) await this.#look(due, signal);
    this.#failures = 0;
    return this.#nextTurnInMs(tasks);
  }

  /** @returns milliseconds until the vendor may be asked again */
  noteFailure(error: unknown): number {
    const { clock } = this.#dependencies;
    this.#failures += 1;
    const retryAfterMs = error instanceof VendorError ? error.retryAfterMs : undefined;
    const waitMs = retryAfterMs ?? backoffMs(VENDOR_SILENT, this.#failures);
    this.#silentUntilMs = clock.now() + waitMs;
    this.#log.warn(
      { err: error, failures: this.#failures, waitMs },
      'the vendor could not be asked; jobs go on',
    );
    return waitMs;
  }

  async #look(due: readonly OpenTask[], signal: AbortSignal): Promise<void> {
    const batch = due.slice(0, this.#dependencies.vendor.checkMany?.most ?? SINGLE_LOOKS_A_TURN);
    const statuses = await this.#checkTogether(batch, signal);
    await this.#apply(batch, statuses);
    const unanswered = batch.filter((task) => !statuses.has(task.taskId));
    for (const task of unanswered.slice(0, SINGLE_LOOKS_A_TURN)) {
      if (signal.aborted) return;
      await this.#lookAtOne(task, signal);
    }
  }

  async #checkTogether(
    batch: readonly OpenTask[],
    signal: AbortSignal,
  ): Promise<Map<string, TaskStatus>> {
    const { vendor, pace } = this.#dependencies;
    if (vendor.checkMany === undefined) return new Map();
    await pace.turn(signal);
    if (signal.aborted) return new Map();
    const handles = batch.map(({ taskId }) => ({ taskId }));
    return vendor.checkMany.check(handles, signal);
  }

  async #lookAtOne(task: OpenTask, signal: AbortSignal): Promise<void> {
    const { vendor, clock } = this.#dependencies;
    const { jobId, taskId } = task;
    // Before it is asked: a task whose look fails must not be the first again in the next turn.
    this.#lastLooks.set(taskId, clock.now());
    try {
      const status = await vendor.check({ taskId }, signal);
      await this.#apply([task], new Map([[taskId, status]]));
    } catch (error) {
      if (!isAboutOneTask(error)) throw error;
      this.#log.error(
        { err: error, jobId, taskId },
        'what the vendor says of a task is unreadable',
      );
    }
  }

  async #apply(
    batch: readonly OpenTask[],
    statuses: ReadonlyMap<string, TaskStatus>,
  ): Promise<void> {
    const { store, clock } = this.#dependencies;
    const answered = batch.filter((task) => statuses.has(task.taskId));
    const lookedAtMs = clock.now();
    for (const task of answered) this.#lastLooks.set(task.taskId, lookedAtMs);
    for (const job of await store.findMany(answered.map((task) => task.jobId))) {
      const status = statuses.get(lastSubmission(job)?.taskId ?? '');
      const isOpen = job.state === 'queued' || job.state === 'running';
      if (status !== undefined && isOpen) await this.#applyToJob(job, status);
    }
  }

  /** One job that cannot be written must not keep the others waiting; it is looked at again. */
  async #applyToJob(job: Job, status: TaskStatus): Promise<void> {
    try {
      await this.#dependencies.transition(job, eventFor(job, status));
    } catch (error) {
      this.#log.error(
        { err: error, jobId: job.id, status: status.status },
        'a task status could not be applied',
      );
    }
  }

  #dueAtMs(task: OpenTask, nowMs: number): number {
    const last = this.#lastLooks.get(task.taskId);
    return last === undefined ? 0 : last + gapMs(this.#dependencies.vendor, task, nowMs);
  }

  #nextTurnInMs(tasks: readonly OpenTask[]): number {
    if (tasks.length === 0) return IDLE_MS;
    const nowMs = this.#dependencies.clock.now();
    return Math.max(0, Math.min(...tasks.map((task) => this.#dueAtMs(task, nowMs))) - nowMs);
  }

  #forgetEnded(tasks: readonly OpenTask[]): void {
    const open = new Set(tasks.map((task) => task.taskId));
    for (const taskId of this.#lastLooks.keys()) {
      if (!open.has(taskId)) this.#lastLooks.delete(taskId);
    }
  }
}

/** The vendor answered, but not with anything that can be understood: others may do better. */
function isAboutOneTask(error: unknown): boolean {
  return error instanceof VendorError && ABOUT_ONE_TASK.has(error.kind);
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
  // What the vendor itself says it took is what the operator pays.
  if (result.reportedMicroDollars !== undefined) {
    return Math.ceil(result.reportedMicroDollars / MICRO_DOLLARS_PER_CREDIT);
  }
  const price = lastSubmission(job)?.price;
  return price === undefined ? job.holdCredits : billedCredits(job.request, price, result);
}
