import assert from 'node:assert/strict';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { DAY, MINUTE, SECOND } from '#src/clock.ts';
import { JobWorker } from '#src/jobs/job-worker.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { createLogger } from '#src/logger.ts';
import type { Vendor } from '#src/vendors/vendor.ts';

import { databaseKinds } from '../databases/database.ts';
import { loseCommitAnswer } from '../databases/lost-commit.ts';
import { JobsSetup, type JobsSetupOptions, type Process } from '../fakes/jobs-setup.ts';
import { hangs, hangsBefore, losesAnswer, takes, type FakeVendorOptions } from '../fakes/vendor.ts';

const COUNT = 20;

describe.each(databaseKinds())('two processes on one database: %s', (kind) => {
  let setup: JobsSetup;
  let accepted: Job[];
  /** Which process listed, polled or searched, call by call. */
  let askers: string[];

  async function open(options: JobsSetupOptions = {}, count = COUNT): Promise<void> {
    setup = await JobsSetup.open({ kind, ...options });
    askers = [];
    const { jobs } = setup.create();
    accepted = [];
    for (let at = 0; at < count; at += 1) accepted.push(await jobs.accept(setup.anOrder()));
  }

  const reopen = async (vendor: Omit<FakeVendorOptions, 'clock'>, count: number): Promise<void> => {
    await setup.close();
    await open({ vendors: [vendor] }, count);
  };

  beforeEach(async () => open());
  afterEach(async () => setup.close());

  /** Like `room.start`; the process’s vendor calls are recorded under its name. */
  function startNamed(name: string): Process {
    return setup.start([recordPolls(setup.vendor, () => askers.push(name))]);
  }

  /** The number of create calls, of jobs with a task, and of different tasks. */
  async function tally(): Promise<{ creates: number; owners: number; tasks: number }> {
    const jobs = await setup.allJobs();
    const taskIds = jobs.flatMap(({ submissions }) => submissions[0]?.taskId ?? []);
    const creates = setup.vendor.count('start');
    return { creates, owners: taskIds.length, tasks: new Set(taskIds).size };
  }
  const ONE_EACH = { creates: COUNT, owners: COUNT, tasks: COUNT };

  test('two processes make one create call per job, and fetch each video once', async () => {
    setup.start();
    setup.start();

    await setup.untilStored(...accepted);

    expect(await tally()).toEqual(ONE_EACH);
    expect(setup.outside.downloads).toHaveLength(COUNT);
    expect(new Set(setup.outside.downloads).size).toBe(COUNT);
  });

  test('two processes make one create call per job even when responses are lost and both search', async () => {
    setup.vendor.creates.push(losesAnswer, losesAnswer, losesAnswer);
    setup.start();
    setup.start();

    await setup.untilStored(...accepted);

    expect(await tally()).toEqual(ONE_EACH);
  });

  test('one process continues when the other is killed', async () => {
    const first = setup.start();
    setup.start();
    await setup.until('running', ...accepted);

    first.kill();
    await setup.untilStored(...accepted);

    expect(await tally()).toEqual(ONE_EACH);
  });

  test('a submission is sent once even when its commit gets no answer', async () => {
    await reopen({ canList: false }, 2);
    setup.create(setup.vendors, loseCommitAnswer(setup.database)).jobs.start();
    setup.create(setup.vendors, loseCommitAnswer(setup.database)).jobs.start();

    await setup.untilStored(...accepted);

    expect(await tally()).toEqual({ creates: 2, owners: 2, tasks: 2 });
  });

  test('one of two concurrent changes to a job is made, and the other reports a conflict', async () => {
    const first = setup.create();
    const second = setup.create();
    const [job] = accepted;
    assert.ok(job);

    const outcomes = await Promise.all(
      [first, second].map(async ({ jobs }) => jobs.transition(job, { type: 'cancelled' })),
    );

    expect(outcomes.filter((after) => after?.state === 'cancelled')).toHaveLength(1);
    expect(outcomes.filter((after) => after === undefined)).toHaveLength(1);
    expect((await setup.find(job.id)).version).toBe(job.version + 1);
    expect(await setup.credits()).toEqual({ held: (COUNT - 1) * 26, used: 0 });
  });

  describe('a create call in one process', () => {
    test.each([
      { what: 'where tasks can be listed', canList: true },
      { what: 'where a lost one is given up at once', canList: false },
    ])(
      'a create call in progress is not taken for lost by the other process, however long it takes: $what',
      async ({ canList }) => {
        await reopen({ canList }, 2);
        setup.vendor.creates.push(takes(5 * MINUTE, setup.clock), takes(7 * MINUTE, setup.clock));
        setup.start();
        setup.start();

        await setup.untilStored(...accepted);

        expect(setup.vendor.count('find')).toBe(0);
        expect(await tally()).toEqual({ creates: 2, owners: 2, tasks: 2 });
      },
    );

    test('the other process searches for a create call when its process is killed', async () => {
      await reopen({}, 1);
      setup.vendor.creates.push(hangs);
      const first = setup.start();
      await setup.until('submitting', ...accepted);
      setup.start();
      await setup.clock.advance(5 * MINUTE);
      expect(setup.vendor.count('find')).toBe(0);

      first.kill();
      await setup.untilStored(...accepted);

      expect(await tally()).toEqual({ creates: 1, owners: 1, tasks: 1 });
    });

    test('the other process gives a create call up when its process is killed and no task exists', async () => {
      await reopen({}, 1);
      setup.vendor.creates.push(hangsBefore);
      const first = setup.start();
      await setup.until('submitting', ...accepted);
      setup.start();
      await setup.clock.advance(5 * MINUTE);

      first.kill();
      await setup.until('failed', ...accepted);

      expect(setup.vendor.count('start')).toBe(1);
      expect(setup.vendor.count('find')).toBe(4);
      expect(await setup.credits()).toEqual({ held: 0, used: 0 });
    });
  });

  describe('the account at a vendor', () => {
    test('only one process polls an account', async () => {
      setup.vendor.creates.push(losesAnswer);
      startNamed('first');
      await setup.clock.settle();
      startNamed('second');

      await setup.untilStored(...accepted);

      expect(setup.vendor.count('find')).toBeGreaterThan(0);
      expect(new Set(askers)).toEqual(new Set(['first']));
    });

    test.each(['is killed', 'stops'])(
      'the other process takes an account over within seconds when its poller %s',
      async (end) => {
        const first = startNamed('first');
        await setup.clock.settle();
        startNamed('second');
        await setup.until('queued', ...accepted);
        expect(new Set(askers)).toEqual(new Set(['first']));

        if (end === 'stops') await first.jobs.stop();
        else first.kill();
        const asked = askers.length;
        await setup.clock.advance(5 * SECOND);

        expect(new Set(askers.slice(asked))).toEqual(new Set(['second']));
        await setup.untilStored(...accepted);
      },
    );
  });

  test('each version of a message is shown by one process', async () => {
    const shown: string[] = [];
    const presenterOf = ({ leases }: Process): JobWorker =>
      new JobWorker({
        name: 'present',
        concurrency: COUNT,
        find: async (limit) => setup.store.behind(limit),
        leases,
        lease: 'show',
        async isCurrent({ id, version }) {
          const found = (await setup.store.shown([id])).get(id);
          return found?.newest === version && found.version < version;
        },
        async step({ id, version }) {
          await setup.clock.sleep(SECOND);
          shown.push(`${id} ${version}`);
          await setup.store.markShown(id, { version, position: undefined });
        },
        clock: setup.clock,
        logger: createLogger('silent'),
      });
    const presenters = [setup.start(), setup.start()].map(presenterOf);
    for (const presenter of presenters) presenter.start();

    await setup.untilStored(...accepted);
    await setup.clock.advance(MINUTE);
    await Promise.all(presenters.map(async (presenter) => presenter.stop()));

    expect(await setup.store.behind(COUNT)).toEqual([]);
    expect(shown.length).toBeGreaterThan(COUNT);
    expect(new Set(shown).size).toBe(shown.length);
  });

  test('a task without an end is given up once', async () => {
    await reopen({}, 1);
    const before = setup.start();
    await setup.until('running', ...accepted);
    setup.vendor.onlyTask().status = { status: 'running' };
    await before.jobs.stop();
    await setup.clock.advance(4 * DAY);
    const ends: string[] = [];
    for (const { jobs } of [setup.create(), setup.create()]) {
      jobs.onChange(({ state }) => ends.push(state));
      jobs.start();
    }

    await setup.clock.advance(5 * MINUTE);

    expect(ends).toEqual(['expired']);
    expect(await setup.credits()).toEqual({ held: 0, used: 0 });
  });
});

/** Records each poll of the account, without changing its result. */
function recordPolls(vendor: Vendor, note: () => void): Vendor {
  const { checkMany, findCreatedBetween } = vendor;
  assert.ok(checkMany && findCreatedBetween);
  return {
    ...vendor,
    checkMany: {
      ...checkMany,
      async check(...handles) {
        note();
        return checkMany.check(...handles);
      },
    },
    async findCreatedBetween(...window) {
      note();
      return findCreatedBetween(...window);
    },
  };
}
