/** Spaces out calls to one vendor account, such as the one list request per second that Ark allows. */
import type { Clock } from '../../clock.ts';

export interface RateLimiter {
  /** Resolves when the caller may call, or when `signal` aborts. First come, first served. */
  acquire(signal?: AbortSignal): Promise<void>;
  /**
   * Notes that a call was answered. It reached the vendor by now at the latest, so the next call keeps
   * its distance from now, however long this one was under way.
   */
  answered(): void;
}

/** @param everyMs minimum time between two calls */
export function createRateLimiter(everyMs: number, clock: Clock): RateLimiter {
  let nextAtMs = 0;
  let lastMs = 0;
  return {
    async acquire(signal) {
      const nowMs = clock.now();
      // When the clock was set back, do not wait for it to catch up.
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
