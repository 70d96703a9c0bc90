import { expect, test } from 'vitest';

import { HOUR, MINUTE, SECOND } from '#src/clock.ts';
import { ByteRateLimiter } from '#src/jobs/acceptance/byte-rate-limiter.ts';

import { createFakeClock } from '../../../fakes/clock.ts';

const OPTIONS = { bytesPerSecond: 10, burstBytes: 100, maxWaitMs: MINUTE };

function createPaced() {
  const clock = createFakeClock();
  const rateLimiter = new ByteRateLimiter(OPTIONS, clock);
  const startMs = clock.now();
  const cameAfterMs: number[] = [];
  const come = async (key: string, bytes: number, signal = new AbortController().signal) =>
    rateLimiter
      .acquire(key, bytes, signal)
      .then(() => void cameAfterMs.push(clock.now() - startMs));
  return { clock, come, cameAfterMs };
}

test('bytes beyond the burst arrive at the rate, in the order of the requests', async () => {
  const { clock, come, cameAfterMs } = createPaced();
  const all = [60, 60, 60, 60].map(async (bytes) => come('busy', bytes));
  await clock.advance(MINUTE);
  await Promise.all(all);

  expect(cameAfterMs).toEqual([0, 0, 2 * SECOND, 8 * SECOND]);
});

test('keys do not wait for each other', async () => {
  const { clock, come, cameAfterMs } = createPaced();
  const busy = [100, 100, 100].map(async (bytes) => come('busy', bytes));
  await come('quiet', 100);
  expect(cameAfterMs.every((ms) => ms === 0)).toBe(true);

  await clock.advance(MINUTE);
  await Promise.all(busy);
});

test('a request larger than the burst passes when nothing else is reserved', async () => {
  const { come, cameAfterMs } = createPaced();
  await come('busy', 500);

  expect(cameAfterMs).toEqual([0]);
});

test('a wait ends with the reason of its signal', async () => {
  const { clock, come } = createPaced();
  await come('busy', 300);
  const stop = new AbortController();
  const waiting = come('busy', 10, stop.signal).catch((error: unknown) => error);
  stop.abort('too late');
  await clock.advance(0);

  expect(await waiting).toBe('too late');
});

test('setting the clock back does not lengthen a wait', async () => {
  const times = { nowMs: HOUR };
  const sleptMs: number[] = [];
  const sleep = async (ms: number) => Promise.resolve(void sleptMs.push(ms));
  const rateLimiter = new ByteRateLimiter(OPTIONS, { now: () => times.nowMs, sleep });
  const { signal } = new AbortController();
  await rateLimiter.acquire('busy', 200, signal);
  times.nowMs -= HOUR;
  await rateLimiter.acquire('busy', 10, signal);

  expect(sleptMs).toEqual([]);
});
