/**
 * Reproducible randomness: every draw is a hash of the seed and of the number of earlier draws.
 * Each subject has its own stream, so that one more draw for one subject does not change
 * the others.
 */
import { createHash } from 'node:crypto';

/** 48 bits, which a number represents exactly. */
const DRAWN_BYTES = 6;
const DRAWS = 2 ** (8 * DRAWN_BYTES);

export class Chance {
  readonly #name: string;
  #drawn = 0;

  /** @param name the seed; the same one gives the same draws */
  constructor(name: string) {
    this.#name = name;
  }

  /** The stream of one subject. */
  of(subject: string | number): Chance {
    return new Chance(`${this.#name}/${subject}`);
  }

  /** In [0, 1). */
  share(): number {
    this.#drawn += 1;
    const hash = createHash('sha256').update(`${this.#name}#${this.#drawn}`).digest();
    return hash.readUIntBE(0, DRAWN_BYTES) / DRAWS;
  }

  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.share() * (most - least + 1));
  }

  /** True with this probability. */
  happens(share: number): boolean {
    return this.share() < share;
  }

  /** @throws RangeError for an empty list */
  oneOf<T>(all: readonly T[]): T {
    const chosen = all[this.whole(0, all.length - 1)];
    if (chosen === undefined) throw new RangeError('The list to choose from is empty');
    return chosen;
  }

  /** Chosen in proportion to its weight. */
  weighted<T extends { readonly weight: number }>(all: readonly T[]): T {
    let left = this.share() * all.reduce((sum, { weight }) => sum + weight, 0);
    for (const one of all) {
      left -= one.weight;
      if (left < 0) return one;
    }
    return this.oneOf(all);
  }

  /** All of them, in random order. */
  shuffled<T>(all: readonly T[]): T[] {
    return all
      .map((one) => ({ one, at: this.share() }))
      .toSorted((first, second) => first.at - second.at)
      .map(({ one }) => one);
  }
}
