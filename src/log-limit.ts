/** Limits repeated log lines to one per key and hour. */
import { HOUR, type Clock } from './clock.ts';

/** Keys may come from outside, so beyond this many in an hour, new ones are not logged. */
const MAX_KEYS = 2_000;

export interface LogLimit {
  /** Returns whether to write the line now; if so, counts it as written. */
  isDue(key: string): boolean;
}

export function createLogLimit(clock: Pick<Clock, 'now'>): LogLimit {
  /** Insertion order is the order of writing. */
  const writtenAtMs = new Map<string, number>();
  return {
    isDue(key) {
      const nowMs = clock.now();
      for (const [written, atMs] of writtenAtMs) {
        // A time in the future means that the clock was set back.
        if (atMs <= nowMs && nowMs - atMs < HOUR) break;
        writtenAtMs.delete(written);
      }
      if (writtenAtMs.has(key) || writtenAtMs.size >= MAX_KEYS) return false;
      writtenAtMs.set(key, nowMs);
      return true;
    },
  };
}
