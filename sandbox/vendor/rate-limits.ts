/** The vendor’s rate limits per account. BytePlus ModelArk, rate limits and API reference. */
import { tooManyCreates, tooManyRequests } from './errors.ts';

export const RATE_LIMITS = {
  /** Per model, enterprise account. */
  createsPerMinute: 600,
  retrievesPerSecond: 20,
  listsPerSecond: 1,
  cancelsPerSecond: 20,
} as const;

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** Two requests sent a second apart may arrive slightly less apart, which is not the sender’s fault. */
const JITTER_MS = 20;

class Window {
  readonly #most: number;
  readonly #lengthMs: number;
  #taken: number[] = [];

  constructor(most: number, lengthMs: number) {
    this.#most = most;
    this.#lengthMs = lengthMs - JITTER_MS;
  }

  /** Refused requests do not count against later ones. */
  take(nowMs: number): boolean {
    this.#taken = this.#taken.filter((at) => nowMs - at < this.#lengthMs);
    if (this.#taken.length >= this.#most) return false;
    this.#taken.push(nowMs);
    return true;
  }
}

export class RateLimits {
  readonly #createsPerMinute: number;
  readonly #creates = new Map<string, Window>();
  readonly #queries = {
    retrieve: new Window(RATE_LIMITS.retrievesPerSecond, SECOND_MS),
    list: new Window(RATE_LIMITS.listsPerSecond, SECOND_MS),
    cancel: new Window(RATE_LIMITS.cancelsPerSecond, SECOND_MS),
  };

  constructor(createsPerMinute: number) {
    this.#createsPerMinute = createsPerMinute;
  }

  /** @throws ArkRefusal 429 */
  takeCreate(model: string, nowMs: number): void {
    const window = this.#creates.get(model) ?? new Window(this.#createsPerMinute, MINUTE_MS);
    this.#creates.set(model, window);
    if (!window.take(nowMs)) throw tooManyCreates();
  }

  /** @throws ArkRefusal 429 */
  takeQuery(route: 'retrieve' | 'list' | 'cancel', nowMs: number): void {
    if (!this.#queries[route].take(nowMs)) throw tooManyRequests();
  }
}
