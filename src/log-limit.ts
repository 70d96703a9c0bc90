/** Keeps a line that would be repeated at every look out of the log: once for each key, then at most hourly. */
import { HOUR, type Clock } from './clock.ts';

/** Far more than tasks are open at once; beyond it the oldest key may be logged again. */
const MOST_KEYS = 2_000;

export interface LogLimit {
  /** Whether to write the line now. Asking counts as writing it. */
  isDue(key: string): boolean;
}

export function createLogLimit(clock: Clock, everyMs = HOUR): LogLimit {
  const writtenAtMs = new Map<string, number>();
  return {
    isDue(key) {
      const nowMs = clock.now();
      const lastMs = writtenAtMs.get(key);
      // A time that is yet to come: the clock was set back.
      if (lastMs !== undefined && lastMs <= nowMs && nowMs - lastMs < everyMs) return false;
      writtenAtMs.delete(key);
      writtenAtMs.set(key, nowMs);
      const [oldest] = writtenAtMs.keys();
      if (writtenAtMs.size > MOST_KEYS && oldest !== undefined) writtenAtMs.delete(oldest);
      return true;
    },
  };
}
