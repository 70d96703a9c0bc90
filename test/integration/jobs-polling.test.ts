import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { DAY, MINUTE, SECOND } from '#src/clock.ts';
import type { Job } from '#src/jobs/record/job.ts';

import { JOB_BORN_MS } from '../fakes/job.ts';
import { JobsSetup, type JobsSetupOptions, type Process } from '../fakes/jobs-setup.ts';
import { aRefusal, aSuccess, type FakeTask, type RecordedCall } from '../fakes/vendor.ts';

const HOLD = 26;

let setup: JobsSetup;
beforeEach(async () => {
  setup = await JobsSetup.open();
});
afterEach(async () => setup.close());

async function reopen(options: JobsSetupOptions): Promise<void> {
  await setup.close();
  setup = await JobsSetup.open(options);
}

async function acceptMany({ jobs }: Process, count: number): Promise<Job[]> {
  const accepted: Job[] = [];
  for (let at = 0; at < count; at += 1) accepted.push(await jobs.accept(setup.anOrder()));
  return accepted;
}

const listCalls = (): RecordedCall[] =>
  setup.vendor.calls.filter(({ call }) => call === 'checkMany' || call === 'find');

async function taskOf(job: Job): Promise<FakeTask> {
  const { submissions } = await setup.find(job.id);
  const task = setup.vendor.tasks.get(submissions[0]?.taskId ?? '');
  if (task === undefined) throw new Error('the job has no task yet');
  return task;
}

describe('polling a vendor with a list call', () => {
  test('polling stays within the limits on ids per call and calls, and reaches all tasks', async () => {
    await reopen({ vendors: [{ most: 10 }] });
    const accepted = await acceptMany(setup.start(), 45);

    await setup.untilStored(...accepted);

    const calls = listCalls();
    expect(Math.max(...calls.map(({ taskIds }) => taskIds.length))).toBe(10);
    const gaps = calls.slice(1).map(({ atMs }, at) => atMs - (calls[at]?.atMs ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(SECOND);
    expect(setup.vendor.count('check')).toBe(0);
  });

  test('a task is polled every three seconds, and each second around its known end', async () => {
    const started = setup.start();
    await setup.untilStored(...(await acceptMany(started, 3)));
    await setup.clock.advance(10 * SECOND);
    const before = listCalls().length;

    const [job] = await acceptMany(started, 1);
    await setup.untilStored(...(job === undefined ? [] : [job]));

    const times = listCalls()
      .slice(before)
      .map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((atMs, at) => atMs - (times[at] ?? 0));
    expect(gaps.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 3 * SECOND));
    expect(gaps.at(-1)).toBe(SECOND);
  });

  test('a task missing from the list response is polled by itself', async () => {
    const started = setup.start();
    const [hidden, seen] = await acceptMany(started, 2);
    await setup.clock.settle();
    if (hidden === undefined || seen === undefined) throw new Error('there are two');
    (await taskOf(hidden)).isUnlisted = true;

    await setup.untilStored(hidden, seen);

    const singly = setup.vendor.calls.filter(({ call }) => call === 'check');
    expect(singly.length).toBeGreaterThan(3);
    expect(new Set(singly.flatMap(({ taskIds }) => taskIds)).size).toBe(1);
  });
});

describe('polling a vendor by id', () => {
  test('a task is polled every 5 seconds for five minutes, then every 10', async () => {
    await reopen({ vendors: [{ canList: false, renderMs: 8 * MINUTE }] });
    const accepted = await acceptMany(setup.start(), 1);

    await setup.untilStored(...accepted);

    const times = setup.vendor.calls.filter(({ call }) => call === 'check').map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((atMs, at) => atMs - (times[at] ?? 0));
    expect(gaps.slice(0, 50)).toEqual(Array.from({ length: 50 }, () => 5 * SECOND));
    expect(gaps.slice(-10)).toEqual(Array.from({ length: 10 }, () => 10 * SECOND));
  });

  test('polling reaches more tasks than fit in a turn', async () => {
    await reopen({ vendors: [{ canList: false }] });
    const accepted = await acceptMany(setup.start(), 35);

    await setup.untilStored(...accepted);

    expect(setup.clock.now() - (accepted[0]?.createdAtMs ?? 0)).toBeLessThan(80 * SECOND);
  });
});

describe('one faulty job among others', () => {
  test.each([true, false])(
    'many unreadable statuses do not stop the other jobs (lists: %s)',
    async (canList) => {
      await reopen({ vendors: [{ canList }] });
      const accepted = await acceptMany(setup.start(), 15);
      await setup.clock.settle();
      const bad = accepted.slice(0, 12);
      const failure = aRefusal('bad-response', { operation: 'retrieve' });
      for (const job of bad) (await taskOf(job)).failure = failure;

      await setup.untilStored(...accepted.slice(12));
      expect(setup.clock.now() - JOB_BORN_MS).toBeLessThan(75 * SECOND);
      expect((await setup.allJobs()).filter(({ state }) => state === 'queued')).toHaveLength(12);
      const asked = setup.vendor.count('check');
      await setup.clock.advance(MINUTE);
      expect(setup.vendor.count('check') - asked).toBeLessThanOrEqual(21 * 12);

      for (const job of bad) delete (await taskOf(job)).failure;
      await setup.untilStored(...bad);
    },
  );

  test.each([true, false])(
    'a status call that fails like an outage does not stop the other jobs (lists: %s)',
    async (canList) => {
      await reopen({ vendors: [{ canList }] });
      const started = setup.start();
      const [bad, ...others] = await acceptMany(started, 5);
      await setup.clock.settle();
      if (bad === undefined) throw new Error('there is one');
      (await taskOf(bad)).failure = aRefusal('unavailable', { operation: 'retrieve' });

      await setup.untilStored(...others);

      expect(setup.clock.now() - bad.createdAtMs).toBeLessThan(3 * MINUTE);
    },
  );

  test('a job that cannot be written does not stop the other jobs', async () => {
    const started = setup.start();
    const [bad, ...others] = await acceptMany(started, 4);
    await setup.until('queued', ...others);
    await sql`create trigger stuck before update on jobs when new.id = ${sql.lit(bad?.id)}
      begin select raise(abort, 'disk I/O error'); end`.execute(setup.database);

    await setup.untilStored(...others);

    expect((await setup.find(bad?.id ?? '')).state).toBe('queued');
    await sql`drop trigger stuck`.execute(setup.database);
    await setup.untilStored(...(bad === undefined ? [] : [bad]));
  });
});

describe('a finished task without a file', () => {
  const withoutFile = { status: 'finished-without-file' } as const;

  test.each([true, false])(
    'a task without a file ends its job within ten minutes, refunded, and the vendor ledger keeps the hold (lists: %s)',
    async (canList) => {
      const lines: string[] = [];
      await reopen({ vendors: [{ canList }], onWarning: (line) => lines.push(line) });
      const [job] = await acceptMany(setup.start(), 1);
      if (job === undefined) throw new Error('there is one');
      await setup.clock.settle();
      (await taskOf(job)).status = withoutFile;

      await setup.until('failed', job);

      const ended = await setup.find(job.id);
      expect(ended.failure).toEqual({ reason: 'finished-without-file' });
      expect(ended.stateSinceMs - job.createdAtMs).toBeLessThan(10 * MINUTE);
      expect(await setup.credits()).toEqual({ held: 0, used: 0 });
      expect(await setup.book(job)).toEqual([{ vendor: 'byteplus', state: 'lost', credits: HOLD }]);
      expect(lines.filter((line) => line.includes('without a file'))).toHaveLength(1);
      expect(lines).toHaveLength(1);
    },
  );

  test('a file that comes late is delivered', async () => {
    const [job] = await acceptMany(setup.start(), 1);
    if (job === undefined) throw new Error('there is one');
    await setup.clock.settle();
    const task = await taskOf(job);
    task.status = withoutFile;
    await setup.clock.advance(7 * MINUTE);
    expect((await setup.find(job.id)).state).toBe('running');

    task.status = aSuccess(task.taskId);
    await setup.untilStored(job);

    expect((await setup.book(job)).map(({ state }) => state)).toEqual(['billed']);
  });
});

describe('an unreachable vendor', () => {
  test.each(['not-found', 'auth', 'bad-response', 'rejected', 'model-unavailable'] as const)(
    'an unreachable vendor never fails a job, whatever it returns instead, such as at a wrong base URL: %s',
    async (kind) => {
      const accepted = await acceptMany(setup.start(), 2);
      await setup.until('running', ...accepted);
      setup.vendor.failures.set('checkMany', aRefusal(kind, { operation: 'list' }));
      setup.vendor.failures.set('check', aRefusal(kind, { operation: 'retrieve' }));

      await setup.clock.advance(20 * MINUTE);
      expect((await setup.allJobs()).map(({ state }) => state)).toEqual(['running', 'running']);

      setup.vendor.failures.clear();
      await setup.untilStored(...accepted);
    },
  );

  test('an unreachable vendor never fails a job, however long it lasts', async () => {
    const accepted = await acceptMany(setup.start(), 3);
    await setup.until('running', ...accepted);
    setup.vendor.failures.set('checkMany', aRefusal('unavailable', { operation: 'list' }));
    const before = listCalls().length;

    await setup.clock.advance(60 * MINUTE);
    expect((await setup.allJobs()).map(({ state }) => state)).toEqual(Array(3).fill('running'));
    expect(listCalls().length - before).toBeLessThan(260);

    setup.vendor.failures.delete('checkMany');
    await setup.untilStored(...accepted);
  });

  test('a vendor with a retry time is not called before it, whatever else happens', async () => {
    const started = setup.start();
    await acceptMany(started, 1);
    const failure = aRefusal('rate-limited', { operation: 'list', retryAfterMs: 40 * SECOND });
    setup.vendor.failures.set('checkMany', failure);
    await setup.clock.settle();
    const failedAtMs = setup.clock.now();
    expect(setup.vendor.count('checkMany')).toBe(1);

    // Each new task wakes the loop.
    for (let count = 0; count < 13; count += 1) {
      await acceptMany(started, 1);
      await setup.clock.advance(3 * SECOND);
    }
    expect(setup.vendor.count('checkMany')).toBe(1);
    await setup.clock.advance(2 * SECOND);

    expect(listCalls()[1]?.atMs).toBe(failedAtMs + 40 * SECOND);
  });
});

describe('the end of a task', () => {
  test('a task that the vendor no longer knows ends its job after a minute, refunded', async () => {
    const [job] = await acceptMany(setup.start(), 1);
    if (job === undefined) throw new Error('there is one');
    await setup.until('running', job);
    setup.vendor.tasks.clear();
    const goneAtMs = setup.clock.now();

    await setup.until('expired', job);

    expect((await setup.find(job.id)).failure).toEqual({ reason: 'vendor-forgot' });
    expect(setup.clock.now() - goneAtMs).toBeGreaterThanOrEqual(MINUTE);
    expect(setup.clock.now() - goneAtMs).toBeLessThan(MINUTE + 10 * SECOND);
    expect(await setup.credits()).toEqual({ held: 0, used: 0 });
    expect(await setup.book(job)).toEqual([{ vendor: 'byteplus', state: 'lost', credits: HOLD }]);
  });

  test.each([
    {
      status: { status: 'failed', kind: 'unavailable', code: 'InternalServiceError' },
      end: 'failed',
    },
    { status: { status: 'cancelled' }, end: 'cancelled' },
    { status: { status: 'expired' }, end: 'expired' },
  ] as const)('a task that $end at the vendor costs nobody anything', async ({ status, end }) => {
    const [job] = await acceptMany(setup.start(), 1);
    if (job === undefined) throw new Error('there is one');
    await setup.until('running', job);
    (await taskOf(job)).status = status;

    await setup.until(end, job);

    expect(await setup.credits()).toEqual({ held: 0, used: 0 });
    expect(await setup.book(job)).toEqual([
      { vendor: 'byteplus', state: 'not-billed', credits: 0 },
    ]);
  });

  test('a bill above the hold costs the member the hold, and the operator the bill', async () => {
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    await setup.until('running', job);
    (await taskOf(job)).status = aSuccess('task', { tokens: 1_000_000 });

    await setup.untilStored(job);

    expect(await setup.find(job.id)).toMatchObject({ costCredits: HOLD, billedCredits: 250 });
    expect(await setup.book(job)).toEqual([{ vendor: 'byteplus', state: 'billed', credits: 250 }]);
  });

  test('a task without an end is given up when no video can come any more', async () => {
    const first = setup.start();
    const [job] = await acceptMany(first, 1);
    if (job === undefined) throw new Error('there is one');
    await setup.until('running', job);
    await first.jobs.stop();
    await setup.clock.advance(2 * DAY);

    // Its key was removed, so nobody polls that vendor any more.
    const second = setup.start([]);
    await setup.clock.advance(2 * MINUTE);
    expect((await setup.find(job.id)).state).toBe('running');
    await second.jobs.stop();
    await setup.clock.advance(DAY);
    setup.start([]);
    await setup.until('expired', job);

    expect((await setup.find(job.id)).failure).toEqual({ reason: 'vendor-silent' });
    expect(await setup.credits()).toEqual({ held: 0, used: 0 });
    expect(await setup.book(job)).toEqual([{ vendor: 'byteplus', state: 'lost', credits: HOLD }]);
  });
});
