/**
 * A loop for repeated work: runs a turn, then sleeps until the next one is due or it is woken.
 */
import type { Clock } from './clock.ts';

export interface LoopOptions {
  /** Runs one turn and returns the milliseconds until the next. */
  tick: (signal: AbortSignal) => Promise<number>;
  /** Handles the error of a turn and returns the milliseconds until the next. */
  onError: (error: unknown) => number;
  clock: Clock;
}

/** Runs from `start()` to `stop()`. `wake()` ends the sleep early; a wake during a turn is not lost. */
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

  /** Resolves when the current turn has ended. */
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
