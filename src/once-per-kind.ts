/** Says when something that recurs is due to be told again, so that it cannot flood the log. */
import type { Clock } from './clock.ts';

/** Kinds may be named by outsiders: beyond this many at once, new ones are not told. */
const MOST_KINDS = 1000;

export class OncePerKind {
  readonly #clock: Clock;
  readonly #againAfterMs: number;
  readonly #toldAtMs = new Map<string, number>();

  constructor(clock: Clock, againAfterMs: number) {
    this.#clock = clock;
    this.#againAfterMs = againAfterMs;
  }

  /** Whether this kind has not been due within the interval; asking makes it told. */
  isDue(kind: string): boolean {
    const nowMs = this.#clock.now();
    for (const [known, atMs] of this.#toldAtMs) {
      // In the order they were told: the rest is younger.
      if (nowMs - atMs < this.#againAfterMs) break;
      this.#toldAtMs.delete(known);
    }
    if (this.#toldAtMs.has(kind) || this.#toldAtMs.size >= MOST_KINDS) return false;
    this.#toldAtMs.set(kind, nowMs);
    return true;
  }
}
