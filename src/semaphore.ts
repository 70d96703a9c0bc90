/** Lets only so many pieces of work run at once; the others wait in line, first come first served. */
export class Semaphore {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** @throws the signal's reason, when it aborts before the turn has come; what `work` throws */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#take(signal);
    try {
      return await work();
    } finally {
      this.#giveBack();
    }
  }

  async #take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const leave = (): void => {
      const place = this.#waiting.indexOf(resolve);
      // No place: the turn came in the same moment, and is given back below.
      if (place !== -1) this.#waiting.splice(place, 1);
      else this.#giveBack();
      resolve();
    };
    this.#waiting.push(resolve);
    signal.addEventListener('abort', leave, { once: true });
    await promise;
    signal.removeEventListener('abort', leave);
    signal.throwIfAborted();
  }

  #giveBack(): void {
    const next = this.#waiting.shift();
    // A turn that is handed on is not free in between.
    if (next === undefined) this.#free += 1;
    else next();
  }
}
