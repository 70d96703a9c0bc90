/** Sharing between those who want the same thing. Pure. */

/**
 * Returns the items in rounds: each key has its first item before any key has its second. Within a
 * round the order stays as it was.
 *
 * @param ahead how many items each key has already, such as those under way
 */
export function inRounds<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  ahead: ReadonlyMap<string, number> = new Map(),
): Item[] {
  const counts = new Map(ahead);
  const ranked = items.map((item) => {
    const key = keyOf(item);
    const round = counts.get(key) ?? 0;
    counts.set(key, round + 1);
    return { item, round };
  });
  return ranked.toSorted((one, other) => one.round - other.round).map(({ item }) => item);
}

/**
 * Lets only so many pieces of work run at once. Those that wait are served in turn by key, and first
 * come first served within a key: however much waits with one key, it delays another by one round.
 */
export class FairSlots {
  #free: number;
  /** Keys that wait, the next in turn first. */
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** @throws what `work` throws */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#turnOf(key);
    try {
      return await work();
    } finally {
      this.#giveBack();
    }
  }

  async #turnOf(key: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const ofKey = this.#waiting.get(key) ?? [];
    ofKey.push(resolve);
    this.#waiting.set(key, ofKey);
    return promise;
  }

  /** A slot that is handed on is not free in between. */
  #giveBack(): void {
    const [key, ofKey] = this.#waiting.entries().next().value ?? [];
    const next = ofKey?.shift();
    if (key === undefined || ofKey === undefined || next === undefined) {
      this.#free += 1;
      return;
    }
    // To the end of the round, where it still waits.
    this.#waiting.delete(key);
    if (ofKey.length > 0) this.#waiting.set(key, ofKey);
    next();
  }
}
