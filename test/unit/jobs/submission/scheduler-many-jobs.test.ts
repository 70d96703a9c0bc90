/** Very many jobs wait, and one look reads only some of them: no server hides the jobs of another. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { MINUTE, SECOND } from '#src/clock.ts';
import { createSlots } from '#src/jobs/queue/running-slots.ts';
import { createJobStore, type JobStore } from '#src/jobs/record/job-store.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { createOffers } from '#src/jobs/submission/offers.ts';
import { createScheduler, type Scheduler } from '#src/jobs/submission/scheduler.ts';
import { createQuotaManager } from '#src/quota/quota-manager.ts';

import { openTestDatabase, type TestDatabase } from '../../../databases/database.ts';
import { createFakeClock } from '../../../fakes/clock.ts';
import { aJob, aTakenSubmission, JOB_BORN_MS } from '../../../fakes/job.ts';
import { quotaSettings } from '../../../fakes/quota.ts';
import { createFakeVendor } from '../../../fakes/vendor.ts';

const MANY = 1_200;

let opened: TestDatabase;
let store: JobStore;
let scheduler: Scheduler;
let count: number;
/** Records read so far. */
let read: number;
const clock = createFakeClock({ startMs: JOB_BORN_MS + MINUTE });

beforeEach(async () => {
  opened = await openTestDatabase('sqlite');
  store = createJobStore(opened.database);
  count = 0;
  read = 0;
  scheduler = createScheduler({
    database: opened.database,
    store: {
      ...store,
      async findMany(ids) {
        read += ids.length;
        return store.findMany(ids);
      },
    },
    slots: createSlots(),
    offers: createOffers({ vendors: [createFakeVendor({ clock })], prices: {}, clock }),
    clock,
  });
});
afterEach(async () => opened.close());

/** In order of acceptance. */
async function insert(many: number, fieldsOf: (at: number) => Partial<Job>): Promise<Job[]> {
  const jobs = Array.from({ length: many }, (_job, at) => {
    count += 1;
    const id = `job${String(count).padStart(5, '0')}`;
    return aJob({ id, interactionId: id, createdAtMs: JOB_BORN_MS + count, ...fieldsOf(at) });
  });
  await opened.database.transaction().execute(async (transaction) => {
    for (const job of jobs) await store.insert(transaction, job);
  });
  return jobs;
}

/** One video at once, and one is running. */
async function fill(guildId: string): Promise<void> {
  const by = { guildId, actorId: 'moderator', nowMs: clock.now(), stepId: guildId };
  const set = { ...by, target: { scope: 'server' }, limits: { atOnce: 1 } } as const;
  await opened.database
    .transaction()
    .execute(async (tx) => createQuotaManager(quotaSettings()).setLimit(tx, set));
  const submissions = [aTakenSubmission({ taskId: guildId })];
  await insert(1, () => ({ guildId, memberId: 'runner', state: 'running', submissions }));
}

async function startable(limit = 100): Promise<string[]> {
  const jobs = await scheduler.due(limit);
  return jobs.filter((job) => scheduler.waitMs(job, clock.now()) <= 0).map(({ id }) => id);
}

describe('a full server with more waiting jobs than one look reads', () => {
  test.each([
    ['all from one member', () => 'alice'],
    ['each from another member', (at: number) => `member${at}`],
  ])('the only job of another server starts: %s', async (_what, memberId) => {
    await fill('full');
    await insert(MANY, (at) => ({ guildId: 'full', memberId: memberId(at) }));
    const [other] = await insert(1, () => ({ guildId: 'free', memberId: 'zoe' }));

    expect(await startable()).toEqual([other?.id]);
  });

  test('the only job of another server starts behind several full servers', async () => {
    for (const name of ['a', 'b', 'c']) await fill(name);
    await insert(MANY, (at) => ({
      guildId: ['a', 'b', 'c'][at % 3] ?? '',
      memberId: `member${at}`,
    }));
    const [other] = await insert(1, () => ({ guildId: 'free', memberId: 'zoe' }));

    expect(await startable()).toEqual([other?.id]);
    expect((await scheduler.positions()).get(other?.id ?? '')).toBeUndefined();
  });
});

test('a member without a job is not hidden behind many jobs of another in the same server', async () => {
  await insert(MANY, () => ({
    guildId: 'one',
    memberId: 'alice',
    retryAtMs: clock.now() + SECOND,
  }));
  const [other] = await insert(1, () => ({ guildId: 'one', memberId: 'bob' }));

  expect(await startable()).toEqual([other?.id]);
});

test('a look reads only the records of jobs that could start, each once', async () => {
  await insert(MANY, (at) => ({ guildId: 'one', memberId: `member${at % 7}` }));

  expect(await startable(20)).toHaveLength(20);
  expect(read).toBeLessThanOrEqual(40);

  const before = read;
  await clock.advance(SECOND);
  await startable(20);
  expect(read).toBe(before);
});

test('a look at a long queue rests before the next one, in proportion to the queue', async () => {
  await insert(MANY, () => ({ guildId: 'one', memberId: 'alice' }));
  await startable(20);
  let hasLooked = false;
  const next = startable(20).then(() => (hasLooked = true));

  await clock.advance(MANY / 20);
  expect(hasLooked).toBe(false);
  await clock.advance(MANY / 20);
  await next;
  expect(hasLooked).toBe(true);
});

test('a look at a short queue does not rest', async () => {
  await insert(100, () => ({ guildId: 'one', memberId: 'alice' }));
  await startable(20);

  expect(await startable(20)).toHaveLength(20);
});

test('positions in a full server read no record', async () => {
  await fill('full');
  await insert(MANY, (at) => ({ guildId: 'full', memberId: `member${at % 7}` }));

  const places = await scheduler.positions();

  expect(places.size).toBe(MANY);
  expect(Math.max(...places.values())).toBe(1_500);
  expect(read).toBe(0);
});
