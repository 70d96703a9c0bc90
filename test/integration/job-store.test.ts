/** The result of each query on the jobs table, with a job in every state and two of everything else. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { MINUTE } from '#src/clock.ts';
import { createJobStore, type JobStore } from '#src/jobs/record/job-store.ts';
import { JOB_STATES, type Job } from '#src/jobs/record/job.ts';
import type { Database } from '#src/storage/database.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { aJob, aTakenSubmission, JOB_BORN_MS } from '../fakes/job.ts';

const AT_VENDOR = ['queued', 'running'];
const ids = (jobs: readonly Job[]): string[] => jobs.map(({ id }) => id);

describe.each(databaseKinds())('the jobs table on %s', (kind) => {
  let opened: TestDatabase;
  let database: Database;
  let store: JobStore;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
    ({ database } = opened);
    store = createJobStore(database);
  });
  afterEach(async () => opened.close());

  const write = async (...jobs: Job[]): Promise<void> =>
    database.transaction().execute(async (transaction) => {
      for (const job of jobs) await store.insert(transaction, job);
    });

  /** One job in each state, named after it; an earlier state has an older job. */
  const oneOfEach = async (): Promise<void> =>
    write(
      ...JOB_STATES.map((state, at) => {
        const job = aJob({ id: state, interactionId: state, state });
        const submissions = job.submissions.map((one) => ({
          ...one,
          ...(one.taskId === undefined ? {} : { taskId: `task ${state}` }),
        }));
        return { ...job, submissions, createdAtMs: JOB_BORN_MS + at };
      }),
    );

  /** A job at a vendor, with a task of that name. */
  const aTask = (id: string, overrides: Partial<Job> & { vendor?: 'azerion' } = {}): Job => {
    const { vendor = 'byteplus', ...others } = overrides;
    const submissions = [aTakenSubmission({ taskId: `task ${id}`, vendor })];
    return aJob({ id, interactionId: id, state: 'running', submissions, ...others });
  };

  test('a job can be replaced only at its newest version', async () => {
    const before = aJob({ version: 3 });
    await write(before, aJob({ id: 'other', interactionId: 'other', version: 4 }));
    const after = aJob({ version: 4, holdCredits: 7 });
    const replace = async () =>
      database
        .transaction()
        .execute(async (transaction) => store.replace(transaction, before, after));

    expect(await store.isNewest(before)).toBe(true);
    expect(await store.isNewest(after)).toBe(false);
    expect(await replace()).toBe(true);
    expect(await replace()).toBe(false);
    expect(await store.find('job1')).toEqual(after);
    expect(await store.find('other')).toMatchObject({ holdCredits: 26 });
    expect(await store.find('none')).toBeUndefined();
  });

  test('a delivered job is due in the log channel once', async () => {
    const delivered = aJob({ state: 'delivered', version: 2 });
    const later = { ...delivered, version: 3 };
    await write(aJob({ state: 'succeeded' }));
    const dueIn = async () =>
      database.selectFrom('jobs').select('log_posted').executeTakeFirstOrThrow();
    const replace = async (before: Job, after: Job) =>
      database
        .transaction()
        .execute(async (transaction) => store.replace(transaction, before, after));

    await replace(aJob({ state: 'succeeded' }), delivered);
    expect(await dueIn()).toEqual({ log_posted: 0 });
    await database.updateTable('jobs').set({ log_posted: 1 }).execute();
    await replace(delivered, later);
    expect(await dueIn()).toEqual({ log_posted: 1 });
  });

  test('open jobs are found by their state, oldest first, up to a limit', async () => {
    await oneOfEach();
    const jobCreatedAt = (id: string, createdAtMs: number) =>
      aJob({ id, interactionId: id, createdAtMs });
    await write(
      jobCreatedAt('b', JOB_BORN_MS - 5),
      jobCreatedAt('a', JOB_BORN_MS - 5),
      jobCreatedAt('c', JOB_BORN_MS - 9),
    );

    expect(ids(await store.inState('accepted', 10))).toEqual(['c', 'a', 'b', 'accepted']);
    expect(ids(await store.inState('accepted', 2))).toEqual(['c', 'a']);
    expect(ids(await store.inState('running', 10))).toEqual(['running']);
  });

  test('jobs are found by their ids, whatever their state', async () => {
    await oneOfEach();

    expect(ids(await store.findMany(['failed', 'queued', 'none'])).toSorted()).toEqual([
      'failed',
      'queued',
    ]);
    expect(await store.findMany([])).toEqual([]);
  });

  test('finished videos that are not on the disk are found, oldest first', async () => {
    const done = (id: string, overrides: Partial<Job>) =>
      aJob({ id, interactionId: id, state: 'succeeded', ...overrides });
    const video = { file: 'videos/x.mp4', bytes: 9 };
    await oneOfEach();
    const waits = done('later', { createdAtMs: JOB_BORN_MS + MINUTE });
    await write({ ...waits, submissions: [] }, { ...done('here', { video }), submissions: [] });

    const found = await store.withoutVideo();
    expect(found.map(({ id }) => id)).toEqual(['succeeded', 'later']);
  });

  test('tasks that have been at a vendor for long are found, queued or running', async () => {
    await oneOfEach();
    const { submittedAtMs = 0 } = aTakenSubmission();

    expect(ids(await store.atVendorSince(submittedAtMs + 1)).toSorted()).toEqual(AT_VENDOR);
    expect(await store.atVendorSince(submittedAtMs)).toEqual([]);
  });

  test('waiting jobs are found by their server', async () => {
    await oneOfEach();
    await write(
      aJob({ id: 'second', interactionId: 'second' }),
      aJob({ id: 'elsewhere', interactionId: 'elsewhere', guildId: '101' }),
      aTask('no longer', { guildId: '102' }),
    );

    expect((await store.serversWaiting()).toSorted()).toEqual(['100', '101']);
    expect(ids(await store.waitingIn('100')).toSorted()).toEqual(['accepted', 'second']);
    expect(await store.stillWaiting(['second', 'queued', 'none'])).toEqual(new Set(['second']));
    expect(await store.stillWaiting([])).toEqual(new Set());
  });

  test('open tasks are found by their vendor, oldest first, with the data to look them up', async () => {
    await oneOfEach();
    await write(
      aTask('old', { createdAtMs: JOB_BORN_MS - 1, expectedAtMs: JOB_BORN_MS + MINUTE }),
      aTask('elsewhere', { vendor: 'azerion' }),
    );
    const { submittedAtMs = 0 } = aTakenSubmission();

    expect(await store.openTasks('byteplus')).toEqual([
      { jobId: 'old', taskId: 'task old', submittedAtMs, expectedAtMs: JOB_BORN_MS + MINUTE },
      { jobId: 'queued', taskId: 'task queued', submittedAtMs, expectedAtMs: undefined },
      { jobId: 'running', taskId: 'task running', submittedAtMs, expectedAtMs: undefined },
    ]);
    expect(await store.openTasks('azerion')).toMatchObject([{ jobId: 'elsewhere' }]);
  });

  test('a task belongs to a job by its vendor and id, even after the job has ended', async () => {
    await write(
      aTask('a'),
      aTask('b', { state: 'expired', failure: { reason: 'vendor-expired' } }),
      aTask('c', { vendor: 'azerion' }),
    );

    const asked = ['task a', 'task b', 'task c', 'task d'];
    expect(await store.ownedTasks('byteplus', asked)).toEqual(new Set(['task a', 'task b']));
    expect(await store.ownedTasks('byteplus', ['task b'])).toEqual(new Set(['task b']));
    expect(await store.ownedTasks('byteplus', [])).toEqual(new Set());
  });

  test('tags are in use while a submission at the vendor is open', async () => {
    const jobWithTag = (
      id: string,
      tag: number,
      overrides: Parameters<typeof aTask>[1] = {},
    ): Job => {
      const job = aTask(id, overrides);
      const submissions = job.submissions.map((one) => ({ ...one, expiresAfterSeconds: tag }));
      return { ...job, submissions };
    };
    await write(
      aJob({ id: 'waits', interactionId: 'waits' }),
      jobWithTag('sent', 170_001, { state: 'submitting' }),
      jobWithTag('queued', 170_002, { state: 'queued' }),
      jobWithTag('running', 170_003),
      jobWithTag('done', 170_004, { state: 'succeeded' }),
      jobWithTag('elsewhere', 170_005, { vendor: 'azerion' }),
    );

    const tags = await database
      .transaction()
      .execute(async (transaction) => store.tagsInUse(transaction, 'byteplus'));
    expect(tags).toEqual(new Set([170_001, 170_002, 170_003]));
  });

  describe('the queries for presentation', () => {
    const video = { file: 'videos/x.mp4', bytes: 9 };
    const jobShown = (id: string, overrides: Partial<Job>) =>
      aJob({ id, interactionId: id, submissions: [], ...overrides });

    beforeEach(async () =>
      write(
        jobShown('new', { stateSinceMs: JOB_BORN_MS + 2 }),
        jobShown('older', { state: 'failed', stateSinceMs: JOB_BORN_MS + 1 }),
        jobShown('fetching', { state: 'succeeded', stateSinceMs: JOB_BORN_MS + 3 }),
        jobShown('fetched', { state: 'succeeded', video, stateSinceMs: JOB_BORN_MS + 5 }),
        jobShown('fetched before', { state: 'succeeded', video, stateSinceMs: JOB_BORN_MS + 4 }),
        jobShown('delivered', { state: 'delivered', video, stateSinceMs: JOB_BORN_MS + 6 }),
      ),
    );

    test('the message furthest behind comes first, without those that delivery will update', async () => {
      await store.markShown('delivered', { version: 1, position: undefined });

      expect(ids(await store.behind(10))).toEqual(['older', 'new', 'fetching']);
      expect(ids(await store.behind(1))).toEqual(['older']);
      expect(ids(await store.toDeliver(10))).toEqual(['fetched before', 'fetched']);
    });

    test('no version older than the displayed one is returned', async () => {
      const of = async () => (await store.shown(['new', 'none'])).get('new');
      expect(await of()).toEqual({ newest: 1, version: 0, position: undefined });
      await store.markShown('new', { version: 2, position: 3 });
      await store.markShown('new', { version: 1, position: 1 });
      expect(await of()).toEqual({ newest: 1, version: 2, position: 3 });
      await store.markShown('new', { version: 2, position: 2 });
      await store.markShown('older', { version: 1, position: 9 });

      expect(await of()).toMatchObject({ version: 2, position: 2 });
      expect(await store.positionsShown()).toEqual(new Map([['new', 2]]));
      expect(await store.shown([])).toEqual(new Map());
      expect(ids(await store.behind(10))).toEqual(['fetching', 'delivered']);
    });

    test('a job is checked once more when it is due, longest due first', async () => {
      await store.markShown('older', { version: 1, position: undefined, verifyAtMs: 20 });
      await store.markShown('delivered', { version: 1, position: undefined, verifyAtMs: 10 });

      expect(await store.toVerify(9, 10)).toEqual([]);
      expect(ids(await store.toVerify(10, 10))).toEqual(['delivered']);
      expect(ids(await store.toVerify(20, 10))).toEqual(['delivered', 'older']);
      expect(await store.isToBeVerified('older')).toBe(true);
      expect(await store.isToBeVerified('new')).toBe(false);
      await store.markVerified('older');
      expect(await store.isToBeVerified('older')).toBe(false);
      expect(ids(await store.toVerify(20, 10))).toEqual(['delivered']);
    });

    test('the log channel gets delivered jobs by server, first delivered first', async () => {
      const due = async (...names: string[]) =>
        database.updateTable('jobs').set({ log_posted: 0 }).where('id', 'in', names).execute();
      await write(jobShown('elsewhere', { state: 'delivered', guildId: '101' }));
      await due('delivered', 'fetched', 'elsewhere');

      expect((await store.serversToTell()).toSorted()).toEqual(['100', '101']);
      expect(ids(await store.toTell('100', 10))).toEqual(['fetched', 'delivered']);
      expect(ids(await store.toTell('100', 1))).toEqual(['fetched']);
      await store.markTold('fetched');
      expect(ids(await store.toTell('100', 10))).toEqual(['delivered']);
    });
  });
});
