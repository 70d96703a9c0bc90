/**
 * The poll loop: one per vendor account, for all of its tasks, in one process at a time. If the vendor
 * can list tasks by id, one request covers all due tasks and as many others as fit; tasks missing from
 * the answer are checked one by one. A failed check never fails the job.
 */
import { backoffMs, pauseLeftMs, type BackoffPolicy } from '../../backoff.ts';
import type { Tier } from '../../catalogue/request.ts';
import { SECOND, type Clock } from '../../clock.ts';
import { VendorError } from '../../errors.ts';
import { inRounds } from '../../fair-share.ts';
import { createLogLimit, type LogLimit } from '../../log-limit.ts';
import type { Logger } from '../../logger.ts';
import { Loop } from '../../loop.ts';
import type { Lease, Leases } from '../../storage/leases/leases.ts';
import { VENDOR_ERROR_POLICY } from '../../vendors/error-policy.ts';
import type { TaskStatus, Vendor } from '../../vendors/vendor.ts';
import type { JobStore } from '../record/job-store.ts';
import { lastSubmission, type Job } from '../record/job.ts';
import type { OpenTask } from '../record/task-queries.ts';
import type { Transition } from '../record/transition.ts';
import { pollIntervalMs } from './poll-interval.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { statusEvent } from './status-event.ts';

const VENDOR_SILENT: BackoffPolicy = { firstMs: 2 * SECOND, maxMs: 30 * SECOND };
/** After a failure on our side, such as a lost database connection. */
const OWN_FAILURE: BackoffPolicy = { firstMs: SECOND, maxMs: 10 * SECOND };
/** How often to read the jobs table without being woken: another process may have added a task. */
const LOOK_EVERY_MS = 5 * SECOND;
/** How often to check whether the process that polls the account has stopped. */
const ELSEWHERE_MS = 2 * SECOND;
/** Single checks per turn: within the 20 per second that Ark allows an account. */
const SINGLE_LOOKS_A_TURN = 10;

export interface PollerDependencies {
  vendor: Vendor;
  rateLimiter: RateLimiter;
  leases: Leases;
  store: Pick<JobStore, 'openTasks' | 'findMany'>;
  transition: Transition;
  clock: Clock;
  logger: Logger;
}

export interface PollLoop extends Pick<Loop, 'start' | 'wake'> {
  /** Returns whether this process polls the account. */
  isOwner(): boolean;
  /** Resolves when the current turn has ended and the account is released for other processes. */
  stop(): Promise<void>;
}

export function createPoller(dependencies: PollerDependencies): PollLoop {
  const { leases, vendor, clock } = dependencies;
  const poller = new Poller(dependencies);
  /** Held across turns: two alternating processes would each poll at the full rate. */
  let lease: Lease | undefined;
  const isOwner = (): boolean => lease?.isHeld === true;
  const loop = new Loop({
    clock,
    async tick(signal) {
      if (!isOwner()) lease = await leases.take(`poll:${vendor.name}`);
      return isOwner() ? poller.turn(signal) : ELSEWHERE_MS;
    },
    onError: (error) => poller.noteFailure(error),
  });
  return {
    isOwner,
    start: () => loop.start(),
    wake: () => loop.wake(),
    async stop() {
      await loop.stop();
      await lease?.[Symbol.asyncDispose]();
    },
  };
}

class Poller {
  readonly #dependencies: PollerDependencies;
  readonly #log: Logger;
  readonly #logLimit: LogLimit;
  /** When each task was last checked. Empty after a restart: every task is then due at once. */
  readonly #lastLooks = new Map<string, number>();
  /** When each task was last checked by a single request. */
  readonly #singleLooks = new Map<string, number>();
  /** The tier of each task that has one, known after its first check. */
  readonly #tiers = new Map<string, Tier>();
  #failures = 0;
  #ownFailures = 0;
  /** After a vendor failure: no request before its end, even when the loop is woken. */
  #silence = { untilMs: 0, waitMs: 0 };

  constructor(dependencies: PollerDependencies) {
    this.#dependencies = dependencies;
    this.#log = dependencies.logger.child({ vendor: dependencies.vendor.name });
    this.#logLimit = createLogLimit(dependencies.clock);
  }

  /** @returns milliseconds until the next turn */
  async turn(signal: AbortSignal): Promise<number> {
    const { store, vendor, clock } = this.#dependencies;
    const silentMs = pauseLeftMs(this.#silence, clock.now());
    if (silentMs > 0) return silentMs;
    const tasks = await store.openTasks(vendor.name);
    this.#forgetEnded(tasks);
    const nowMs = clock.now();
    const inOrder = tasks
      .map((task) => ({ task, dueAtMs: this.#dueAtMs(task, nowMs) }))
      .toSorted((one, other) => one.dueAtMs - other.dueAtMs);
    const due = inOrder.filter(({ dueAtMs }) => dueAtMs <= nowMs);
    if (due.length > 0) {
      // Tasks that are not due cost nothing in a list request and then need none of their own soon.
      const asked = vendor.checkMany === undefined ? due : inOrder;
      await this.#look(
        asked.map(({ task }) => task),
        signal,
      );
      this.#failures = 0;
    }
    this.#ownFailures = 0;
    return this.#nextTurnInMs(tasks);
  }

  /** @returns milliseconds until the next turn */
  noteFailure(error: unknown): number {
    return error instanceof VendorError ? this.#noteSilent(error) : this.#noteOwnFailure(error);
  }

  #noteSilent(error: VendorError): number {
    this.#failures += 1;
    // A vendor may send a retry delay of 0; still back off.
    const waitMs = Math.max(error.retryAfterMs ?? 0, backoffMs(VENDOR_SILENT, this.#failures));
    this.#silence = { untilMs: this.#dependencies.clock.now() + waitMs, waitMs };
    this.#log.warn(
      { err: error, failures: this.#failures, waitMs },
      'vendor poll failed; retrying',
    );
    return waitMs;
  }

  /** A failure on our side does not pause the vendor. */
  #noteOwnFailure(error: unknown): number {
    this.#ownFailures += 1;
    const waitMs = backoffMs(OWN_FAILURE, this.#ownFailures);
    this.#log.error({ err: error, waitMs }, 'poll turn failed; retrying');
    return waitMs;
  }

  async #look(tasks: readonly OpenTask[], signal: AbortSignal): Promise<void> {
    const batch = tasks.slice(0, this.#dependencies.vendor.checkMany?.most ?? SINGLE_LOOKS_A_TURN);
    const statuses = await this.#checkTogether(batch, signal);
    await this.#apply(batch, statuses);
    const unanswered = batch.filter((task) => !statuses.has(task.taskId));
    for (const task of this.#toAskSingly(unanswered)) {
      if (signal.aborted) return;
      await this.#lookAtOne(task, signal);
    }
  }

  /**
   * Returns the tasks to check one by one, least recently checked first. Tasks missing from a list
   * answer are checked no more often than at a vendor without lists.
   */
  #toAskSingly(unanswered: readonly OpenTask[]): OpenTask[] {
    const { vendor, clock } = this.#dependencies;
    if (vendor.checkMany === undefined) return [...unanswered];
    const nowMs = clock.now();
    // Lists may be requested every second, so these count as checked, whether or not a single check follows.
    for (const { taskId } of unanswered) this.#lastLooks.set(taskId, nowMs);
    const lastMs = ({ taskId }: OpenTask): number => {
      const atMs = this.#singleLooks.get(taskId) ?? 0;
      // A check in the future means that the clock was set back.
      return atMs > nowMs ? 0 : atMs;
    };
    return unanswered
      .filter((task) => nowMs - lastMs(task) >= vendor.cadence.byIdMs)
      .toSorted((one, other) => lastMs(one) - lastMs(other))
      .slice(0, SINGLE_LOOKS_A_TURN);
  }

  async #checkTogether(
    batch: readonly OpenTask[],
    signal: AbortSignal,
  ): Promise<Map<string, TaskStatus>> {
    const { vendor, rateLimiter } = this.#dependencies;
    if (vendor.checkMany === undefined) return new Map();
    await rateLimiter.acquire(signal);
    if (signal.aborted) return new Map();
    const handles = batch.map(({ taskId }) => ({ taskId }));
    try {
      return await vendor.checkMany.check(handles, signal);
    } catch (error) {
      if (!isAboutOneTask(error)) throw error;
      // Nothing follows from it: single checks use another address and may still be answered.
      if (this.#logLimit.isDue(`list ${faultOf(error)}`)) {
        this.#log.error({ err: error }, 'task list unreadable; asking for tasks one by one');
      }
      return new Map();
    } finally {
      rateLimiter.answered();
    }
  }

  async #lookAtOne(task: OpenTask, signal: AbortSignal): Promise<void> {
    const { vendor, clock } = this.#dependencies;
    const { jobId, taskId } = task;
    // Before the request: a task whose check fails must not come first again in the next turn.
    this.#lastLooks.set(taskId, clock.now());
    this.#singleLooks.set(taskId, clock.now());
    try {
      const status = await vendor.check({ taskId }, signal);
      await this.#apply([task], new Map([[taskId, status]]));
    } catch (error) {
      if (!isAboutOneTask(error)) throw error;
      if (!this.#logLimit.isDue(`${jobId} ${faultOf(error)}`)) return;
      this.#log.error({ err: error, jobId, taskId }, 'task status unreadable; asking again');
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
    const jobs = await store.findMany(answered.map((task) => task.jobId));
    // Each job is a transaction: with rounds, a server with many jobs delays another server's by one.
    for (const job of inRounds(jobs, ({ guildId }) => guildId)) {
      const taskId = lastSubmission(job)?.taskId ?? '';
      const status = statuses.get(taskId);
      if (job.request.tier !== undefined) this.#tiers.set(taskId, job.request.tier);
      const isOpen = job.state === 'queued' || job.state === 'running';
      if (status !== undefined && isOpen) await this.#applyToJob(job, status);
    }
  }

  /** A job that cannot be saved must not block the others; the next check applies its status. */
  async #applyToJob(job: Job, status: TaskStatus): Promise<void> {
    if (status.status === 'finished-without-file' && job.withoutFileSinceMs === undefined) {
      this.#log.error({ jobId: job.id }, 'task finished without a file; waiting for a late one');
    }
    try {
      await this.#dependencies.transition(job, statusEvent(job, status));
    } catch (error) {
      this.#log.error(
        { err: error, jobId: job.id, status: status.status },
        'task status not applied',
      );
    }
  }

  #dueAtMs(task: OpenTask, nowMs: number): number {
    const last = this.#lastLooks.get(task.taskId);
    // A check in the future means that the clock was set back.
    if (last === undefined || last > nowMs) return 0;
    const tier = this.#tiers.get(task.taskId);
    return last + pollIntervalMs(this.#dependencies.vendor, { ...task, tier }, nowMs);
  }

  #nextTurnInMs(tasks: readonly OpenTask[]): number {
    const nowMs = this.#dependencies.clock.now();
    const nextMs = tasks.reduce(
      (earliest, task) => Math.min(earliest, this.#dueAtMs(task, nowMs)),
      nowMs + LOOK_EVERY_MS,
    );
    return Math.max(0, nextMs - nowMs);
  }

  #forgetEnded(tasks: readonly OpenTask[]): void {
    const open = new Set(tasks.map((task) => task.taskId));
    for (const taskId of this.#lastLooks.keys()) {
      if (open.has(taskId)) continue;
      this.#lastLooks.delete(taskId);
      this.#singleLooks.delete(taskId);
      this.#tiers.delete(taskId);
    }
  }
}

/** Returns what distinguishes one unreadable answer from another, such as the status word. */
function faultOf(error: VendorError): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** Whether the vendor's answer about one task was unreadable; checks of other tasks may succeed. */
function isAboutOneTask(error: unknown): error is VendorError {
  return error instanceof VendorError && VENDOR_ERROR_POLICY[error.kind].isAboutOneTask;
}
