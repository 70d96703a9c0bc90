/**
 * Runs one kind of step for every job that needs it: a loop that looks for jobs, and a bounded
 * number of steps under way at once, never two for one job. A step that fails is tried again later,
 * with a growing pause; a step itself never reschedules, it returns or throws.
 */
import { backoffMs, type BackoffPolicy } from '../backoff.ts';
import { SECOND, type Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Job } from './job.ts';
import { Loop } from './loop.ts';

const FAILED_STEP: BackoffPolicy = { firstMs: SECOND, maxMs: 60 * SECOND };
/** How often to look without being woken: a net under the announcements. */
const LOOK_EVERY_MS = 2 * SECOND;

export interface StepLoopOptions {
  name: string;
  /** How many steps run at once. */
  concurrency: number;
  /** Jobs that may need the step, most urgent first. */
  find: (limit: number) => Promise<readonly Job[]>;
  /** Milliseconds until the job may be stepped; 0 for now. */
  waitMs?: (job: Job, nowMs: number) => number;
  step: (job: Job, signal: AbortSignal) => Promise<void>;
  clock: Clock;
  logger: Logger;
}

interface Retry {
  attempt: number;
  notBeforeMs: number;
}

export class StepLoop {
  readonly #options: StepLoopOptions;
  readonly #loop: Loop;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #retries = new Map<string, Retry>();

  constructor(options: StepLoopOptions) {
    this.#options = options;
    const { clock, logger, name } = options;
    this.#loop = new Loop({
      clock,
      turn: async (signal) => await this.#turn(signal),
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
    const { concurrency, find, clock } = this.#options;
    const free = concurrency - this.#underWay.size;
    if (free <= 0) return LOOK_EVERY_MS;
    // Jobs under way or waiting for a retry still match `find`: look past them.
    const jobs = await find(concurrency + this.#underWay.size + this.#retries.size);
    const nowMs = clock.now();
    const waiting = jobs.filter((job) => !this.#underWay.has(job.id));
    const due = waiting.filter((job) => this.#waitMs(job, nowMs) <= 0).slice(0, free);
    for (const job of due) this.#run(job, signal);
    const waits = waiting.map((job) => this.#waitMs(job, nowMs)).filter((waitMs) => waitMs > 0);
    return Math.min(LOOK_EVERY_MS, ...waits);
  }

  #waitMs(job: Job, nowMs: number): number {
    const retryInMs = (this.#retries.get(job.id)?.notBeforeMs ?? 0) - nowMs;
    return Math.max(retryInMs, this.#options.waitMs?.(job, nowMs) ?? 0);
  }

  #run(job: Job, signal: AbortSignal): void {
    const running = this.#step(job, signal).finally(() => {
      this.#underWay.delete(job.id);
      this.#loop.wake();
    });
    this.#underWay.set(job.id, running);
  }

  async #step(job: Job, signal: AbortSignal): Promise<void> {
    const { step, clock, logger, name } = this.#options;
    try {
      await step(job, signal);
      this.#retries.delete(job.id);
    } catch (error) {
      if (signal.aborted) return;
      const attempt = (this.#retries.get(job.id)?.attempt ?? 0) + 1;
      const waitMs = backoffMs(FAILED_STEP, attempt);
      this.#retries.set(job.id, { attempt, notBeforeMs: clock.now() + waitMs });
      logger.warn(
        { err: error, jobId: job.id, loop: name, attempt, waitMs },
        'step failed, will be tried again',
      );
    }
  }
}
