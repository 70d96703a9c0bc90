/**
 * A bounded number of slots, divided fairly among those who share them. One holder alone gets half of
 * them, the next half of what is left, and so on: while some are free nobody waits for another's work,
 * however long that takes. Of those who wait, the least recently served comes first.
 */

/** Those served longest ago are forgotten beyond that many; they then count as never served. */
const MAX_REMEMBERED = 10_000;

export class FairSlots {
  #free: number;
  readonly #held = new Map<string, number>();
  /** Oldest first. */
  readonly #served = new Map<string, number>();
  #servings = 0;
  /** In the order they came, by holder: with thousands of one holder, each release looks at that one only. */
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(slots: number) {
    this.#free = slots;
  }

  /** @returns the one of these holders who is to be served next; undefined when none may have a slot */
  next(holders: Iterable<string>): string | undefined {
    let next: { holder: string; servedAt: number } | undefined;
    for (const holder of holders) {
      const servedAt = this.#served.get(holder) ?? 0;
      if (!this.#mayTake(holder) || (next !== undefined && next.servedAt <= servedAt)) continue;
      next = { holder, servedAt };
    }
    return next?.holder;
  }

  /** To be given back by `release`. @returns false when the holder may have no slot now */
  tryTake(holder: string): boolean {
    if (!this.#mayTake(holder)) return false;
    this.#free -= 1;
    this.#held.set(holder, this.#heldBy(holder) + 1);
    this.#noteServed(holder);
    return true;
  }

  release(holder: string): void {
    const left = this.#heldBy(holder) - 1;
    if (left > 0) this.#held.set(holder, left);
    else this.#held.delete(holder);
    this.#free += 1;
    this.#startWaiting();
  }

  /**
   * Waits for a slot, works, and gives it back.
   *
   * @throws what `work` throws
   */
  async run<T>(holder: string, work: () => Promise<T>): Promise<T> {
    if (!this.tryTake(holder)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const queue = this.#waiting.get(holder);
      if (queue === undefined) this.#waiting.set(holder, [resolve]);
      else queue.push(resolve);
      await promise;
    }
    try {
      return await work();
    } finally {
      this.release(holder);
    }
  }

  #startWaiting(): void {
    for (;;) {
      const holder = this.next(this.#waiting.keys());
      if (holder === undefined || !this.tryTake(holder)) return;
      const queue = this.#waiting.get(holder) ?? [];
      const start = queue.shift();
      if (queue.length === 0) this.#waiting.delete(holder);
      start?.();
    }
  }

  #mayTake(holder: string): boolean {
    return this.#heldBy(holder) < this.#free;
  }

  #heldBy(holder: string): number {
    return this.#held.get(holder) ?? 0;
  }

  #noteServed(holder: string): void {
    this.#servings += 1;
    this.#served.delete(holder);
    this.#served.set(holder, this.#servings);
    const [oldest] = this.#served.keys();
    if (this.#served.size > MAX_REMEMBERED && oldest !== undefined) this.#served.delete(oldest);
  }
}
