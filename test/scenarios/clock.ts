/** Real time that a test can move forward: sleepers that become due wake at once. */
import { systemClock, type Clock } from '#src/clock.ts';

export interface MovableClock extends Clock {
  /** Moves the time of all participants forward by this much. */
  pass(ms: number): void;
}

/**
 * @param pace how fast time passes by itself: 1 as in reality, less when the bot must not lose patience
 *   with a slow machine
 * @param startsAtMs the first time it shows, in Unix milliseconds; the present unless given
 */
export function movableClock(pace = 1, startsAtMs = systemClock.now()): MovableClock {
  const startedAtMs = systemClock.now();
  let passedMs = startsAtMs - startedAtMs;
  let moved = Promise.withResolvers<void>();
  const now = (): number =>
    Math.floor(startedAtMs + pace * (systemClock.now() - startedAtMs)) + passedMs;

  /** Sleeps again for the remainder whenever the clock was moved by less. */
  async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const wakeAtMs = now() + ms;
    while (now() < wakeAtMs && signal?.aborted !== true) {
      const nap = new AbortController();
      const end = (): void => nap.abort();
      signal?.addEventListener('abort', end, { once: true });
      void moved.promise.then(end);
      await systemClock.sleep((wakeAtMs - now()) / pace, nap.signal);
      signal?.removeEventListener('abort', end);
    }
  }

  return {
    now,
    sleep,
    pass(ms) {
      passedMs += ms;
      const before = moved;
      moved = Promise.withResolvers<void>();
      before.resolve();
    },
  };
}
