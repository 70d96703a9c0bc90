/** How soon a finished task is noticed, and how rarely its vendor is polled. */
import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';

import { SECOND } from '#src/clock.ts';
import type { Job } from '#src/jobs/record/job.ts';

import { JobsSetup } from '../fakes/jobs-setup.ts';

const QUEUED_MS = SECOND;
const RENDER_MS = 25 * SECOND;

let setup: JobsSetup;
afterEach(async () => setup.close());

async function order(jobs: number, everyMs: number): Promise<Job[]> {
  setup = await JobsSetup.open({ vendors: [{ queuedMs: QUEUED_MS, renderMs: RENDER_MS }] });
  const { jobs: door } = setup.start();
  const accepted: Job[] = [];
  for (let count = 0; count < jobs; count += 1) {
    accepted.push(await door.accept(setup.anOrder({ place: { memberId: `member${count}` } })));
    await setup.clock.advance(everyMs);
  }
  return accepted;
}

/** From the end at the vendor until the bot notices, for each job. */
async function delaysMs(jobs: readonly Job[]): Promise<number[]> {
  await setup.until('succeeded', ...jobs);
  const found = await setup.store.findMany(jobs.map(({ id }) => id));
  return found.map(({ result, submissions }) => {
    const task = setup.vendor.tasks.get(submissions.at(-1)?.taskId ?? '');
    const endedAtMs = (task?.createdAtMs ?? 0) + QUEUED_MS + RENDER_MS;
    return (result?.succeededAtMs ?? Number.POSITIVE_INFINITY) - endedAtMs;
  });
}

function listsAtMs(): number[] {
  return setup.vendor.calls.filter(({ call }) => call === 'checkMany').map(({ atMs }) => atMs);
}

test.each([
  { jobs: 120, everyMs: 200, what: 'many that finish one by one' },
  { jobs: 60, everyMs: 20, what: 'many that finish nearly at once' },
])(
  'half of $what are noticed within 0.7 s with one list call per second',
  async ({ jobs, everyMs }) => {
    const delays = (await delaysMs(await order(jobs, everyMs))).toSorted(
      (one, other) => one - other,
    );

    expect(delays[Math.floor(delays.length / 2)]).toBeLessThanOrEqual(700);
    const lists = listsAtMs();
    const gaps = lists.slice(1).map((atMs, index) => atMs - (lists[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(SECOND);
  },
);

test('the vendor is polled only every few seconds while no task is near its end', async () => {
  await order(10, 100);
  await setup.clock.advance(8 * SECOND);

  expect(listsAtMs().length).toBeLessThanOrEqual(5);
  expect(listsAtMs().length).toBeGreaterThanOrEqual(2);
});

test('a task of another server is noticed among the first of many that end together', async () => {
  setup = await JobsSetup.open({ vendors: [{ queuedMs: QUEUED_MS, renderMs: RENDER_MS }] });
  const { jobs: door } = setup.start();
  const accepted: Job[] = [];
  for (let count = 0; count < 20; count += 1) {
    accepted.push(await door.accept(setup.anOrder({ place: { memberId: `member${count}` } })));
  }
  accepted.push(await door.accept(setup.anOrder({ place: { guildId: 'other' } })));
  await setup.until('succeeded', ...accepted);

  const noted = await setup.database
    .selectFrom('job_events')
    .innerJoin('jobs', 'jobs.id', 'job_events.job_id')
    .select('jobs.guild_id')
    .where('job_events.to_state', '=', 'succeeded')
    .where('job_events.from_state', '!=', 'succeeded')
    .orderBy(sql`job_events.rowid`)
    .execute();
  expect(noted.findIndex((row) => row.guild_id === 'other')).toBeLessThanOrEqual(1);
});
