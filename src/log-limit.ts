/** Keeps a line that would be repeated out of the log: once for each key, then at most hourly. */
import { HOUR, type Clock } from './clock.ts';

/** Keys may be named by outsiders: beyond this many in an hour, new ones are not logged. */
const MAX_KEYS = 2_000;

export interface LogLimit {
  /** Whether to write the line now. Asking counts as writing it. */
  isDue(key: string): boolean;
}

export function createLogLimit(clock: Pick<Clock, 'now'>): LogLimit {
  /** In the order they were written. */
  const writtenAtMs = new Map<string, number>();
  return {
    isDue(key) {
      const nowMs = clock.now();
      for (const [written, atMs] of writtenAtMs) {
        // A time that is yet to come: the clock was set back.
        if (atMs <= nowMs && nowMs - atMs < HOUR) break;
        writtenAtMs.delete(written);
      }
      if (writtenAtMs.has(key) || writtenAtMs.size >= MAX_KEYS) return false;
      writtenAtMs.set(key, nowMs);
      return true;
    },
  };
}
