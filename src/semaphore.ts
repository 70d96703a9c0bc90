/** Limits how many pieces of work run at once; others wait, first come, first served. */
export class Semaphore {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** @throws the signal's reason when it aborts before a slot is free; what `work` throws */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const release = await this.acquire(signal);
    try {
      return await work();
    } finally {
      release();
    }
  }

  /**
   * Takes a slot, for work that releases it before it ends; otherwise `run` is safer.
   *
   * @returns a function that releases the slot; calling it again does nothing
   * @throws the signal's reason when it aborts before a slot is free
   */
  async acquire(signal?: AbortSignal): Promise<() => void> {
    await this.#take(signal);
    let isTaken = true;
    return () => {
      if (isTaken) this.#giveBack();
      isTaken = false;
    };
  }

  async #take(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const leave = (): void => {
      const index = this.#waiting.indexOf(resolve);
      // Not found: the slot was passed on at the same moment and must be released.
      if (index === -1) this.#giveBack();
      else this.#waiting.splice(index, 1);
      resolve();
    };
    this.#waiting.push(resolve);
    signal?.addEventListener('abort', leave, { once: true });
    await promise;
    signal?.removeEventListener('abort', leave);
    signal?.throwIfAborted();
  }

  #giveBack(): void {
    const next = this.#waiting.shift();
    // A slot that is passed on is never free in between.
    if (next === undefined) this.#free += 1;
    else next();
  }
}
