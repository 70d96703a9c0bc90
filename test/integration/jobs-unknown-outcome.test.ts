import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';

import { DAY, MINUTE, SECOND } from '#src/clock.ts';
import type { Job } from '#src/jobs/record/job.ts';

import { JobsSetup, type JobsSetupOptions } from '../fakes/jobs-setup.ts';
import {
  aRefusal,
  hangs,
  hangsBefore,
  losesAnswer,
  losesRequest,
  refuses,
  type CreateBehaviour,
} from '../fakes/vendor.ts';

const HOLD = 26;
const OPEN = [{ vendor: 'byteplus', state: 'open', credits: HOLD }];
const LOST = [{ vendor: 'byteplus', state: 'lost', credits: HOLD }];

let setup: JobsSetup;
beforeEach(async () => {
  setup = await JobsSetup.open();
});
afterEach(async () => setup.close());

async function reopen(options: JobsSetupOptions): Promise<void> {
  await setup.close();
  setup = await JobsSetup.open(options);
}

/** Every amount of a job that a member or the operator can see. */
async function endOf(job: Pick<Job, 'id'>) {
  const { state, failure } = await setup.find(job.id);
  return { state, failure, credits: await setup.credits(), book: await setup.book(job) };
}
const REFUNDED = {
  state: 'failed',
  failure: { reason: 'submission-lost' },
  credits: { held: 0, used: 0 },
  book: LOST,
};

describe('a create call with a lost response', () => {
  test('a lost task is found in the list and continues normally', async () => {
    setup.vendor.creates.push(losesAnswer);
    const { jobs } = setup.start();

    const job = await jobs.accept(setup.anOrder());
    await setup.untilStored(job);

    expect(setup.vendor.count('start')).toBe(1);
    expect((await setup.find(job.id)).submissions).toMatchObject([
      { taskId: setup.vendor.onlyTask().taskId },
    ]);
  });

  test('several lost tasks of one member are each matched to their job', async () => {
    const lost = 12;
    setup.vendor.creates.push(...Array.from({ length: lost }, () => losesAnswer));
    const { jobs } = setup.start();
    // The same seed for all, so that only the tag distinguishes them.
    const orders = Array.from({ length: lost }, (_order, at) =>
      setup.anOrder({ request: { prompt: `video ${at}` } }),
    );
    const accepted = await Promise.all(orders.map(async (order) => jobs.accept(order)));

    await setup.untilStored(...accepted);

    expect(setup.vendor.count('start')).toBe(lost);
    for (const job of await setup.allJobs()) {
      const task = setup.vendor.tasks.get(job.submissions[0]?.taskId ?? '');
      expect(task?.submission.request.prompt).toBe(job.request.prompt);
    }
  });

  test('a lost job never adopts the task of another job, even one that has ended', async () => {
    await reopen({ vendors: [{ echo: () => ({}) }] });
    const { jobs } = setup.start();
    const other = await jobs.accept(setup.anOrder());
    await setup.untilStored(other);
    setup.vendor.creates.push(losesRequest);

    const job = await jobs.accept(setup.anOrder());
    await setup.until('failed', job);

    await jobs.transition(await setup.find(other.id), { type: 'undeliverable' });
    expect(await endOf(job)).toEqual(REFUNDED);
  });

  test('a lost task that is not found is searched for at once, after 5, 20 and 60 seconds, then refunded', async () => {
    setup.vendor.creates.push(losesRequest);
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    await setup.until('failed', job);

    const looks = setup.vendor.calls.filter(({ call }) => call === 'find').map(({ atMs }) => atMs);
    const first = looks[0] ?? 0;

    expect(looks.map((atMs) => atMs - first)).toEqual([0, 5000, 20_000, 60_000]);
    expect(first - job.createdAtMs).toBeLessThanOrEqual(2 * SECOND);
    expect(setup.vendor.count('start')).toBe(1);
    expect(await endOf(job)).toEqual(REFUNDED);
  });

  test('a task that appears late in the list is found by a later search', async () => {
    let isListed = false;
    await reopen({ vendors: [{ echo: () => (isListed ? {} : { seed: 1 }) }] });
    const { jobs } = setup.start();
    setup.vendor.creates.push(losesAnswer);
    const job = await jobs.accept(setup.anOrder());
    await setup.clock.advance(30 * SECOND);
    expect((await setup.find(job.id)).state).toBe('submitting');

    isListed = true;
    await setup.untilStored(job);

    expect(setup.vendor.count('start')).toBe(1);
  });

  test('a lost task at a vendor without a list is refunded at once', async () => {
    await reopen({ vendors: [{ canList: false }] });
    setup.vendor.creates.push(losesAnswer);
    const { jobs } = setup.start();

    const job = await jobs.accept(setup.anOrder());
    await setup.clock.advance(2 * SECOND);

    expect(await endOf(job)).toEqual(REFUNDED);
    expect(setup.vendor.count('start')).toBe(1);
  });

  test('an unreachable list means nothing for the lost task', async () => {
    setup.vendor.creates.push(losesAnswer);
    setup.vendor.failures.set('find', aRefusal('unavailable', { operation: 'list' }));
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());

    await setup.clock.advance(20 * MINUTE);
    expect((await setup.find(job.id)).state).toBe('submitting');
    expect(await setup.book(job)).toEqual(OPEN);
    expect(setup.vendor.count('find')).toBeLessThan(60);

    setup.vendor.failures.delete('find');
    await setup.untilStored(job);
    expect(setup.vendor.count('start')).toBe(1);
  });

  test('a list that stays silent for days is not awaited longer than any video lives', async () => {
    setup.vendor.creates.push(losesAnswer);
    setup.vendor.failures.set('find', aRefusal('auth', { operation: 'list' }));
    const first = setup.start();
    const job = await first.jobs.accept(setup.anOrder());
    await setup.clock.advance(10 * SECOND);
    await first.jobs.stop();
    await setup.clock.advance(3 * DAY);

    setup.start();
    await setup.until('failed', job);

    expect(await endOf(job)).toEqual(REFUNDED);
  });

  test('neither of two matching tasks is adopted', async () => {
    await reopen({ vendors: [{ echo: () => ({}) }] });
    setup.vendor.creates.push(losesAnswer, losesAnswer);
    const { jobs } = setup.start();
    const accepted = [await jobs.accept(setup.anOrder()), await jobs.accept(setup.anOrder())];

    await setup.until('failed', ...accepted);

    for (const job of accepted) expect(await setup.book(job)).toEqual(LOST);
    expect(setup.vendor.count('start')).toBe(2);
  });
});

describe('a process killed during the create call', () => {
  test('the next process finds a task that the vendor had made', async () => {
    setup.vendor.creates.push(hangs);
    const first = setup.start();
    const job = await first.jobs.accept(setup.anOrder());
    await setup.until('submitting', job);
    first.kill();

    setup.start();
    await setup.untilStored(job);

    expect(setup.vendor.count('start')).toBe(1);
    expect(setup.vendor.tasks.size).toBe(1);
  });

  test('the next process refunds when the vendor had made nothing', async () => {
    setup.vendor.creates.push(hangsBefore);
    const first = setup.start();
    const job = await first.jobs.accept(setup.anOrder());
    await setup.until('submitting', job);
    first.kill();

    setup.start();
    await setup.until('failed', job);

    expect(await endOf(job)).toEqual(REFUNDED);
    expect(setup.vendor.count('start')).toBe(1);
  });

  test('a create call in progress is not taken for lost by its own process', async () => {
    setup.vendor.creates.push(async (make) => {
      await setup.clock.sleep(5 * MINUTE);
      return make();
    });
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());

    await setup.until('queued', job);

    expect(setup.vendor.count('find')).toBe(0);
    await setup.untilStored(job);
  });
});

describe('a create response after the job was given up', () => {
  let warnings: string[];
  beforeEach(async () => {
    warnings = [];
    await reopen({ vendors: [{ canList: false }], onWarning: (line) => warnings.push(line) });
  });

  /** Its process loses its leases during the call, and another takes the job for lost. */
  async function giveUpDuring(create: CreateBehaviour): Promise<Job> {
    setup.vendor.creates.push(async (make) => {
      await setup.clock.sleep(5 * MINUTE);
      return create(make);
    });
    const first = setup.start();
    const job = await first.jobs.accept(setup.anOrder({ request: { prompt: 'a secret crab' } }));
    await setup.until('submitting', job);
    await first.leases.close();
    setup.start();
    await setup.until('failed', job);
    expect(await endOf(job)).toEqual(REFUNDED);
    warnings = [];
    await setup.clock.advance(5 * MINUTE);
    return job;
  }

  const linesWith = (text: string): Record<string, unknown>[] =>
    warnings
      .filter((line) => line.includes(text))
      .map((line) => z.record(z.string(), z.unknown()).parse(JSON.parse(line)));

  test('a late response with a task is kept in the ledger, so the operator can find its cost', async () => {
    const job = await giveUpDuring(async (make) => make());

    const { taskId } = setup.vendor.onlyTask();
    expect(linesWith(taskId)).toEqual([
      expect.objectContaining({
        level: 40,
        jobId: job.id,
        vendor: 'byteplus',
        taskId,
        submissionId: (await setup.find(job.id)).submissions[0]?.id,
      }),
    ]);
    expect(warnings.join()).not.toContain('crab');
    expect(await endOf(job)).toEqual(REFUNDED);
    expect(setup.vendor.count('start')).toBe(1);
  });

  test('a late refusal clears the ledger entry, because nothing is owed', async () => {
    const job = await giveUpDuring(refuses('moderated'));

    expect(await endOf(job)).toEqual({
      ...REFUNDED,
      book: [{ vendor: 'byteplus', state: 'not-billed', credits: 0 }],
    });
    expect(setup.vendor.count('start')).toBe(1);
  });

  test('a late response with the task that the search found is not reported', async () => {
    await reopen({ onWarning: (line) => warnings.push(line) });
    setup.vendor.creates.push(async (make) => {
      const task = make();
      await setup.clock.sleep(5 * MINUTE);
      return task;
    });
    const first = setup.start();
    const job = await first.jobs.accept(setup.anOrder());
    await setup.until('submitting', job);
    await first.leases.close();
    setup.start();
    await setup.until('running', job);
    warnings = [];

    await setup.untilStored(job);
    await setup.clock.advance(5 * MINUTE);

    expect(linesWith(setup.vendor.onlyTask().taskId)).toEqual([]);
  });
});

/** How often a job is announced on its way: the process is killed at each announcement, right after the write. */
const ANNOUNCEMENTS = [1, 2, 3, 4, 5, 6];

test.each(ANNOUNCEMENTS)(
  'every job has one end when the process is killed right after change %d',
  async (at) => {
    const first = setup.create();
    let announced = 0;
    first.jobs.onChange(() => {
      announced += 1;
      if (announced === at) first.kill();
    });
    first.jobs.start();
    const job = await first.jobs.accept(setup.anOrder());
    await setup.clock.advance(5 * MINUTE);
    expect(announced).toBe(at);

    const second = setup.start();
    await setup.clock.advance(5 * MINUTE);

    const { state, video } = await setup.find(job.id);
    // Between `submitting` and the call, nobody can know whether it was made.
    expect([state, video === undefined]).toEqual(
      at === 2 ? ['failed', true] : ['succeeded', false],
    );
    expect(setup.vendor.count('start')).toBe(at === 2 ? 0 : 1);
    await second.jobs.stop();
  },
);
