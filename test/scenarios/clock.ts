/** Real time that a test can move on: sleepers whose time has come wake at once. */
import { systemClock, type Clock } from '#src/clock.ts';

export interface MovableClock extends Clock {
  /** Everybody's time moves on by this much. */
  pass(ms: number): void;
}

export function movableClock(): MovableClock {
  let passedMs = 0;
  let moved = Promise.withResolvers<void>();
  const now = (): number => systemClock.now() + passedMs;

  /** Sleeps again for what is left whenever the clock was moved by less. */
  async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const wakeAtMs = now() + ms;
    while (now() < wakeAtMs && signal?.aborted !== true) {
      const nap = new AbortController();
      const end = (): void => nap.abort();
      signal?.addEventListener('abort', end, { once: true });
      void moved.promise.then(end);
      await systemClock.sleep(wakeAtMs - now(), nap.signal);
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
