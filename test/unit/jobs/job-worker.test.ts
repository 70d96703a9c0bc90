import { beforeEach, describe, expect, test } from 'vitest';

import { HOUR, MINUTE, SECOND } from '#src/clock.ts';

import { createBench, heldSteps, type Bench } from './job-worker-setup.ts';

let bench: Bench;
beforeEach(() => {
  bench = createBench();
});

describe('finding work', () => {
  test('every job is stepped once, and later jobs are stepped when the loop is woken', async () => {
    bench.put('a', 'b', 'c');
    const loop = bench.start();
    await bench.clock.settle();
    expect(bench.steps).toEqual(['a at 0', 'b at 0', 'c at 0']);

    bench.put('d');
    loop.wake();
    await bench.clock.settle();

    expect(bench.steps.slice(3)).toEqual(['d at 0']);
  });

  test('an unannounced job is found within two seconds', async () => {
    bench.start();
    await bench.clock.advance(500);
    bench.put('a');

    await bench.clock.advance(2 * SECOND);

    expect(bench.steps).toEqual(['a at 2000']);
  });

  test('a waiting job is stepped when it is due', async () => {
    bench.put('a');
    bench.start({ waitMs: (_job, nowMs) => 700 - nowMs });

    await bench.clock.advance(SECOND);

    expect(bench.steps).toEqual(['a at 700']);
  });

  test('waiting jobs do not block those behind them', async () => {
    bench.put(...Array.from({ length: 40 }, (_id, at) => `waits${at}`), 'ready');
    bench.start({ waitMs: (job) => (job.id === 'ready' ? 0 : HOUR) });

    await bench.clock.settle();

    expect(bench.steps).toEqual(['ready at 0']);
  });

  test('a failed look for work is repeated', async () => {
    bench.put('a');
    let isDown = true;
    bench.start({
      find: async () => {
        if (isDown) throw new Error('the database is down');
        return [...bench.table.values()];
      },
    });
    await bench.clock.advance(10 * SECOND);
    expect(bench.steps).toEqual([]);

    isDown = false;
    await bench.clock.advance(4 * SECOND);

    expect(bench.steps).toHaveLength(1);
  });
});

describe('concurrent steps', () => {
  test('concurrent steps are limited, and the next begins when one ends', async () => {
    const { held, step } = heldSteps(bench.table);
    bench.put('a', 'b', 'c');
    bench.start({ step });
    await bench.clock.advance(10 * SECOND);
    expect([...held.keys()]).toEqual(['a', 'b']);

    held.get('b')?.resolve();
    await bench.clock.settle();

    expect([...held.keys()]).toEqual(['a', 'b', 'c']);
    held.get('a')?.resolve();
    held.get('c')?.resolve();
  });

  test('concurrent steps are limited per share as well, and other shares continue', async () => {
    const { held, step } = heldSteps(bench.table);
    bench.put('a1', 'a2', 'a3', 'b1');
    bench.start({
      step,
      concurrency: 3,
      sharesOf: ({ id }) => [{ key: id.slice(0, 1), most: 2 }],
    });
    await bench.clock.advance(10 * SECOND);
    expect([...held.keys()]).toEqual(['a1', 'a2', 'b1']);

    held.get('b1')?.resolve();
    await bench.clock.advance(10 * SECOND);
    expect([...held.keys()]).toEqual(['a1', 'a2', 'b1']);

    held.get('a2')?.resolve();
    await bench.clock.settle();
    expect([...held.keys()]).toEqual(['a1', 'a2', 'b1', 'a3']);
    held.get('a1')?.resolve();
    held.get('a3')?.resolve();
  });

  test('a job left out during its pause is stepped again after the usual growing pauses', async () => {
    bench.put('a');
    bench.start({
      find: async (limit, hand) =>
        [...bench.table.values()].filter((job) => hand.isIdle(job)).slice(0, limit),
      step: async () => {
        throw new Error('the disk is full');
      },
    });

    await bench.clock.advance(16 * SECOND);

    const atMs = bench.steps.map((step) => Number(step.split(' at ')[1]));
    const pauses = atMs.slice(1).map((ms, index) => ms - (atMs[index] ?? 0));
    expect(pauses.length).toBeGreaterThanOrEqual(4);
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual((SECOND / 2) * 2 ** index);
      expect(pause).toBeLessThanOrEqual(SECOND * 2 ** index);
    }
  });

  test('a job never has two concurrent steps', async () => {
    const { held, step } = heldSteps(bench.table);
    bench.put('a');
    const loop = bench.start({ step });
    await bench.clock.settle();

    bench.move('a');
    loop.wake();
    await bench.clock.advance(MINUTE);

    expect(bench.steps).toEqual(['a at 0']);
    held.get('a')?.resolve();
  });

  test('a job whose step ends during a look is not stepped again in its old state', async () => {
    const { held, step } = heldSteps(bench.table);
    const looking: PromiseWithResolvers<void>[] = [];
    bench.put('a');
    const loop = bench.start({
      step,
      find: async () => {
        const found = [...bench.table.values()];
        const look = Promise.withResolvers<void>();
        looking.push(look);
        await look.promise;
        return found;
      },
    });
    looking.at(-1)?.resolve();
    await bench.clock.settle();
    loop.wake();
    await bench.clock.settle();

    held.get('a')?.resolve();
    await bench.clock.settle();
    looking.at(-1)?.resolve();
    await bench.clock.settle();

    expect(bench.steps).toEqual(['a at 0']);
    looking.at(-1)?.resolve();
  });
});

describe('a job that another process works on', () => {
  test('a leased job is skipped until its lease is released, and is checked every second or two', async () => {
    const lease = await bench.otherLeases.take('work:a');
    bench.put('a');
    bench.start();
    await bench.clock.advance(MINUTE);
    expect(bench.steps).toEqual([]);
    // Each attempt looks twice: when its pause is over, and when it ends. The first few follow sooner.
    expect(bench.limits.length).toBeLessThan(2 * (MINUTE / SECOND + 5));

    await lease?.[Symbol.asyncDispose]();
    await bench.clock.advance(2 * SECOND);

    expect(bench.steps).toHaveLength(1);
  });

  test('a job that another process changed and released is stepped at once', async () => {
    const lease = await bench.otherLeases.take('work:a');
    bench.put('a');
    const loop = bench.start();
    await bench.clock.settle();

    bench.move('a');
    await lease?.[Symbol.asyncDispose]();
    loop.wake();
    await bench.clock.settle();

    expect(bench.steps).toEqual(['a at 0']);
  });

  test('a job is free when the process that held it dies', async () => {
    await bench.otherLeases.take('work:a');
    bench.put('a');
    bench.start();
    await bench.clock.advance(MINUTE);
    expect(bench.steps).toEqual([]);

    await bench.otherLeases.close();
    await bench.clock.advance(2 * SECOND);

    expect(bench.steps).toHaveLength(1);
  });

  test('a leased job does not block other jobs', async () => {
    const names = Array.from({ length: 30 }, (_name, at) => `theirs${at}`);
    for (const name of names) await bench.otherLeases.take(`work:${name}`);
    bench.put(...names, 'ours');
    bench.start();

    await bench.clock.settle();

    expect(bench.steps).toEqual(['ours at 0']);
  });

  test('a job is not stepped in the state it had before another process changed it', async () => {
    bench.put('a');
    const found = [...bench.table.values()];
    bench.move('a');
    bench.start({ find: async () => found });

    await bench.clock.advance(10 * SECOND);

    expect(bench.steps).toEqual([]);
  });

  test('leases for another kind of step do not matter', async () => {
    await bench.otherLeases.take('show:a');
    bench.put('a');
    bench.start();

    await bench.clock.settle();

    expect(bench.steps).toEqual(['a at 0']);
  });
});

test('a running step holds the lease of its job', async () => {
  const { held, step } = heldSteps(bench.table);
  bench.put('a');
  bench.start({ step });
  await bench.clock.settle();
  expect(await bench.otherLeases.take('work:a')).toBeUndefined();

  held.get('a')?.resolve();
  await bench.clock.settle();

  expect(await bench.otherLeases.take('work:a')).toBeDefined();
});

describe('stopping', () => {
  test('stopping waits for the running steps and starts no new one', async () => {
    const { held, step } = heldSteps(bench.table);
    bench.put('a', 'b', 'c');
    const loop = bench.start({ step });
    await bench.clock.settle();
    let isStopped = false;
    const stopping = loop.stop().then(() => (isStopped = true));
    held.get('a')?.resolve();
    await bench.clock.settle();
    expect(isStopped).toBe(false);

    held.get('b')?.resolve();
    await stopping;

    expect(bench.steps).toEqual(['a at 0', 'b at 0']);
  });

  test('stopping during a look starts no new step either', async () => {
    const look = Promise.withResolvers<void>();
    bench.put('a');
    const loop = bench.start({
      find: async () => {
        await look.promise;
        return [...bench.table.values()];
      },
    });
    await bench.clock.settle();

    const stopping = loop.stop();
    look.resolve();
    await stopping;

    expect(bench.steps).toEqual([]);
  });

  test('stopping aborts the steps, and what they then throw is not a failure', async () => {
    bench.put('a');
    const loop = bench.start({
      step: async (_job, signal) => {
        await bench.clock.sleep(HOUR, signal);
        signal.throwIfAborted();
      },
    });
    await bench.clock.settle();

    await expect(loop.stop()).resolves.toBeUndefined();
  });
});

describe('steps with shared slots', () => {
  /** Returns the first letter of the job. */
  const holderOf = ({ id }: { id: string }): string => id.charAt(0);
  const begun = (): string => bench.steps.map((step) => step.slice(0, 2)).join(' ');

  test('one holder never takes every slot while another has none', async () => {
    const { held, step } = heldSteps(bench.table);
    bench.put('a1', 'a2', 'a3', 'a4', 'a5');
    const loop = bench.start({ step, holderOf, concurrency: 4 });
    await bench.clock.advance(10 * SECOND);
    expect(begun()).toBe('a1 a2');

    bench.put('b1');
    loop.wake();
    await bench.clock.settle();

    expect(begun()).toBe('a1 a2 b1');
    for (let count = 0; count < 6; count += 1) {
      for (const under of held.values()) under.resolve();
      await bench.clock.settle();
    }
    expect(begun()).toBe('a1 a2 b1 a3 a4 a5');
  });

  test('the holder served least recently goes first', async () => {
    bench.put('a1', 'b1', 'c1', 'a2', 'b2', 'a3');
    bench.start({ holderOf, concurrency: 1, find: async () => [...bench.table.values()] });
    await bench.clock.advance(10 * SECOND);

    expect(begun()).toBe('a1 b1 c1 a2 b2 a3');
    bench.put('a4', 'b3');
    await bench.clock.advance(10 * SECOND);

    expect(begun()).toBe('a1 b1 c1 a2 b2 a3 b3 a4');
  });

  test('a failed step releases its slot', async () => {
    bench.put('a1', 'a2');
    bench.start({ holderOf, concurrency: 1, step: () => Promise.reject(new Error('no')) });
    await bench.clock.advance(500);

    expect(begun()).toBe('a1 a2');
  });
});
