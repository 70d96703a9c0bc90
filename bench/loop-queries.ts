/** Measures the loops' repeated database queries after a million videos. */
import { systemClock } from '#src/clock.ts';
import { createSlots } from '#src/jobs/queue/running-slots.ts';
import { createJobStore } from '#src/jobs/record/job-store.ts';
import { createQuotaManager } from '#src/quota/quota-manager.ts';
import type { Database } from '#src/storage/database.ts';

import { fillHistory } from '../sandbox/past.ts';
import { median, type Row } from './figures.ts';
import { insertJobs, openBenchDatabase } from './open-database.ts';

const OPEN = 100;
const ROUNDS = 20;
const MOST_MS = 5;
const MOST_ORDER_MS = 15;

export async function measureLoopQueries(finished: number): Promise<Row[]> {
  await using opened = await openBenchDatabase();
  const { database } = opened;
  await fillHistory(database, { jobs: finished, endMs: Date.now() });
  await insertJobs(database, OPEN, 'accepted');
  await insertJobs(database, OPEN, 'running');
  const looks = await timed(async () => lookOnce(database));
  const orders = await timed(async (round) => orderOnce(database, round));
  const what = `${finished} finished jobs: all queries of the loops`;
  return [
    { what, shipped: median(looks), unit: 'ms', wanted: { most: MOST_MS } },
    { what: '  a hold', shipped: median(orders), unit: 'ms', wanted: { most: MOST_ORDER_MS } },
  ];
}

/** One after the other, as when every loop is woken once. */
async function lookOnce(database: Database): Promise<void> {
  const store = createJobStore(database);
  const nowMs = systemClock.now();
  await store.openTasks('byteplus');
  await store.inState('submitting', OPEN);
  await store.withoutVideo();
  await store.behind(1);
  await store.toDeliver(OPEN);
  await store.positionsShown();
  await store.toVerify(nowMs, OPEN);
  await store.atVendorSince(0);
  await store.serversToTell();
  await createSlots().queue(database);
}

async function orderOnce(database: Database, round: number): Promise<void> {
  const credits = 300_000_000;
  const quota = createQuotaManager({
    timeZone: 'UTC',
    limits: {
      defaultGuildCredits: credits,
      defaultMemberCredits: undefined,
      maxGuildCreditsPerMonth: credits,
      guildCredits: new Map(),
      operatorCreditsPerMonth: credits,
    },
  });
  // One of the members with many.
  const who = { guildId: 'past-guild1', memberId: 'past-member1', nowMs: systemClock.now() };
  await database
    .transaction()
    .execute(async (tx) => quota.hold(tx, { ...who, jobId: `round${round}`, credits: 30 }));
}

async function timed(work: (round: number) => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAtMs = performance.now();
    await work(round);
    times.push(performance.now() - startedAtMs);
  }
  return times;
}
