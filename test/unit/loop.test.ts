import assert from 'node:assert/strict';

import { afterEach, describe, expect, test } from 'vitest';

import { HOUR, SECOND } from '#src/clock.ts';
import { Loop } from '#src/loop.ts';

import { createFakeClock, type FakeClock } from '../fakes/clock.ts';

let loop: Loop | undefined;
let clock: FakeClock;
afterEach(async () => {
  await loop?.stop();
  assert.equal(clock.sleeping, 0);
});

function startLoop(options: {
  tick: (signal: AbortSignal) => Promise<number>;
  onError?: (error: unknown) => number;
}): Loop {
  clock = createFakeClock({ startMs: 0 });
  loop = new Loop({ onError: () => HOUR, ...options, clock });
  loop.start();
  return loop;
}

test('the first turn runs at once, and the next when it is due', async () => {
  const ticks: number[] = [];
  startLoop({
    tick: async () => {
      ticks.push(clock.now());
      return 3 * SECOND;
    },
  });

  await clock.advance(7 * SECOND);

  expect(ticks).toEqual([0, 3000, 6000]);
});

describe('waking the loop', () => {
  test('waking the loop ends its sleep', async () => {
    const ticks: number[] = [];
    const sleepy = startLoop({
      tick: async () => {
        ticks.push(clock.now());
        return HOUR;
      },
    });
    await clock.advance(SECOND);

    sleepy.wake();
    await clock.settle();

    expect(ticks).toEqual([0, SECOND]);
  });

  test('a wake during a turn is not lost: another turn follows at once', async () => {
    const inTurn: PromiseWithResolvers<void>[] = [];
    const busy = startLoop({
      tick: async () => {
        const tick = Promise.withResolvers<void>();
        inTurn.push(tick);
        await tick.promise;
        return HOUR;
      },
    });
    await clock.settle();

    busy.wake();
    busy.wake();
    inTurn[0]?.resolve();
    await clock.settle();
    expect(inTurn).toHaveLength(2);

    inTurn[1]?.resolve();
    await clock.settle();
    expect(inTurn).toHaveLength(2);
    expect(clock.sleeping).toBe(1);
  });

  test('a turn that wakes its own loop causes one more turn, not a spin', async () => {
    let ticks = 0;
    startLoop({
      tick: async () => {
        await clock.sleep(0);
        ticks += 1;
        if (ticks === 1) loop?.wake();
        return HOUR;
      },
    });

    await clock.settle();

    expect(ticks).toBe(2);
  });
});

describe('stopping the loop', () => {
  test('stopping waits for the current turn and signals it', async () => {
    const tick = Promise.withResolvers<void>();
    let wasTold = false;
    const slow = startLoop({
      tick: async (signal) => {
        await tick.promise;
        wasTold = signal.aborted;
        return 0;
      },
    });
    await clock.settle();
    let isStopped = false;
    const stopping = slow.stop().then(() => (isStopped = true));
    await clock.settle();
    expect(isStopped).toBe(false);

    tick.resolve();
    await stopping;

    expect(wasTold).toBe(true);
  });

  test('stopping ends a sleep, and nothing wakes the loop again', async () => {
    let ticks = 0;
    const stopped = startLoop({
      tick: async () => {
        ticks += 1;
        return SECOND;
      },
    });
    await clock.settle();

    await stopped.stop();
    stopped.wake();
    await clock.advance(HOUR);

    expect(ticks).toBe(1);
  });

  test('a loop that was never started stops at once', async () => {
    clock = createFakeClock();
    loop = new Loop({ tick: async () => HOUR, onError: () => HOUR, clock });

    await expect(loop.stop()).resolves.toBeUndefined();
  });
});

test('a failed turn is reported, and its handler sets the time of the next', async () => {
  const told: unknown[] = [];
  startLoop({
    tick: async () => {
      throw new Error(`failed at ${clock.now()}`);
    },
    onError: (error) => {
      told.push(error instanceof Error ? error.message : error);
      return 2 * SECOND;
    },
  });

  await clock.advance(5 * SECOND);

  expect(told).toEqual(['failed at 0', 'failed at 2000', 'failed at 4000']);
});
