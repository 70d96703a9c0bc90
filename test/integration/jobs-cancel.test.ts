import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { DAY } from '#src/clock.ts';

import { JobsRoom } from '../fakes/jobs-setup.ts';
import { aRefusal, aSuccess } from '../fakes/vendor.ts';

let room: JobsRoom;
beforeEach(async () => {
  room = await JobsRoom.open({ vendors: [{ queuedMs: DAY }] });
});
afterEach(async () => room.close());

test('cancelling a waiting job calls no vendor and refunds everything', async () => {
  const { jobs } = room.create();
  const job = await jobs.accept(room.anOrder());

  expect(await jobs.cancel(job)).toBe('cancelled');

  expect(await room.find(job.id)).toMatchObject({
    state: 'cancelled',
    failure: { reason: 'cancelled-by-member' },
  });
  expect(await room.credits()).toEqual({ held: 0, used: 0 });
  expect(room.vendor.calls).toEqual([]);
});

test('a second cancel press confirms the cancellation again', async () => {
  const { jobs } = room.create();
  const job = await jobs.accept(room.anOrder());

  expect(await Promise.all([jobs.cancel(job), jobs.cancel(job)])).toEqual([
    'cancelled',
    'cancelled',
  ]);
  expect(await jobs.cancel(await room.find(job.id))).toBe('cancelled');
});

describe('a job queued at the vendor', () => {
  test('a queued task is checked, cancelled and checked again, and costs nothing', async () => {
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());
    await room.until('queued', job);
    room.vendor.calls.length = 0;

    expect(await jobs.cancel(await room.find(job.id))).toBe('cancelled');

    expect(room.vendor.calls.map(({ call }) => call)).toEqual(['check', 'cancel', 'check']);
    expect(await room.credits()).toEqual({ held: 0, used: 0 });
    expect(await room.book(job)).toEqual([{ vendor: 'byteplus', state: 'not-billed', credits: 0 }]);
  });

  test('a queued task is cancelled even at a vendor that keeps no record of it', async () => {
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());
    await room.until('queued', job);
    const { cancel } = room.vendor;
    Object.assign(room.vendor, {
      cancel: async (handle: { taskId: string }) => {
        const outcome = await cancel?.(handle);
        room.vendor.tasks.clear();
        return outcome;
      },
    });
    await room.clock.settle();
    const another = room.create();

    expect(await another.jobs.cancel(await room.find(job.id))).toBe('cancelled');
  });

  test('a task that has started meanwhile continues, and its job records that', async () => {
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());
    await room.until('queued', job);
    const queued = await room.find(job.id);
    room.vendor.onlyTask().status = { status: 'running' };

    expect(await jobs.cancel(queued)).toBe('cannot');

    expect(room.vendor.count('cancel')).toBe(0);
    expect((await room.find(job.id)).state).toBe('running');
  });

  test('a task that has finished meanwhile keeps its video', async () => {
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());
    await room.until('queued', job);
    const queued = await room.find(job.id);
    room.vendor.onlyTask().status = aSuccess('task');
    await room.until('succeeded', job);

    expect(await jobs.cancel(queued)).toBe('cannot');

    expect(room.vendor.count('cancel')).toBe(0);
    await room.untilStored(job);
  });

  test('an unreachable vendor leaves the job unchanged', async () => {
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());
    await room.until('queued', job);
    room.vendor.failures.set('cancel', aRefusal('unavailable', { operation: 'cancel' }));

    await expect(jobs.cancel(await room.find(job.id))).rejects.toMatchObject({
      kind: 'unavailable',
    });

    expect((await room.find(job.id)).state).toBe('queued');
  });

  test('a vendor without a cancel call is not called', async () => {
    await room.close();
    room = await JobsRoom.open({ vendors: [{ queuedMs: DAY, canCancel: false }] });
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());
    await room.until('queued', job);

    expect(await jobs.cancel(await room.find(job.id))).toBe('cannot');

    expect((await room.find(job.id)).state).toBe('queued');
  });
});

test.each(['running', 'succeeded', 'expired'] as const)(
  'a job that is %s is too late to cancel',
  async (state) => {
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());
    await room.until('queued', job);
    const status = state === 'succeeded' ? aSuccess('task') : ({ status: state } as const);
    room.vendor.onlyTask().status = status;
    await room.until(state, job);

    expect(await jobs.cancel(await room.find(job.id))).toBe(
      state === 'expired' ? 'ended' : 'cannot',
    );

    expect(room.vendor.count('cancel')).toBe(0);
  },
);
