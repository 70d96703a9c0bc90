import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { DAY } from '#src/clock.ts';

import { JobsSetup } from '../fakes/jobs-setup.ts';
import { aRefusal, aSuccess } from '../fakes/vendor.ts';

let setup: JobsSetup;
beforeEach(async () => {
  setup = await JobsSetup.open({ vendors: [{ queuedMs: DAY }] });
});
afterEach(async () => setup.close());

test('cancelling a waiting job calls no vendor and refunds everything', async () => {
  const { jobs } = setup.create();
  const job = await jobs.accept(setup.anOrder());

  expect(await jobs.cancel(job)).toBe('cancelled');

  expect(await setup.find(job.id)).toMatchObject({
    state: 'cancelled',
    failure: { reason: 'cancelled-by-member' },
  });
  expect(await setup.credits()).toEqual({ held: 0, used: 0 });
  expect(setup.vendor.calls).toEqual([]);
});

test('a second cancel press confirms the cancellation again', async () => {
  const { jobs } = setup.create();
  const job = await jobs.accept(setup.anOrder());

  expect(await Promise.all([jobs.cancel(job), jobs.cancel(job)])).toEqual([
    'cancelled',
    'cancelled',
  ]);
  expect(await jobs.cancel(await setup.find(job.id))).toBe('cancelled');
});

describe('a job queued at the vendor', () => {
  test('a queued task is checked, cancelled and checked again, and costs nothing', async () => {
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    await setup.until('queued', job);
    setup.vendor.calls.length = 0;

    expect(await jobs.cancel(await setup.find(job.id))).toBe('cancelled');

    expect(setup.vendor.calls.map(({ call }) => call)).toEqual(['check', 'cancel', 'check']);
    expect(await setup.credits()).toEqual({ held: 0, used: 0 });
    expect(await setup.book(job)).toEqual([
      { vendor: 'byteplus', state: 'not-billed', credits: 0 },
    ]);
  });

  test('a queued task is cancelled even at a vendor that keeps no record of it', async () => {
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    await setup.until('queued', job);
    const { cancel } = setup.vendor;
    Object.assign(setup.vendor, {
      cancel: async (handle: { taskId: string }) => {
        const outcome = await cancel?.(handle);
        setup.vendor.tasks.clear();
        return outcome;
      },
    });
    await setup.clock.settle();
    const another = setup.create();

    expect(await another.jobs.cancel(await setup.find(job.id))).toBe('cancelled');
  });

  test('a task that has started meanwhile continues, and its job records that', async () => {
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    await setup.until('queued', job);
    const queued = await setup.find(job.id);
    setup.vendor.onlyTask().status = { status: 'running' };

    expect(await jobs.cancel(queued)).toBe('cannot');

    expect(setup.vendor.count('cancel')).toBe(0);
    expect((await setup.find(job.id)).state).toBe('running');
  });

  test('a task that has finished meanwhile keeps its video', async () => {
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    await setup.until('queued', job);
    const queued = await setup.find(job.id);
    setup.vendor.onlyTask().status = aSuccess('task');
    await setup.until('succeeded', job);

    expect(await jobs.cancel(queued)).toBe('cannot');

    expect(setup.vendor.count('cancel')).toBe(0);
    await setup.untilStored(job);
  });

  test('an unreachable vendor leaves the job unchanged', async () => {
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    await setup.until('queued', job);
    setup.vendor.failures.set('cancel', aRefusal('unavailable', { operation: 'cancel' }));

    await expect(jobs.cancel(await setup.find(job.id))).rejects.toMatchObject({
      kind: 'unavailable',
    });

    expect((await setup.find(job.id)).state).toBe('queued');
  });

  test('a vendor without a cancel call is not called', async () => {
    await setup.close();
    setup = await JobsSetup.open({ vendors: [{ queuedMs: DAY, canCancel: false }] });
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    await setup.until('queued', job);

    expect(await jobs.cancel(await setup.find(job.id))).toBe('cannot');

    expect((await setup.find(job.id)).state).toBe('queued');
  });
});

test.each(['running', 'succeeded', 'expired'] as const)(
  'a job that is %s is too late to cancel',
  async (state) => {
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    await setup.until('queued', job);
    const status = state === 'succeeded' ? aSuccess('task') : ({ status: state } as const);
    setup.vendor.onlyTask().status = status;
    await setup.until(state, job);

    expect(await jobs.cancel(await setup.find(job.id))).toBe(
      state === 'expired' ? 'ended' : 'cannot',
    );

    expect(setup.vendor.count('cancel')).toBe(0);
  },
);
