/**
 * Runs one kind of step for every job that needs it: a loop that looks for jobs, and a bounded
 * number of steps under way at once, never two for one job. A step that fails, or that leaves its
 * job as it was, is tried again later, with a growing pause; a step itself never reschedules, it
 * returns or throws.
 */
import { backoffMs, type BackoffPolicy } from '../backoff.ts';
import { SECOND, type Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Job } from './job.ts';
import { Loop } from './loop.ts';

const FAILED_STEP: BackoffPolicy = { firstMs: SECOND, maxMs: 60 * SECOND };
/** How often to look without being woken: a net under the announcements. */
const LOOK_EVERY_MS = 2 * SECOND;
/** When all that was found has to wait: how much further the next look goes. */
const LOOK_FURTHER = 4;

export interface StepLoopOptions {
  name: string;
  /** How many steps run at once. */
  concurrency: number;
  /** Jobs that may need the step, most urgent first; fewer than `limit` only when there are no more. */
  find: (limit: number) => Promise<readonly Job[]>;
  /** Milliseconds until the job may be stepped; 0 for now. */
  waitMs?: (job: Job, nowMs: number) => number;
  step: (job: Job, signal: AbortSignal) => Promise<void>;
  /** Pauses after failures; from 1 s to a minute unless said otherwise. */
  retry?: BackoffPolicy;
  clock: Clock;
  logger: Logger;
}

interface Pause {
  attempt: number;
  notBeforeMs: number;
  /** Where the step changed nothing: the pause ends early when somebody else changes the job. */
  version?: number;
}

export class StepLoop {
  readonly #options: StepLoopOptions;
  readonly #loop: Loop;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #pauses = new Map<string, Pause>();

  constructor(options: StepLoopOptions) {
    this.#options = options;
    const { clock, logger, name } = options;
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
    for (const { job } of found.filter(({ waitMs }) => waitMs <= 0).slice(0, free)) {
      this.#run(job, signal);
    }
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
    const isPaused = pause !== undefined && (pause.version ?? job.version) === job.version;
    const pauseMs = isPaused ? pause.notBeforeMs - nowMs : 0;
    return Math.max(pauseMs, this.#options.waitMs?.(job, nowMs) ?? 0);
  }

  /** Of jobs that need the step no more. */
  #forgetPauses(found: ReadonlySet<string>, nowMs: number): void {
    for (const [jobId, { notBeforeMs }] of this.#pauses) {
      if (!found.has(jobId) && notBeforeMs <= nowMs) this.#pauses.delete(jobId);
    }
  }

  #run(job: Job, signal: AbortSignal): void {
    const running = this.#step(job, signal).finally(() => {
      this.#underWay.delete(job.id);
      this.#loop.wake();
    });
    this.#underWay.set(job.id, running);
  }

  async #step(job: Job, signal: AbortSignal): Promise<void> {
    const { step, logger, name } = this.#options;
    try {
      await step(job, signal);
      this.#noteDone(job);
    } catch (error) {
      if (signal.aborted) return;
      const last = this.#pauses.get(job.id);
      const failures = last?.version === undefined ? (last?.attempt ?? 0) : 0;
      const pause = this.#pause(job, failures + 1);
      logger.warn(
        { err: error, jobId: job.id, loop: name, ...pause },
        'step failed, will be tried again',
      );
    }
  }

  /** Found again as it is, the job would be stepped without end: it has to wait as after a failure. */
  #noteDone({ id, version }: Job): void {
    const last = this.#pauses.get(id);
    const attempt = last?.version === version ? last.attempt + 1 : 1;
    this.#pause({ id }, attempt, version);
    if (attempt === 1) return;
    const { logger, name } = this.#options;
    logger.warn({ jobId: id, loop: name, attempt }, 'step changed nothing, will be tried again');
  }

  #pause({ id }: Pick<Job, 'id'>, attempt: number, version?: number) {
    const { clock, retry = FAILED_STEP } = this.#options;
    const waitMs = backoffMs(retry, attempt);
    const notBeforeMs = clock.now() + waitMs;
    const pause: Pause = { attempt, notBeforeMs };
    this.#pauses.set(id, version === undefined ? pause : { ...pause, version });
    return { attempt, waitMs };
  }
}
