/**
 * Runs one kind of step for every job that needs it: a loop that looks for jobs, and a bounded
 * number of steps under way at once, never two for one job, in this process or another: a step holds
 * the job's lease. A step that fails, or that leaves its job as it was, is tried again later, with a
 * growing pause; a step itself never reschedules, it returns or throws.
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
/** How often to look without being woken: a net under the announcements. */
const LOOK_EVERY_MS = 2 * SECOND;
/** Mostly another loop of this process has the lease, and is about to give it back. */
const NOT_TAKEN: BackoffPolicy = { firstMs: SECOND / 10, maxMs: LOOK_EVERY_MS };
/** So many steps in a row that leave their job to be found again are nothing that comes about by itself. */
const SUSPICIOUS_AFTER = 6;
/** When all that was found has to wait: how much further the next look goes. */
const LOOK_FURTHER = 4;

/** Thrown by a step that knows for how long it is of no use to try again; at least a second. */
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
   * Jobs that may need the step, most urgent first; more than `limit` at will, fewer only when there are
   * no more, or when those left out are not idle or have no room.
   */
  find: (limit: number, hand: Hand) => Promise<readonly Job[]>;
  /** What each step takes its slot from besides the `concurrency` of all; nothing unless given. */
  sharesOf?: (job: Job) => readonly Share[];
  /** Milliseconds until the job may be stepped; 0 for now. */
  waitMs?: (job: Job, nowMs: number) => number;
  /**
   * Who holds the slot of a step, such as a server: holders divide the slots fairly. `find` must name a
   * job of each holder before the second of any. Without it, the most urgent come first.
   */
  holderOf?: (job: Job) => string;
  leases: Leases;
  /** A step holds `<lease>:<job>`: of the loops with the same one, one at a time works on a job. */
  lease: 'work' | 'show' | 'encode';
  /**
   * Whether the job still needs the step as it was found. Asked with the lease in hand: another
   * process may have done the step since we looked.
   */
  isCurrent: (job: Job) => Promise<boolean>;
  /** @throws RetryDelay, or anything else to be tried again after the pauses of `retry` */
  step: (job: Job, signal: AbortSignal) => Promise<void>;
  /** Pauses after failures; from 1 s to a minute unless said otherwise. */
  retry?: BackoffPolicy;
  clock: Clock;
  logger: Logger;
}

/** What a loop is at, for those who look for its jobs. */
export interface Hand {
  /** Room for new steps, as it was when the look began; each look has its own. */
  slots(): StepSlots;
  /** Whether the job may be stepped: no step of it is under way, and no pause. To be asked of all that need the step. */
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
  /** `not-taken`: somebody else has the lease, or has changed the job since it was found. */
  readonly why: 'failed' | 'changed-nothing' | 'not-taken';
  readonly attempt: number;
  readonly waitMs: number;
  readonly untilMs: number;
  /** Of the job. But for a failure, the pause ends early when somebody changes it. */
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

  /** Jobs that wait still match `find`: looks past them until enough are due or there are no more. */
  async #look(): Promise<{ found: Found[]; pausesMs: number[] }> {
    const { concurrency, find, clock } = this.#options;
    // A step that ends while we look makes what was found of its job out of date.
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

  /** Those that are due and have room, most urgent first; all that are due where holders take turns. */
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

  /** Of jobs that need the step no more. */
  #forgetPauses(found: ReadonlySet<string>, nowMs: number): void {
    for (const [jobId, { untilMs }] of this.#pauses) {
      if (!found.has(jobId) && untilMs <= nowMs) this.#pauses.delete(jobId);
    }
  }

  /** Takes in turn from those who hold slots, until these are used up or nobody may have more. */
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
      'step failed, will be tried again',
    );
  }

  /** Found again as it is, the job would be stepped without end: it has to wait as after a failure. */
  #noteDone(job: Job): void {
    const last = this.#pauses.get(job.id);
    const isAgain = last?.why === 'changed-nothing' && last.version === job.version;
    const attempt = isAgain ? last.attempt + 1 : 1;
    this.#pause(job, { why: 'changed-nothing', attempt, waitMs: this.#backoffMs(attempt) });
    // A queue position changes now and then without a change of the job; a fault of ours does not end.
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
