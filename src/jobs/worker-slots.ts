/**
 * The slots of a step loop: so many steps at once in all, and so many of each share, such as a vendor
 * or a server. What one of them takes up, however long, is not taken from the others.
 */

export interface Share {
  /** Such as `vendor byteplus`. */
  readonly key: string;
  /** How many steps at once. */
  readonly most: number;
}

export class StepSlots {
  readonly #free: number;
  readonly #taken: ReadonlyMap<string, number>;
  readonly #more = new Map<string, number>();
  #count = 0;

  /**
   * @param free in all
   * @param taken the shares of the steps under way
   */
  constructor(free: number, taken: Iterable<readonly Share[]>) {
    this.#free = free;
    const counts = new Map<string, number>();
    for (const { key } of [...taken].flat()) counts.set(key, (counts.get(key) ?? 0) + 1);
    this.#taken = counts;
  }

  /** How many steps with this share are under way. */
  underWay(key: string): number {
    return this.#taken.get(key) ?? 0;
  }

  /** Whether one more step with these shares may run. */
  hasRoom(shares: readonly Share[]): boolean {
    const isWithin = ({ key, most }: Share): boolean =>
      this.underWay(key) + (this.#more.get(key) ?? 0) < most;
    return this.#count < this.#free && shares.every(isWithin);
  }

  /** @returns whether there was room; it is then taken, as far as this object is asked */
  take(shares: readonly Share[]): boolean {
    if (!this.hasRoom(shares)) return false;
    this.#count += 1;
    for (const { key } of shares) this.#more.set(key, (this.#more.get(key) ?? 0) + 1);
    return true;
  }
}
