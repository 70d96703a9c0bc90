import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { MINUTE, SECOND } from '#src/clock.ts';

import { createFakeClock } from './clock.ts';

test('timers fire in order of time, each at its own instant', async () => {
  const clock = createFakeClock({ startMs: 0 });
  const seen: string[] = [];
  const sleepAndTell = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms);
    seen.push(`${name} at ${clock.now()}`);
  };
  void sleepAndTell('late', 300);
  void sleepAndTell('early', 100);
  void sleepAndTell('too late', 301);

  await clock.advance(300);

  expect(seen).toEqual(['early at 100', 'late at 300']);
  expect(clock.now()).toBe(300);
  expect(clock.sleeping).toBe(1);
});

test('a timer set during an advance is not skipped', async () => {
  const clock = createFakeClock({ startMs: 0 });
  const ticks: number[] = [];
  const tick = async (): Promise<void> => {
    for (let count = 0; count < 5; count += 1) {
      await clock.sleep(10);
      ticks.push(clock.now());
    }
  };
  void tick();

  await clock.advance(1000);

  expect(ticks).toEqual([10, 20, 30, 40, 50]);
});

test('the fake clock waits for pending file work', async () => {
  const clock = createFakeClock({ startMs: 0 });
  const folder = await mkdtemp(join(tmpdir(), 'fake-clock-'));
  const writtenAt: number[] = [];
  const work = async (): Promise<void> => {
    for (let count = 1; count <= 3; count += 1) {
      await clock.sleep(10);
      await writeFile(join(folder, 'file'), Buffer.alloc(2_000_000), { flush: true });
      writtenAt.push(clock.now());
    }
  };
  void work();
  void clock.sleep(11);

  await clock.advance(MINUTE);

  expect(writtenAt).toEqual([10, 20, 30]);
  await rm(folder, { recursive: true });
});

test('a sleep ends at once and without error when its signal aborts', async () => {
  const clock = createFakeClock({ startMs: 0 });
  const controller = new AbortController();
  const sleeping = clock.sleep(SECOND, controller.signal);

  controller.abort();
  await sleeping;
  await clock.sleep(SECOND, controller.signal);

  expect(clock.sleeping).toBe(0);
  expect(clock.now()).toBe(0);
});

test('a wait that would never end is reported', async () => {
  // There is no hidden work here, so the clock need not wait long for each of ten thousand timers.
  const clock = createFakeClock({ startMs: 0, isBusy: () => false });
  const spin = async (): Promise<void> => {
    for (;;) await clock.sleep(0);
  };

  await expect(clock.advanceUntil(() => false)).rejects.toThrow('Nothing sleeps any more');
  void clock.sleep(2 * SECOND);
  await expect(clock.advanceUntil(() => false, { withinMs: SECOND })).rejects.toThrow('not so');
  void spin();
  await expect(clock.settle()).rejects.toThrow('spins');
});
