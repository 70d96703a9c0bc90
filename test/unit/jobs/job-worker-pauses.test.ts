import { beforeEach, describe, expect, test } from 'vitest';

import { HOUR, MINUTE, SECOND } from '#src/clock.ts';
import { RetryDelay } from '#src/jobs/job-worker.ts';
import { createLogger } from '#src/logger.ts';

import { createBench, MOST_LOOKS, type Bench } from './job-worker-setup.ts';

let bench: Bench;
beforeEach(() => {
  bench = createBench();
});

describe('a failed step', () => {
  const fails = async (): Promise<void> => {
    throw new Error('not this time');
  };

  test('a failed step is retried after a growing pause of at most a minute', async () => {
    bench.put('a');
    bench.start({ step: fails });

    await bench.clock.advance(20 * MINUTE);

    const at = bench.steps.map((step) => Number(step.split(' ').at(-1)));
    const pauses = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    expect(pauses[0]).toBeLessThanOrEqual(SECOND);
    expect(pauses[2]).toBeGreaterThanOrEqual(2 * SECOND);
    expect(Math.min(...pauses.slice(6))).toBeGreaterThanOrEqual(30 * SECOND);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(MINUTE);
  });

  test('a failed step follows a configured backoff', async () => {
    bench.put('a');
    bench.start({ step: fails, retry: { firstMs: HOUR, maxMs: HOUR } });

    await bench.clock.advance(29 * MINUTE);

    expect(bench.steps).toEqual(['a at 0']);
  });

  test('setting the clock back does not delay a retry', async () => {
    const { clock } = bench;
    let setBackMs = 0;
    bench.put('a');
    bench.start({
      step: fails,
      clock: {
        now: () => clock.now() - setBackMs,
        sleep: async (ms, signal) => clock.sleep(ms, signal),
      },
    });
    await clock.settle();

    setBackMs = HOUR;
    await clock.advance(5 * SECOND);

    expect(bench.steps.length).toBeGreaterThan(1);
  });

  test('failed steps do not block others, however many there are', async () => {
    bench.put(...Array.from({ length: 30 }, (_id, at) => `bad${at}`), 'good');
    bench.start({
      step: async (job) => (job.id === 'good' ? void bench.table.delete('good') : fails()),
    });

    await bench.clock.settle();

    expect(bench.steps).toContain('good at 0');
    expect(bench.steps).toHaveLength(31);
  });

  test('neither a wake nor a change of the job makes a retry earlier', async () => {
    bench.put('a');
    const loop = bench.start({ step: fails, retry: { firstMs: HOUR, maxMs: HOUR } });
    await bench.clock.settle();

    bench.move('a');
    loop.wake();
    await bench.clock.settle();

    expect(bench.steps).toHaveLength(1);
  });

  test('pauses are short again after a successful step', async () => {
    bench.put('a');
    let isBroken = true;
    bench.start({
      step: async ({ id }) => {
        if (isBroken) return fails();
        bench.table.delete(id);
      },
    });
    await bench.clock.advance(10 * MINUTE);
    isBroken = false;
    await bench.clock.advance(MINUTE);
    expect(bench.table.size).toBe(0);
    isBroken = true;
    bench.put('a');
    const before = bench.steps.length;
    await bench.clock.advanceUntil(() => bench.steps.length === before + 1);

    await bench.clock.advance(SECOND);

    expect(bench.steps).toHaveLength(before + 2);
  });
});

describe('a failed step with its own retry time', () => {
  const failsFor = (waitMs: number) => async (): Promise<void> => {
    throw new RetryDelay(waitMs, 'nobody is there until then');
  };

  test('neither a wake nor a change of the job shortens the stated pause', async () => {
    bench.put('a');
    const loop = bench.start({ step: failsFor(5 * MINUTE) });
    await bench.clock.advance(MINUTE);

    bench.move('a');
    loop.wake();
    await bench.clock.advance(9 * MINUTE);

    expect(bench.steps).toEqual(['a at 0', `a at ${5 * MINUTE}`, `a at ${10 * MINUTE}`]);
  });

  test('setting the clock back does not lengthen the stated pause', async () => {
    const { clock } = bench;
    let setBackMs = 0;
    bench.put('a');
    bench.start({
      step: failsFor(5 * MINUTE),
      clock: {
        now: () => clock.now() - setBackMs,
        sleep: async (ms, signal) => clock.sleep(ms, signal),
      },
    });
    await clock.settle();

    setBackMs = 6 * HOUR;
    await clock.advance(5 * MINUTE);

    expect(bench.steps.length).toBeGreaterThan(1);
  });

  test('a stated pause of zero does not cause a busy loop', async () => {
    bench.put('a');
    bench.start({ step: failsFor(0) });

    await bench.clock.advance(10 * SECOND);

    expect(bench.steps).toHaveLength(11);
  });
});

describe('a step that changes nothing', () => {
  test('a step without progress is repeated after a growing pause, not in a busy loop', async () => {
    bench.put('idle');
    bench.start({ step: async () => undefined });

    await bench.clock.advance(10 * MINUTE);

    expect(bench.steps.length).toBeGreaterThan(5);
    expect(bench.steps.length).toBeLessThan(40);
    expect(bench.limits.length).toBeLessThan(MOST_LOOKS);
  });

  test('repeated lack of progress is logged', async () => {
    const lines: string[] = [];
    bench.put('idle');
    bench.start({
      step: async () => undefined,
      logger: createLogger('warn', { write: (line) => void lines.push(line) }),
    });

    await bench.clock.advance(10 * SECOND);
    expect(lines).toEqual([]);
    await bench.clock.advance(10 * MINUTE);
    expect(lines[0]).toContain('job step made no progress');
  });

  test('a step without progress does not hold up other jobs', async () => {
    bench.put('idle', 'idle2', 'idle3', 'good');
    bench.start({
      step: async ({ id }) => (id === 'good' ? void bench.table.delete(id) : undefined),
    });

    await bench.clock.settle();

    expect(bench.steps).toEqual(['idle at 0', 'idle2 at 0', 'idle3 at 0', 'good at 0']);
  });

  test('a job changed by someone else is stepped at once', async () => {
    bench.put('a');
    const loop = bench.start({ step: async () => undefined });
    await bench.clock.settle();

    bench.move('a');
    loop.wake();
    await bench.clock.settle();

    expect(bench.steps).toEqual(['a at 0', 'a at 0']);
  });

  test('a job changed by its own step is stepped again at once', async () => {
    bench.put('a');
    bench.start({
      step: async ({ id, version }) => (version < 5 ? bench.move(id) : void bench.table.delete(id)),
    });

    await bench.clock.settle();

    expect(bench.steps).toEqual(Array.from({ length: 5 }, () => 'a at 0'));
  });
});

test('looking for work costs no more after many jobs than after few', async () => {
  bench.put('stays');
  const loop = bench.start({
    step: async ({ id }) => {
      if (id === 'stays') return;
      bench.table.delete(id);
      throw new Error('moved and failed');
    },
  });
  for (let count = 0; count < 200; count += 1) {
    bench.put(`job${count}`);
    loop.wake();
    await bench.clock.settle();
  }
  await bench.clock.advance(5 * MINUTE);

  expect(bench.limits.at(-1)).toBe(bench.limits[0]);
});
