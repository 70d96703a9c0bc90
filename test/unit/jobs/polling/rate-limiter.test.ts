import { expect, test } from 'vitest';

import { DAY, HOUR, SECOND } from '#src/clock.ts';
import { createRateLimiter } from '#src/jobs/polling/rate-limiter.ts';

import { createFakeClock } from '../../../fakes/clock.ts';

test('calls are spaced out and served in order', async () => {
  const clock = createFakeClock({ startMs: 0 });
  const rateLimiter = createRateLimiter(SECOND, clock);
  const served: string[] = [];
  const call = async (name: string): Promise<void> => {
    await rateLimiter.acquire();
    served.push(`${name} at ${clock.now()}`);
  };

  void call('a');
  void call('b');
  await clock.advance(500);
  void call('c');
  await clock.advance(5000);
  void call('d');
  await clock.settle();

  expect(served).toEqual(['a at 0', 'b at 1000', 'c at 2000', 'd at 5500']);
});

test('a call that took long to send spaces out the next from its arrival', async () => {
  const clock = createFakeClock({ startMs: 0 });
  const rateLimiter = createRateLimiter(SECOND, clock);
  await rateLimiter.acquire();
  await clock.advance(300);
  rateLimiter.answered();

  const next = rateLimiter.acquire().then(() => clock.now());
  await clock.advance(2 * SECOND);

  expect(await next).toBe(1_300);
});

test('setting the clock back delays no call', async () => {
  let nowMs = DAY;
  const sleeps: number[] = [];
  const rateLimiter = createRateLimiter(SECOND, {
    now: () => nowMs,
    sleep: async (ms) => void sleeps.push(ms),
  });
  await rateLimiter.acquire();

  nowMs -= HOUR;
  await rateLimiter.acquire();
  await rateLimiter.acquire();

  expect(sleeps).toEqual([SECOND, 2 * SECOND]);
});

test('a wait for the rate limiter can be aborted', async () => {
  const clock = createFakeClock({ startMs: 0 });
  const rateLimiter = createRateLimiter(SECOND, clock);
  const stopping = new AbortController();
  await rateLimiter.acquire();
  const waiting = rateLimiter.acquire(stopping.signal);

  stopping.abort();
  await waiting;

  expect(clock.now()).toBe(0);
});
