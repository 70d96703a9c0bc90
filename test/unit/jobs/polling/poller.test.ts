/** Edge cases of the poll loop: a clock that is set back, and a failing database of the bot. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';

import { HOUR, MINUTE, SECOND } from '#src/clock.ts';
import { VendorError } from '#src/errors.ts';
import { createPoller, type PollLoop } from '#src/jobs/polling/poller.ts';
import { createRateLimiter } from '#src/jobs/polling/rate-limiter.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { createLogger } from '#src/logger.ts';
import { soleProcessLeases, type Leases } from '#src/storage/leases/leases.ts';

import { createFakeClock, type FakeClock } from '../../../fakes/clock.ts';
import { aJob, aTakenSubmission, JOB_BORN_MS } from '../../../fakes/job.ts';
import { aRefusal, createFakeVendor, type FakeVendor } from '../../../fakes/vendor.ts';

const lineSchema = z.object({
  level: z.number(),
  msg: z.string(),
  failures: z.number().optional(),
});

let clock: FakeClock;
/** How far the poller’s clock is behind real time. */
let setBackMs: number;
let vendor: FakeVendor;
let loop: PollLoop;
let lines: z.infer<typeof lineSchema>[];
/** What reads from the bot’s database fail with, by query. */
let broken: Set<'tasks' | 'jobs' | 'leases'>;

beforeEach(() => {
  clock = createFakeClock({ startMs: JOB_BORN_MS + 10 * SECOND });
  setBackMs = 0;
  lines = [];
  broken = new Set();
});
afterEach(async () => loop.stop());

/** Polls tasks whose status never changes, until the end of the test. */
async function poll({ count = 1, canList = false, lookMs = 0 } = {}): Promise<void> {
  vendor = createFakeVendor({ clock, canList });
  const jobs = Array.from({ length: count }, (_job, at): Job => {
    const submissions = [aTakenSubmission({ taskId: `task${at}` })];
    return aJob({ id: `job${at}`, state: 'running', submissions });
  });
  const own = {
    now: () => clock.now() - setBackMs,
    sleep: async (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal),
  };
  loop = createPoller({
    vendor: { ...vendor, check: addLatency(vendor.check, lookMs) },
    clock: own,
    rateLimiter: createRateLimiter(0, own),
    leases: breakable(soleProcessLeases()),
    store: {
      openTasks: async () => {
        breaks('tasks');
        return Promise.resolve(jobs.map(taskOf));
      },
      findMany: async (ids) => {
        breaks('jobs');
        return Promise.resolve(jobs.filter(({ id }) => ids.includes(id)));
      },
    },
    transition: async (job) => Promise.resolve(job),
    logger: createLogger('warn', {
      write: (line) => void lines.push(lineSchema.parse(JSON.parse(line))),
    }),
  });
  loop.start();
  await clock.settle();
}

/** Answers after the delay of a distant vendor. */
function addLatency(check: FakeVendor['check'], lookMs: number): FakeVendor['check'] {
  return async (handle, signal) => {
    if (lookMs > 0) await clock.sleep(lookMs, signal);
    return check(handle, signal);
  };
}

function taskOf({ id: jobId, submissions: [submission] }: Job) {
  const { taskId = '', submittedAtMs = 0 } = submission ?? {};
  return { jobId, taskId, submittedAtMs, expectedAtMs: undefined };
}

function breaks(what: 'tasks' | 'jobs' | 'leases'): void {
  if (broken.has(what)) throw new Error('Connection terminated unexpectedly');
}

function breakable(leases: Leases): Leases {
  return {
    ...leases,
    take: async (name) => {
      breaks('leases');
      return leases.take(name);
    },
  };
}

describe('polling with the clock set back', () => {
  test.each([true, false])(
    'setting the clock back does not change how often tasks are polled (lists: %s)',
    async (canList) => {
      await poll({ count: 3, canList });
      await clock.advance(20 * SECOND);
      const before = vendor.count('check');

      setBackMs = 5 * HOUR;
      await clock.advance(20 * SECOND);

      const each = (vendor.count('check') - before) / 3;
      expect(each).toBeGreaterThanOrEqual(3);
      expect(each).toBeLessThanOrEqual(8);
    },
  );

  test('setting the clock back does not extend a pause that the vendor asked for', async () => {
    await poll();
    await clock.advance(20 * SECOND);
    const retryAfterMs = 40 * SECOND;
    vendor.failures.set('check', aRefusal('rate-limited', { operation: 'retrieve', retryAfterMs }));
    await clock.advance(6 * SECOND);
    const before = vendor.count('check');
    vendor.failures.clear();

    setBackMs = 5 * HOUR;
    await clock.advance(41 * SECOND);

    expect(vendor.count('check')).toBeGreaterThan(before);
  });
});

test('a vendor that asks for a pause of zero gets the default pause', async () => {
  await poll({ canList: true });
  const before = vendor.count('checkMany');
  const options = { operation: 'list', retryAfterMs: 0 };
  vendor.failures.set('checkMany', aRefusal('rate-limited', options));
  await clock.advance(MINUTE);

  expect(vendor.count('checkMany') - before).toBeGreaterThan(2);
  expect(vendor.count('checkMany') - before).toBeLessThan(12);
});

test('a vendor that is down is polled at growing intervals, even when no task was due in between', async () => {
  await poll();
  const options = { operation: 'retrieve' } as const;
  vendor.failures.set('check', aRefusal('unavailable', options));
  await clock.advance(5 * MINUTE);

  const failures = lines.flatMap((line) => line.failures ?? []);
  expect(failures.at(-1)).toBe(failures.length);
  expect(failures.length).toBeLessThan(20);
});

test('failures before the vendor’s last success do not count', async () => {
  await poll({ canList: true });
  const failure = aRefusal('unavailable', { operation: 'list' });
  vendor.failures.set('checkMany', failure);
  await clock.advance(2 * MINUTE);
  const before = lines.flatMap((line) => line.failures ?? []).at(-1) ?? 0;
  vendor.failures.clear();
  await clock.advance(MINUTE);
  lines.length = 0;

  vendor.failures.set('checkMany', failure);
  await clock.advance(5 * SECOND);

  expect(before).toBeGreaterThan(4);
  expect(lines[0]?.failures).toBe(1);
});

test('the task that waited longest is polled next when time is short', async () => {
  const count = 60;
  await poll({ count, lookMs: SECOND });
  await clock.advance(6 * MINUTE);

  const looks = vendor.calls.filter(({ call }) => call === 'check');
  const ages = Array.from({ length: count }, (_task, at) => {
    const last = looks.findLast(({ taskIds }) => taskIds.includes(`task${at}`));
    return clock.now() - (last?.atMs ?? 0);
  });
  expect(Math.max(...ages)).toBeLessThanOrEqual((count + 10) * SECOND);
});

describe('an unknown status', () => {
  const unreadable = (word: string) =>
    new VendorError({
      vendor: 'byteplus',
      operation: 'retrieve',
      kind: 'bad-response',
      isDefinite: false,
      cause: new Error(`unknown status "${word}"`),
    });

  test.each([true, false])(
    'an unknown status is logged once per job and status, then hourly (lists: %s)',
    async (canList) => {
      await poll({ count: 2, canList });
      vendor.failures.set('check', unreadable('paused'));
      await clock.advance(20 * MINUTE);
      expect(lines).toHaveLength(2);

      vendor.failures.set('check', unreadable('resting'));
      await clock.advance(20 * MINUTE);
      expect(lines).toHaveLength(4);

      await clock.advance(50 * MINUTE);
      expect(lines).toHaveLength(6);
      expect(new Set(lines.map(({ msg }) => msg))).toEqual(
        new Set(['task status unreadable; asking again']),
      );
    },
  );
});

test('a list response without a list means nothing: tasks are polled one by one', async () => {
  await poll({ canList: true });
  const options = { operation: 'list' } as const;
  vendor.failures.set('checkMany', aRefusal('bad-response', options));
  const before = vendor.count('check');
  await clock.advance(MINUTE);

  expect(vendor.count('check') - before).toBeGreaterThan(10);
  expect(lines.map(({ msg }) => msg)).toEqual([
    'task list unreadable; asking for tasks one by one',
  ]);
});

describe('an unreadable database of the bot', () => {
  test.each(['tasks', 'jobs'] as const)(
    'a database error is reported as one, whatever is read: %s',
    async (what) => {
      await poll();
      broken.add(what);
      await clock.advance(20 * SECOND);

      expect(lines.length).toBeGreaterThan(0);
      expect(new Set(lines.map(({ msg }) => msg))).toEqual(new Set(['poll turn failed; retrying']));
    },
  );

  test('a database error is reported as one from the start, before any account is known', async () => {
    broken.add('leases');
    await poll();

    expect(lines.map(({ msg }) => msg)).toEqual(['poll turn failed; retrying']);
    broken.clear();
    await clock.advance(20 * SECOND);
    expect(vendor.count('check')).toBeGreaterThan(0);
  });

  test('a database error neither delays polling of the vendor nor counts as its failure', async () => {
    await poll();
    broken.add('tasks');
    await clock.advance(10 * SECOND);
    for (let time = 0; time < 10; time += 1) {
      loop.wake();
      await clock.settle();
    }
    const before = vendor.count('check');

    broken.clear();
    loop.wake();
    await clock.settle();
    expect(vendor.count('check')).toBe(before + 1);

    vendor.failures.set('check', aRefusal('unavailable', { operation: 'retrieve' }));
    await clock.advance(6 * SECOND);
    const first = lines.find(({ msg }) => msg.startsWith('vendor poll failed'));
    expect(first?.failures).toBe(1);
  });

  test('reads of a failing database are limited', async () => {
    await poll();
    broken.add('tasks');
    await clock.advance(5 * SECOND);
    lines.length = 0;
    await clock.advance(60 * SECOND);

    expect(lines.length).toBeGreaterThan(1);
    expect(lines.length).toBeLessThan(30);
  });
});
