/**
 * Runs one kind of step for every job that needs it: a loop finds jobs and runs a bounded number of
 * steps at once. A step holds the job's lease, so no two steps run for one job in any process. A step
 * that fails or makes no progress is retried with a growing pause. A step never reschedules itself; it
 * returns or throws.
 */
import { backoffMs, pauseLeftMs, type BackoffPolicy } from '../backoff.ts';
import { SECOND, type Clock } from '../clock.ts';
import { FairSlots } from '../fair-slots.ts';
import type { Logger } from '../logger.ts';
import { Loop } from '../loop.ts';
import type { Leases } from '../storage/leases/leases.ts';
import type { Job } from './record/job.ts';
import { StepSlots, type Share } from './worker-slots.ts';

const FAILED_STEP: BackoffPolicy = { firstMs: SECOND, maxMs: 60 * SECOND };
/** How often to look without being woken, in case an announcement was missed. */
const LOOK_EVERY_MS = 2 * SECOND;
/** Usually another loop of this process has the lease and returns it soon. */
const NOT_TAKEN: BackoffPolicy = { firstMs: SECOND / 10, maxMs: LOOK_EVERY_MS };
/** This many steps in a row without progress point to a bug. */
const SUSPICIOUS_AFTER = 6;
/** Growth of the query limit while too few of the jobs found can start. */
const LOOK_FURTHER = 4;

/** Thrown by a step that knows how long to wait before a retry; at least a second. */
export class RetryDelay extends Error {
  readonly kind = 'try-again-in';
  override readonly name = 'RetryDelay';
  readonly waitMs: number;

  constructor(waitMs: number, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.waitMs = waitMs;
  }
}

export interface JobWorkerOptions {
  name: string;
  /** How many steps run at once. */
  concurrency: number;
  /**
   * Returns jobs that may need the step, most urgent first. It may return more than `limit`. It may
   * return fewer only when there are no more, or when the others are not idle or have no free slot.
   */
  find: (limit: number, hand: Hand) => Promise<readonly Job[]>;
  /** The limits that a step counts against in addition to `concurrency`; defaults to none. */
  sharesOf?: (job: Job) => readonly Share[];
  /** Returns the milliseconds until the step may run; 0 for now. */
  waitMs?: (job: Job, nowMs: number) => number;
  /**
   * Returns the holder of a step's slot, such as a server. Slots are shared fairly between holders;
   * `find` must return one job of each holder before a second of any. Without it, the most urgent jobs
   * come first.
   */
  holderOf?: (job: Job) => string;
  leases: Leases;
  /** A step holds the lease `<lease>:<job>`, so loops with the same kind never work on a job together. */
  lease: 'work' | 'show' | 'encode';
  /**
   * Returns whether the job is unchanged since it was found. Called while holding the lease, because
   * another process may have completed the step meanwhile.
   */
  isCurrent: (job: Job) => Promise<boolean>;
  /** @throws RetryDelay, or any other error to be retried with the pauses of `retry` */
  step: (job: Job, signal: AbortSignal) => Promise<void>;
  /** Pauses after failures; defaults to 1 s growing to a minute. */
  retry?: BackoffPolicy;
  clock: Clock;
  logger: Logger;
}

/** The state of a loop's steps, passed to `find`. */
export interface Hand {
  /** Returns the free slots; each call returns its own copy. */
  slots(): StepSlots;
  /**
   * Returns whether the job has neither a step under way nor a pause. Must be called for every job
   * that needs the step.
   */
  isIdle(job: Pick<Job, 'id' | 'version'>): boolean;
}

interface UnderWay {
  readonly ended: Promise<void>;
  readonly shares: readonly Share[];
}

interface Found {
  readonly job: Job;
  readonly waitMs: number;
}

interface Pause {
  /** `not-taken`: another loop or process has the lease, or has changed the job since it was found. */
  readonly why: 'failed' | 'changed-nothing' | 'not-taken';
  readonly attempt: number;
  readonly waitMs: number;
  readonly untilMs: number;
  /** The job's version. Except after a failure, the pause ends early when the version changes. */
  readonly version: number;
}

export class JobWorker {
  readonly #options: JobWorkerOptions;
  readonly #loop: Loop;
  readonly #holders: FairSlots;
  readonly #underWay = new Map<string, UnderWay>();
  readonly #pauses = new Map<string, Pause>();

  constructor(options: JobWorkerOptions) {
    this.#options = options;
    const { clock, logger, name } = options;
    this.#holders = new FairSlots(options.concurrency);
    this.#loop = new Loop({
      clock,
      tick: async (signal) => this.#turn(signal),
      onError: (error) => {
        logger.error({ err: error, loop: name }, 'job search failed; retrying');
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

  /** Starts no new steps and waits for those under way. */
  async stop(): Promise<void> {
    await this.#loop.stop();
    await Promise.all([...this.#underWay.values()].map(async ({ ended }) => ended));
  }

  async #turn(signal: AbortSignal): Promise<number> {
    if (!this.#slots().hasRoom([])) return LOOK_EVERY_MS;
    const { found, pausesMs } = await this.#look();
    if (signal.aborted) return LOOK_EVERY_MS;
    const startable = this.#startable(found);
    const { holderOf } = this.#options;
    if (holderOf === undefined) for (const job of startable) this.#run(job, signal);
    else this.#runInTurn(startable, holderOf, signal);
    const waitsMs = [...found.map(({ waitMs }) => waitMs), ...pausesMs];
    return Math.min(LOOK_EVERY_MS, ...waitsMs.filter((waitMs) => waitMs > 0));
  }

  /** Paused jobs still match `find`: looks past them until enough can start or there are no more. */
  async #look(): Promise<{ found: Found[]; pausesMs: number[] }> {
    const { concurrency, find, clock } = this.#options;
    // A step that ends during the query makes the job found for it stale.
    const inHand = new Set(this.#underWay.keys());
    const wanted = concurrency - inHand.size;
    const pausesMs = new Map<string, number>();
    const hand: Hand = {
      slots: () => this.#slots(),
      isIdle: (job) => {
        const pauseMs = this.#pauseMs(job, clock.now());
        pausesMs.set(job.id, pauseMs);
        return !inHand.has(job.id) && pauseMs <= 0;
      },
    };
    for (let limit = concurrency + inHand.size; ; limit *= LOOK_FURTHER) {
      const jobs = await find(limit, hand);
      const nowMs = clock.now();
      const idle = jobs.filter((job) => !inHand.has(job.id));
      const found = idle.map((job) => ({ job, waitMs: this.#waitMs(job, nowMs) }));
      if (this.#startable(found).length < wanted && jobs.length >= limit) continue;
      const needing = [...jobs.map(({ id }) => id), ...pausesMs.keys()];
      this.#forgetPauses(new Set(needing), nowMs);
      return { found, pausesMs: [...pausesMs.values()] };
    }
  }

  #slots(): StepSlots {
    const taken = [...this.#underWay.values()].map(({ shares }) => shares);
    return new StepSlots(this.#options.concurrency - taken.length, taken);
  }

  /** Returns the due jobs with a free slot, most urgent first; with holders, all due jobs. */
  #startable(found: readonly Found[]): Job[] {
    const slots = this.#slots();
    const due = found.filter(({ waitMs }) => waitMs <= 0).map(({ job }) => job);
    if (this.#options.holderOf !== undefined) return due;
    return due.filter((job) => slots.take(this.#sharesOf(job)));
  }

  #sharesOf(job: Job): readonly Share[] {
    return this.#options.sharesOf?.(job) ?? [];
  }

  #waitMs(job: Job, nowMs: number): number {
    return Math.max(this.#pauseMs(job, nowMs), this.#options.waitMs?.(job, nowMs) ?? 0);
  }

  #pauseMs({ id, version }: Pick<Job, 'id' | 'version'>, nowMs: number): number {
    const pause = this.#pauses.get(id);
    const isPaused = pause !== undefined && (pause.why === 'failed' || pause.version === version);
    return isPaused ? pauseLeftMs(pause, nowMs) : 0;
  }

  /** Drops the pauses of jobs that no longer need the step. */
  #forgetPauses(found: ReadonlySet<string>, nowMs: number): void {
    for (const [jobId, { untilMs }] of this.#pauses) {
      if (!found.has(jobId) && untilMs <= nowMs) this.#pauses.delete(jobId);
    }
  }

  /** Starts jobs of each holder in turn, until the slots are used up or no holder may take more. */
  #runInTurn(startable: readonly Job[], holderOf: (job: Job) => string, signal: AbortSignal): void {
    const waiting = Map.groupBy(startable, holderOf);
    for (;;) {
      const holder = this.#holders.next(waiting.keys());
      if (holder === undefined || !this.#holders.tryTake(holder)) return;
      const [job, ...others] = waiting.get(holder) ?? [];
      if (job !== undefined) this.#run(job, signal, () => this.#holders.release(holder));
      if (others.length > 0) waiting.set(holder, others);
      else waiting.delete(holder);
    }
  }

  #run(job: Job, signal: AbortSignal, onEnd = (): void => {}): void {
    const shares = this.#sharesOf(job);
    const ended = this.#step(job, signal).finally(() => {
      this.#underWay.delete(job.id);
      onEnd();
      this.#loop.wake();
    });
    this.#underWay.set(job.id, { ended, shares });
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
      error instanceof RetryDelay
        ? Math.max(error.waitMs, FAILED_STEP.firstMs)
        : this.#backoffMs(attempt);
    this.#pause(job, { why: 'failed', attempt, waitMs });
    const { logger, name } = this.#options;
    logger.warn(
      { err: error, jobId: job.id, loop: name, attempt, waitMs },
      'job step failed; retrying',
    );
  }

  /** Pauses the job as after a failure: a job that is found again unchanged would run in a tight loop. */
  #noteDone(job: Job): void {
    const last = this.#pauses.get(job.id);
    const isAgain = last?.why === 'changed-nothing' && last.version === job.version;
    const attempt = isAgain ? last.attempt + 1 : 1;
    this.#pause(job, { why: 'changed-nothing', attempt, waitMs: this.#backoffMs(attempt) });
    // A queue position may change without a change of the job; only endless repeats are a bug.
    if (attempt < SUSPICIOUS_AFTER) return;
    const { logger, name } = this.#options;
    logger.warn({ jobId: job.id, loop: name, attempt }, 'job step made no progress; retrying');
  }

  /** Not a failure: another loop or process works on the job. If it dies, only its lease ends. */
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
