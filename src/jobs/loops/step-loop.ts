/**
 * Runs one kind of step for every job that needs it: a loop that looks for jobs, and a bounded
 * number of steps under way at once, never two for one job, in this process or another: a step holds
 * the job's lease. A step that fails, or that leaves its job as it was, is tried again later, with a
 * growing pause; a step itself never reschedules, it returns or throws.
 */
import { backoffMs, pauseLeftMs, type BackoffPolicy } from '../../backoff.ts';
import { SECOND, type Clock } from '../../clock.ts';
import { FairSlots } from '../../fair-slots.ts';
import type { Logger } from '../../logger.ts';
import type { Leases } from '../../storage/leases/leases.ts';
import type { Job } from '../record/job.ts';
import { Loop } from './loop.ts';

const FAILED_STEP: BackoffPolicy = { firstMs: SECOND, maxMs: 60 * SECOND };
/** How often to look without being woken: a net under the announcements. */
const LOOK_EVERY_MS = 2 * SECOND;
/** Mostly another loop of this process has the lease, and is about to give it back. */
const NOT_TAKEN: BackoffPolicy = { firstMs: SECOND / 10, maxMs: LOOK_EVERY_MS };
/** So many steps in a row that leave their job to be found again are nothing that comes about by itself. */
const SUSPICIOUS_AFTER = 6;
/** When all that was found has to wait: how much further the next look goes. */
const LOOK_FURTHER = 4;

/** Thrown by a step that knows for how long it is of no use to try again; at least a second. */
export class TryAgainIn extends Error {
  readonly kind = 'try-again-in';
  override readonly name = 'TryAgainIn';
  readonly waitMs: number;

  constructor(waitMs: number, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.waitMs = waitMs;
  }
}

export interface StepLoopOptions {
  name: string;
  /** How many steps run at once. */
  concurrency: number;
  /** Jobs that may need the step, most urgent first; fewer than `limit` only when there are no more, more at will. */
  find: (limit: number) => Promise<readonly Job[]>;
  /** Milliseconds until the job may be stepped; 0 for now. */
  waitMs?: (job: Job, nowMs: number) => number;
  /**
   * Whose step it is: those with the same one share the slots fairly with the others. `find` must name
   * jobs of each before the second of any. Without it, the most urgent come first.
   */
  shareOf?: (job: Job) => string;
  leases: Leases;
  /** A step holds `<lease>:<job>`: of the loops with the same one, one at a time works on a job. */
  lease: 'work' | 'show' | 'encode';
  /**
   * Whether the job still needs the step as it was found. Asked with the lease in hand: another
   * process may have done the step since we looked.
   */
  isCurrent: (job: Job) => Promise<boolean>;
  /** @throws TryAgainIn, or anything else to be tried again after the pauses of `retry` */
  step: (job: Job, signal: AbortSignal) => Promise<void>;
  /** Pauses after failures; from 1 s to a minute unless said otherwise. */
  retry?: BackoffPolicy;
  clock: Clock;
  logger: Logger;
}

interface Pause {
  /** `not-taken`: somebody else has the lease, or has changed the job since it was found. */
  readonly why: 'failed' | 'changed-nothing' | 'not-taken';
  readonly attempt: number;
  readonly waitMs: number;
  readonly untilMs: number;
  /** Of the job. But for a failure, the pause ends early when somebody changes it. */
  readonly version: number;
}

export class StepLoop {
  readonly #options: StepLoopOptions;
  readonly #loop: Loop;
  readonly #slots: FairSlots;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #pauses = new Map<string, Pause>();

  constructor(options: StepLoopOptions) {
    this.#options = options;
    const { clock, logger, name } = options;
    this.#slots = new FairSlots(options.concurrency);
    this.#loop = new Loop({
      clock,
      turn: async (signal) => this.#turn(signal),
      onError: (error) => {
        logger.error({ err: error, loop: name }, 'looking for jobs failed');
        return backoffMs(FAILED_STEP, 3);
      },
    });
  }

  start(): void {
    this.#loop.start();
  }

  wake(): void {
    this.#loop.wake();
  }

  /** Takes no new step and waits for those under way. */
  async stop(): Promise<void> {
    await this.#loop.stop();
    await Promise.all(this.#underWay.values());
  }

  async #turn(signal: AbortSignal): Promise<number> {
    const free = this.#options.concurrency - this.#underWay.size;
    if (free <= 0) return LOOK_EVERY_MS;
    const found = await this.#look(free);
    if (signal.aborted) return LOOK_EVERY_MS;
    const due = found.filter(({ waitMs }) => waitMs <= 0).map(({ job }) => job);
    const { shareOf } = this.#options;
    if (shareOf === undefined) for (const job of due.slice(0, free)) this.#run(job, signal);
    else this.#runFairly(due, shareOf, signal);
    const waitsMs = found.map(({ waitMs }) => waitMs).filter((waitMs) => waitMs > 0);
    return Math.min(LOOK_EVERY_MS, ...waitsMs);
  }

  /** Jobs that wait still match `find`: looks past them until enough are due or there are no more. */
  async #look(wanted: number): Promise<{ job: Job; waitMs: number }[]> {
    const { concurrency, find, clock } = this.#options;
    // A step that ends while we look makes what was found of its job out of date.
    const inHand = new Set(this.#underWay.keys());
    for (let limit = concurrency + inHand.size; ; limit *= LOOK_FURTHER) {
      const jobs = await find(limit);
      const nowMs = clock.now();
      const idle = jobs.filter((job) => !inHand.has(job.id));
      const found = idle.map((job) => ({ job, waitMs: this.#waitMs(job, nowMs) }));
      const due = found.filter(({ waitMs }) => waitMs <= 0);
      if (due.length < wanted && jobs.length >= limit) continue;
      this.#forgetPauses(new Set(jobs.map((job) => job.id)), nowMs);
      return found;
    }
  }

  #waitMs(job: Job, nowMs: number): number {
    const pause = this.#pauses.get(job.id);
    const isPaused =
      pause !== undefined && (pause.why === 'failed' || pause.version === job.version);
    const pauseMs = isPaused ? pauseLeftMs(pause, nowMs) : 0;
    return Math.max(pauseMs, this.#options.waitMs?.(job, nowMs) ?? 0);
  }

  /** Of jobs that need the step no more. */
  #forgetPauses(found: ReadonlySet<string>, nowMs: number): void {
    for (const [jobId, { untilMs }] of this.#pauses) {
      if (!found.has(jobId) && untilMs <= nowMs) this.#pauses.delete(jobId);
    }
  }

  /** Takes in turn from those who share the slots, until they are used up or nobody may have more. */
  #runFairly(due: readonly Job[], shareOf: (job: Job) => string, signal: AbortSignal): void {
    const waiting = Map.groupBy(due, shareOf);
    for (;;) {
      const share = this.#slots.next(waiting.keys());
      if (share === undefined || !this.#slots.tryTake(share)) return;
      const [job, ...others] = waiting.get(share) ?? [];
      if (job !== undefined) this.#run(job, signal, () => this.#slots.release(share));
      if (others.length > 0) waiting.set(share, others);
      else waiting.delete(share);
    }
  }

  #run(job: Job, signal: AbortSignal, onEnd = (): void => {}): void {
    const running = this.#step(job, signal).finally(() => {
      this.#underWay.delete(job.id);
      onEnd();
      this.#loop.wake();
    });
    this.#underWay.set(job.id, running);
  }

  async #step(job: Job, signal: AbortSignal): Promise<void> {
    const { step, leases, lease: kind, isCurrent } = this.#options;
    try {
      await using lease = await leases.take(`${kind}:${job.id}`);
      if (lease === undefined || !(await isCurrent(job))) {
        this.#noteNotTaken(job);
      } else if (!signal.aborted) {
        await step(job, signal);
        this.#noteDone(job);
      }
    } catch (error) {
      if (!signal.aborted) this.#noteFailed(job, error);
    }
  }

  #noteFailed(job: Job, error: unknown): void {
    const last = this.#pauses.get(job.id);
    const attempt = last?.why === 'failed' ? last.attempt + 1 : 1;
    const waitMs =
      error instanceof TryAgainIn
        ? Math.max(error.waitMs, FAILED_STEP.firstMs)
        : this.#backoffMs(attempt);
    this.#pause(job, { why: 'failed', attempt, waitMs });
    const { logger, name } = this.#options;
    logger.warn(
      { err: error, jobId: job.id, loop: name, attempt, waitMs },
      'step failed, will be tried again',
    );
  }

  /** Found again as it is, the job would be stepped without end: it has to wait as after a failure. */
  #noteDone(job: Job): void {
    const last = this.#pauses.get(job.id);
    const isAgain = last?.why === 'changed-nothing' && last.version === job.version;
    const attempt = isAgain ? last.attempt + 1 : 1;
    this.#pause(job, { why: 'changed-nothing', attempt, waitMs: this.#backoffMs(attempt) });
    // A place in line changes now and then without a change of the job; a fault of ours does not end.
    if (attempt < SUSPICIOUS_AFTER) return;
    const { logger, name } = this.#options;
    logger.warn(
      { jobId: job.id, loop: name, attempt },
      'step changed nothing, again and again, and will be tried again',
    );
  }

  /** Somebody is at it, or was: no failure. That they are killed shows nowhere but in the lease. */
  #noteNotTaken(job: Job): void {
    const last = this.#pauses.get(job.id);
    const attempt = last?.why === 'not-taken' ? last.attempt + 1 : 1;
    this.#pause(job, { why: 'not-taken', attempt, waitMs: backoffMs(NOT_TAKEN, attempt) });
  }

  #backoffMs(attempt: number): number {
    return backoffMs(this.#options.retry ?? FAILED_STEP, attempt);
  }

  #pause(
    { id, version }: Job,
    { why, attempt, waitMs }: Pick<Pause, 'why' | 'attempt' | 'waitMs'>,
  ): void {
    const untilMs = this.#options.clock.now() + waitMs;
    this.#pauses.set(id, { why, attempt, waitMs, untilMs, version });
  }
}
