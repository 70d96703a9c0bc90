import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { MINUTE, SECOND } from '#src/clock.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { lengthKey, latestRenderTimes, noteRenderTime } from '#src/jobs/record/render-times.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { aJob, aRequest, aTakenSubmission, JOB_BORN_MS } from '../fakes/job.ts';
import { JobsSetup } from '../fakes/jobs-setup.ts';

const { resolution, length } = aRequest();
const LATEST = { model: '1.0-pro', vendor: 'byteplus', limit: 1_000 } as const;

function finishedIn(seconds: number, overrides: Partial<Job> = {}): Job {
  return aJob({
    id: `job${seconds}`,
    state: 'succeeded',
    submissions: [aTakenSubmission({ submittedAtMs: JOB_BORN_MS })],
    result: { videoUrl: 'https://videos.example/1', succeededAtMs: JOB_BORN_MS + seconds * SECOND },
    ...overrides,
  });
}

describe.each(databaseKinds())('render times on %s', (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(async () => opened.close());

  const note = async (...jobs: Job[]): Promise<void> =>
    opened.database.transaction().execute(async (transaction) => {
      for (const job of jobs) await noteRenderTime(transaction, job);
    });

  test('render times are listed newest first, for one model at one vendor', async () => {
    const elsewhere = aTakenSubmission({ vendor: 'volcengine', submittedAtMs: JOB_BORN_MS });
    await note(finishedIn(50), finishedIn(60));
    await note(finishedIn(70, { request: aRequest({ model: '2.0' }) }));
    await note(finishedIn(80, { submissions: [elsewhere] }));

    expect(await latestRenderTimes(opened.database, LATEST)).toEqual(
      [60, 50].map((seconds) => ({
        resolution,
        length: lengthKey(length),
        tookMs: seconds * SECOND,
      })),
    );
  });

  test('a render time is recorded once per job, and not when it is unknown', async () => {
    await note(finishedIn(50), finishedIn(50));
    await note(finishedIn(60, { submissions: [] }));

    expect(await latestRenderTimes(opened.database, LATEST)).toHaveLength(1);
  });

  test('render times are kept for the latest hundred videos only', async () => {
    await note(...Array.from({ length: 130 }, (_, index) => finishedIn(index + 1)));

    const kept = await latestRenderTimes(opened.database, LATEST);

    expect(kept).toHaveLength(100);
    expect(kept.at(-1)?.tookMs).toBe(31 * SECOND);
  });

  test('render times predict when the next video of the model is due', async () => {
    const setup = await JobsSetup.open({ kind, vendors: [{ renderMs: 2 * MINUTE }] });
    const { jobs } = setup.start();
    const past = await Promise.all([1, 2, 3].map(async () => jobs.accept(setup.anOrder())));
    await setup.untilStored(...past);

    const next = await jobs.accept(setup.anOrder());
    await setup.until('queued', next);

    const { expectedAtMs = 0, submissions } = await setup.find(next.id);
    const expectedMs = expectedAtMs - (submissions[0]?.submittedAtMs ?? 0);
    expect(expectedMs).toBeGreaterThanOrEqual(2 * MINUTE);
    expect(expectedMs).toBeLessThan(3 * MINUTE);
    await setup.close();
  });
});
