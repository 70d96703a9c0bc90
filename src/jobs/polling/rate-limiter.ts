/** Keeps calls to one vendor account apart, such as the one list request a second that Ark allows. */
import type { Clock } from '../../clock.ts';

export interface RateLimiter {
  /** Resolves when the caller may call, or when `signal` aborts; callers are served in the order they came. */
  acquire(signal?: AbortSignal): Promise<void>;
  /**
   * Notes that a call was answered: it reached the vendor by now at the latest, and the next is kept
   * apart from that, however long the call was on its way.
   */
  answered(): void;
}

/** @param everyMs least time between two calls */
export function createRateLimiter(everyMs: number, clock: Clock): RateLimiter {
  let nextAtMs = 0;
  let lastMs = 0;
  return {
    async acquire(signal) {
      const nowMs = clock.now();
      // A clock that was set back is not waited for.
      nextAtMs -= Math.max(0, lastMs - nowMs);
      lastMs = nowMs;
      const atMs = Math.max(nowMs, nextAtMs);
      nextAtMs = atMs + everyMs;
      if (atMs > nowMs) await clock.sleep(atMs - nowMs, signal);
    },
    answered() {
      nextAtMs = Math.max(nextAtMs, clock.now() + everyMs);
    },
  };
}
