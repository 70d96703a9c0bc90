/**
 * One small loop, used for everything that is done again and again: take a turn, sleep until the
 * next one is due, be woken early. It knows nothing of jobs.
 */
import type { Clock } from './clock.ts';

export interface LoopOptions {
  /** Does one turn and says in how many milliseconds the next is due. */
  tick: (signal: AbortSignal) => Promise<number>;
  /** Told of a turn that threw; says in how many milliseconds to try again. */
  onError: (error: unknown) => number;
  clock: Clock;
}

/** Runs from `start()` to `stop()`; `wake()` cuts the sleep short, and is never lost. */
export class Loop {
  readonly #options: LoopOptions;
  readonly #stopping = new AbortController();
  #sleeping = new AbortController();
  #isWoken = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  wake(): void {
    this.#isWoken = true;
    this.#sleeping.abort();
  }

  /** Resolves when the turn in hand has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#sleeping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#isWoken = false;
      this.#sleeping = new AbortController();
      const waitMs = await this.#turn();
      if (!this.#isWoken && !this.#stopping.signal.aborted) {
        await this.#options.clock.sleep(waitMs, this.#sleeping.signal);
      }
    }
  }

  async #turn(): Promise<number> {
    try {
      return await this.#options.tick(this.#stopping.signal);
    } catch (error) {
      return this.#options.onError(error);
    }
  }
}
