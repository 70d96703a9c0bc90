/** Real time that a test can move on: sleepers whose time has come wake at once. */
import { systemClock, type Clock } from '#src/clock.ts';

export interface MovableClock extends Clock {
  /** Everybody's time moves on by this much. */
  pass(ms: number): void;
}

/**
 * @param pace how fast time goes by itself: 1 as outside, less where a slow machine must not be what
 *   the bot loses patience with
 * @param startsAtMs what it shows at first, in Unix milliseconds; the present unless said otherwise
 */
export function movableClock(pace = 1, startsAtMs = systemClock.now()): MovableClock {
  const startedAtMs = systemClock.now();
  let passedMs = startsAtMs - startedAtMs;
  let moved = Promise.withResolvers<void>();
  const now = (): number =>
    Math.floor(startedAtMs + pace * (systemClock.now() - startedAtMs)) + passedMs;

  /** Sleeps again for what is left whenever the clock was moved by less. */
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
