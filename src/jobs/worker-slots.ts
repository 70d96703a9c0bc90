/**
 * The slots of a step loop: limits the steps at once in total and per share, such as a vendor or a
 * server, so that no share can take all slots.
 */

export interface Share {
  /** Such as `vendor byteplus`. */
  readonly key: string;
  /** Maximum steps at once. */
  readonly most: number;
}

export class StepSlots {
  readonly #free: number;
  readonly #taken: ReadonlyMap<string, number>;
  readonly #more = new Map<string, number>();
  #count = 0;

  /**
   * @param free total free slots
   * @param taken the shares of each step under way
   */
  constructor(free: number, taken: Iterable<readonly Share[]>) {
    this.#free = free;
    const counts = new Map<string, number>();
    for (const { key } of [...taken].flat()) counts.set(key, (counts.get(key) ?? 0) + 1);
    this.#taken = counts;
  }

  /** Returns how many steps with this share are under way. */
  underWay(key: string): number {
    return this.#taken.get(key) ?? 0;
  }

  /** Returns whether one more step with these shares may run. */
  hasRoom(shares: readonly Share[]): boolean {
    const isWithin = ({ key, most }: Share): boolean =>
      this.underWay(key) + (this.#more.get(key) ?? 0) < most;
    return this.#count < this.#free && shares.every(isWithin);
  }

  /** Takes a slot in this object only. @returns false when none is free */
  take(shares: readonly Share[]): boolean {
    if (!this.hasRoom(shares)) return false;
    this.#count += 1;
    for (const { key } of shares) this.#more.set(key, (this.#more.get(key) ?? 0) + 1);
    return true;
  }
}
