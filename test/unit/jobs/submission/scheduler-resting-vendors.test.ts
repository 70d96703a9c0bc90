/** Which jobs are due while vendors are paused: none for a paused vendor, and a single one for a trial. */
import {
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { expect, test } from 'vitest';

import type { VendorName } from '#src/catalogue/vendors.ts';
import { HOUR, MINUTE, SECOND } from '#src/clock.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { createOffers } from '#src/jobs/submission/offers.ts';
import { createScheduler, type Scheduler } from '#src/jobs/submission/scheduler.ts';
import type { Tables } from '#src/storage/schema.ts';
import type { VendorHealth } from '#src/vendors/health/breaker.ts';

import { createFakeClock } from '../../../fakes/clock.ts';
import { aJob, JOB_BORN_MS } from '../../../fakes/job.ts';
import { createFakeVendor } from '../../../fakes/vendor.ts';

const clock = createFakeClock({ startMs: JOB_BORN_MS + SECOND });
const TROUBLE = { why: 'unavailable', sinceMs: JOB_BORN_MS } as const;
const RESTING = { ...TROUBLE, state: 'resting', untilMs: clock.now() + MINUTE } as const;
const ON_TRIAL = { ...TROUBLE, state: 'on-trial', isBusy: false } as const;

/** The fakes answer all its calls. */
const NO_DATABASE = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

const JOBS = ['first', 'second', 'third'].map((id, at) =>
  aJob({ id, memberId: id, createdAtMs: JOB_BORN_MS + at, holdCredits: 1000 }),
);

interface Line {
  /** A waiting job whose record cannot be read. */
  readonly unreadable?: string;
  /** How many jobs of a server may run at once. */
  readonly atOnce?: number;
}

function turnsWith(
  health: Partial<Record<VendorName, VendorHealth>>,
  { unreadable, atOnce }: Line = {},
): Scheduler {
  const states = new Map<VendorName, VendorHealth>();
  const names = ['byteplus', 'powertokens'] as const;
  for (const name of names) states.set(name, health[name] ?? { state: 'up' });
  const vendors = names.map((name) => createFakeVendor({ name, clock }));
  const waiting = JOBS.map(({ id: jobId, createdAtMs: acceptedAtMs, ...job }) => {
    const { guildId, memberId, version, stateSinceMs, retryAtMs } = job;
    return { jobId, guildId, memberId, acceptedAtMs, version, stateSinceMs, retryAtMs };
  });
  const any = (): undefined => undefined;
  return createScheduler({
    database: NO_DATABASE,
    store: {
      findMany: async () => Promise.resolve(JOBS.filter(({ id }) => id !== unreadable)),
      stillWaiting: async (ids) => Promise.resolve(new Set(ids)),
    },
    slots: {
      queue: async () =>
        Promise.resolve({
          waiting,
          running: [],
          limits: { server: () => atOnce, member: any, account: any },
        }),
      claimSlot: async () => Promise.resolve(1),
    },
    offers: createOffers({ vendors, prices: {}, clock, states: () => states }),
    clock,
  });
}

/** Jobs that may start, and jobs that are only listed because they wait for a time. */
async function due(scheduler: Scheduler): Promise<{ now: string[]; later: string[] }> {
  const jobs = await scheduler.due(100);
  const isLater = (job: Job): boolean => scheduler.waitMs(job, clock.now()) > 0;
  return {
    now: jobs.filter((job) => !isLater(job)).map(({ id }) => id),
    later: jobs.filter(isLater).map(({ id }) => id),
  };
}

const ALL = JOBS.map(({ id }) => id);

test('every job is due while one of the vendors is up', async () => {
  expect(await due(turnsWith({}))).toEqual({ now: ALL, later: [] });
  expect(await due(turnsWith({ byteplus: RESTING }))).toEqual({ now: ALL, later: [] });
});

test('a job whose record cannot be read takes no slot', async () => {
  const scheduler = turnsWith({}, { unreadable: 'first', atOnce: 1 });

  expect(await due(scheduler)).toEqual({ now: ['second'], later: [] });
});

test('every job waits for the first trial while all vendors are paused', async () => {
  const scheduler = turnsWith({
    byteplus: RESTING,
    powertokens: { ...RESTING, untilMs: 3 * RESTING.untilMs },
  });

  expect(await due(scheduler)).toEqual({ now: [], later: ALL });
  expect(JOBS.map((job) => scheduler.waitMs(job, clock.now()))).toEqual(JOBS.map(() => MINUTE));
  expect(await scheduler.positions(), 'no queue position is shown').toEqual(new Map());
});

test('a vendor on trial gets only the first job, and the others are not due before their next check', async () => {
  const scheduler = turnsWith({ byteplus: ON_TRIAL, powertokens: RESTING });

  expect(await due(scheduler)).toEqual({ now: ['first'], later: [] });
});

test('the other jobs go to other vendors, or wait, during a trial', async () => {
  const busy = { ...ON_TRIAL, isBusy: true } as const;

  expect(await due(turnsWith({ byteplus: busy }))).toEqual({ now: ALL, later: [] });
  expect(await due(turnsWith({ byteplus: busy, powertokens: RESTING }))).toEqual({
    now: [],
    later: ALL,
  });
});

test('a job waits for a later attempt, but no longer when the clock is set back', () => {
  const scheduler = turnsWith({});
  const nowMs = clock.now();
  const refused = (agoMs: number): Job => {
    const stateSinceMs = nowMs - agoMs;
    return aJob({ stateSinceMs, retryAtMs: stateSinceMs + MINUTE, holdCredits: 1000 });
  };

  expect(scheduler.waitMs(refused(20 * SECOND), nowMs)).toBe(40 * SECOND);
  // From another process, whose clock is slightly ahead.
  expect(scheduler.waitMs(refused(-2 * SECOND), nowMs)).toBe(62 * SECOND);
  expect(scheduler.waitMs(refused(-5 * HOUR), nowMs)).toBeLessThanOrEqual(0);
});
