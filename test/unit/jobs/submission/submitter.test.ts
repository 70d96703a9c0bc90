/** How jobs are submitted while their vendor is on trial: one at a time. */
import { beforeEach, expect, test } from 'vitest';

import { createIdMaker } from '#src/ids.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { createOffers } from '#src/jobs/submission/offers.ts';
import { createSubmitter } from '#src/jobs/submission/submitter.ts';
import { createLogger } from '#src/logger.ts';
import { createVendorLedger } from '#src/quota/ledgers/vendor-ledger.ts';
import {
  createBreaker,
  FAILURES_UNTIL_REST,
  waitOf,
  type Breaker,
} from '#src/vendors/health/breaker.ts';

import { NO_DATABASE } from '../../../databases/no-database.ts';
import { inMemory } from '../../../fakes/bytes.ts';
import { createFakeClock, type FakeClock } from '../../../fakes/clock.ts';
import { aJob, aRequest, aSubmission, JOB_BORN_MS } from '../../../fakes/job.ts';
import { createFakeVendor, refuses, type FakeVendor } from '../../../fakes/vendor.ts';

let clock: FakeClock;
let vendor: FakeVendor;
let breaker: Breaker;
/** The jobs whose submission is being recorded, each until the test releases it. */
let writing: { id: string; letGo: (outcome: 'written' | 'failed') => void }[];

beforeEach(async () => {
  clock = createFakeClock({ startMs: JOB_BORN_MS });
  vendor = createFakeVendor({ clock });
  const waitUntilQuiet = (): void => undefined;
  breaker = createBreaker(vendor, {
    clock,
    onRest: waitUntilQuiet,
    onTrial: waitUntilQuiet,
    onBack: waitUntilQuiet,
  });
  writing = [];
  vendor.creates.push(...Array.from({ length: FAILURES_UNTIL_REST }, () => refuses('unavailable')));
  const submission = {
    request: aRequest(),
    inputs: [],
    safetyIdentifier: 'someone',
    expiresAfterSeconds: 170_000,
  };
  for (let time = 0; time < FAILURES_UNTIL_REST; time += 1) {
    await breaker.vendor.start(submission).catch(() => undefined);
  }
  await clock.advance(waitOf(breaker.health(), clock.now()));
  vendor.calls.length = 0;
});

function aSubmitter() {
  return createSubmitter({
    database: NO_DATABASE,
    store: {
      tagsInUse: async () => Promise.resolve(new Set<number>()),
      find: async () => Promise.resolve(undefined),
    },
    files: { open: async () => Promise.resolve(inMemory(new Uint8Array())) },
    vendorLedger: createVendorLedger(),
    planContextOf: async () => Promise.resolve({ offers: [] }),
    offers: createOffers({
      vendors: [breaker.vendor],
      prices: {},
      clock,
      states: () => new Map([['byteplus', breaker.health()]]),
    }),
    scheduler: { claim: async () => Promise.resolve(1) },
    async transition(job): Promise<Job> {
      if (job.state !== 'accepted') return job;
      const { promise, resolve } = Promise.withResolvers<'written' | 'failed'>();
      writing.push({ id: job.id, letGo: resolve });
      if ((await promise) === 'failed') throw new Error('The database is gone');
      return { ...job, state: 'submitting', submissions: [aSubmission()] };
    },
    safetySalt: 'salt',
    ids: createIdMaker(),
    clock,
    logger: createLogger('silent'),
  });
}

/** Two looks in quick succession each find a different job first. */
function twoJobs(): [Job, Job] {
  return [aJob({ id: 'one', holdCredits: 1000 }), aJob({ id: 'other', holdCredits: 1000 })];
}

test('only one trial is recorded at a time', async () => {
  const { submit } = aSubmitter();
  const { signal } = new AbortController();
  const [one, other] = twoJobs();

  const trial = submit(one, signal);
  const second = submit(other, signal);
  await clock.settle();
  expect(writing.map(({ id }) => id)).toEqual(['one']);
  for (const { letGo } of writing) letGo('written');
  await Promise.all([trial, second]);

  expect(vendor.count('start')).toBe(1);
  expect(breaker.health()).toEqual({ state: 'up' });
});

test('a trial that could not be recorded is left to the next job', async () => {
  const { submit } = aSubmitter();
  const { signal } = new AbortController();
  const [one, other] = twoJobs();
  const trial = submit(one, signal);
  await clock.settle();
  writing[0]?.letGo('failed');
  await expect(trial).rejects.toThrow('The database is gone');

  const next = submit(other, signal);
  await clock.settle();
  writing[1]?.letGo('written');
  await next;

  expect(vendor.count('start')).toBe(1);
});

test('all waiting jobs are submitted once the vendor has recovered', async () => {
  const { submit } = aSubmitter();
  const { signal } = new AbortController();
  const [one, other] = twoJobs();
  const trial = submit(one, signal);
  await clock.settle();
  writing[0]?.letGo('written');
  await trial;

  const both = [submit(one, signal), submit(other, signal)];
  await clock.settle();
  for (const { letGo } of writing) letGo('written');
  await Promise.all(both);

  expect(vendor.count('start')).toBe(3);
});
