/**
 * A fixed number of slots, shared fairly between holders. A single holder gets half of them, the next half
 * of the rest, and so on, so that a new holder usually finds a free slot however long the others work.
 * Waiting holders are served least recently served first.
 */

/** Beyond this many, the holders served longest ago are forgotten and count as never served. */
const MAX_REMEMBERED = 10_000;

export class FairSlots {
  #free: number;
  readonly #held = new Map<string, number>();
  /** Oldest first. */
  readonly #served = new Map<string, number>();
  #servings = 0;
  /** First come, first served per holder. Grouped, so that a release is cheap even with thousands of one holder. */
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(slots: number) {
    this.#free = slots;
  }

  /** @returns which of these holders to serve next; undefined when none may take a slot */
  next(holders: Iterable<string>): string | undefined {
    let next: { holder: string; servedAt: number } | undefined;
    for (const holder of holders) {
      const servedAt = this.#served.get(holder) ?? 0;
      if (!this.#mayTake(holder) || (next !== undefined && next.servedAt <= servedAt)) continue;
      next = { holder, servedAt };
    }
    return next?.holder;
  }

  /** Takes a slot, to be returned by `release`. @returns false when the holder may not take one now */
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
   * Waits for a slot, runs `work`, and releases the slot.
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
