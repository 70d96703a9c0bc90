/** The response to the commit that records a job is lost: the outcome is found out, or reported as unknown. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { MINUTE } from '#src/clock.ts';
import type { Order } from '#src/jobs/acceptance/accept-job.ts';
import type { Database } from '#src/storage/database.ts';

import { databaseKinds } from '../databases/database.ts';
import { loseAnswerBeforeCommit, loseCommitAnswer } from '../databases/lost-commit.ts';
import { pngImage } from '../fakes/images.ts';
import { JobsSetup } from '../fakes/jobs-setup.ts';
import { untilTrue } from '../fakes/until.ts';

const URL_OF_PICTURE = 'https://cdn.example/1.png';
/** An interaction’s token lives for 15 minutes, and a member waits for a reply. */
const ANSWERED_WITHIN_MS = 1.5 * MINUTE;

describe.each(databaseKinds())('a job on %s whose commit had no answer', (kind) => {
  let setup: JobsSetup;
  beforeEach(async () => {
    setup = await JobsSetup.open({ kind });
    setup.outside.pictures.set(URL_OF_PICTURE, pngImage());
  });
  afterEach(async () => setup.close());

  const anOrder = (): Order =>
    setup.anOrder({
      attachments: [
        { role: 'first_frame', url: URL_OF_PICTURE, fileName: 'x.png', declaredBytes: 9 },
      ],
    });
  const inputs = async (): Promise<string[]> => readdir(join(setup.folder, 'inputs'));

  /** Only the statement that records the job loses its response. */
  const isAnswered = async (): Promise<boolean> => (await setup.allJobs()).length === 0;

  /** Its outcome so far. */
  function accepting(database: Database) {
    const outcome: { id?: string; error?: unknown } = {};
    const done = setup
      .create(setup.vendors, database)
      .jobs.accept(anOrder())
      .then(
        ({ id }) => void (outcome.id = id),
        (error: unknown) => void (outcome.error = error),
      );
    return { outcome, done };
  }

  test('a job with an unknown commit is accepted once the database answers again', async () => {
    const { outcome } = accepting(loseCommitAnswer(setup.database, { thenFails: 3, isAnswered }));
    await setup.clock.advance(ANSWERED_WITHIN_MS);

    const [job] = await setup.allJobs();
    expect(outcome).toEqual({ id: job?.id });
  });

  test.each([{ thenFails: 1_000 }, { thenHangs: true }])(
    'a job with an unknown commit is neither accepted nor refused while the database is away, and keeps its picture: %o',
    async (options) => {
      const { outcome } = accepting(loseCommitAnswer(setup.database, { ...options, isAnswered }));
      await setup.clock.advance(ANSWERED_WITHIN_MS);

      expect(outcome.error).toMatchObject({
        kind: 'acceptance-unknown',
        message: expect.stringContaining('can’t tell yet'),
      });
      expect(await inputs()).toHaveLength(1);
      const [job] = await setup.allJobs();
      setup.start();
      await setup.untilStored(...(job === undefined ? [] : [job]));
      expect(setup.vendor.count('start')).toBe(1);
    },
  );

  test.runIf(kind === 'postgres')(
    'a job with an unknown commit waits for a commit still in progress',
    async () => {
      const lands = Promise.withResolvers<void>();
      const { outcome, done } = accepting(loseAnswerBeforeCommit(setup.database, lands.promise));
      await untilTrue(async () => outcome.error !== undefined || (await hasWaiter(setup.database)));
      lands.resolve();
      await done;

      const [job] = await setup.allJobs();
      expect(outcome).toEqual({ id: job?.id });
      expect(await inputs()).toHaveLength(1);
    },
  );

  test('a job whose commit failed is refused at once, and leaves nothing', async () => {
    await sql`alter table jobs rename to jobs_away`.execute(setup.database);
    const { outcome, done } = accepting(setup.database);
    await done;
    await sql`alter table jobs_away rename to jobs`.execute(setup.database);

    expect(outcome.error).toMatchObject({ message: expect.stringMatching(/jobs/) });
    expect(await inputs()).toEqual([]);
  });
});

/** Resolves when a transaction waits for a lock in this database. */
async function hasWaiter(database: Database): Promise<boolean> {
  const { rows } = await sql`select 1 from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(database);
  return rows.length > 0;
}
