import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { DAY, MINUTE, SECOND } from '#src/clock.ts';

import { loseCommitAnswer } from '../databases/lost-commit.ts';
import { pngImage } from '../fakes/images.ts';
import { JobsSetup } from '../fakes/jobs-setup.ts';
import { losesAnswer, refuses, takes } from '../fakes/vendor.ts';

const HOLD = 26;

let setup: JobsSetup;
beforeEach(async () => {
  setup = await JobsSetup.open();
});
afterEach(async () => setup.close());

/** From now on this kind of write fails, as on a full disk. */
async function breakTable(kind: 'insert' | 'update', table: string, when = '1 = 1'): Promise<void> {
  await sql`create trigger broken before ${sql.raw(kind)} on ${sql.table(table)} when ${sql.raw(when)}
    begin select raise(abort, 'database or disk is full'); end`.execute(setup.database);
}

async function mend(): Promise<void> {
  await sql`drop trigger broken`.execute(setup.database);
}

async function rowsOf(table: 'jobs' | 'ledger' | 'vendor_ledger'): Promise<number> {
  return (await setup.database.selectFrom(table).selectAll().execute()).length;
}

describe('a failing database', () => {
  test.each(['jobs', 'ledger', 'accounts'])('a job is refused as a whole: %s', async (table) => {
    await breakTable('insert', table);
    const url = 'https://cdn.example/1.png';
    setup.outside.pictures.set(url, pngImage());
    const attachments = [
      { role: 'first_frame', url, fileName: 'x.png', declaredBytes: 9 },
    ] as const;
    const { jobs } = setup.start();

    await expect(jobs.accept(setup.anOrder({ attachments }))).rejects.toThrow(/disk is full/);

    await setup.clock.advance(MINUTE);
    expect([await rowsOf('jobs'), await rowsOf('ledger')]).toEqual([0, 0]);
    expect(setup.vendor.calls).toEqual([]);
    expect(await setup.files.list()).toEqual([]);
    await mend();
    await expect(jobs.accept(setup.anOrder({ attachments }))).resolves.toBeDefined();
    await setup.clock.settle();
  });

  test.each([
    { kind: 'insert', table: 'vendor_ledger' },
    { kind: 'update', table: 'jobs' },
  ] as const)('no vendor is called after a failing $kind of $table', async ({ kind, table }) => {
    await breakTable(kind, table);
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());

    await setup.clock.advance(5 * MINUTE);
    expect(setup.vendor.calls).toEqual([]);
    expect(await setup.find(job.id)).toMatchObject({ state: 'accepted', submissions: [] });
    expect(await rowsOf('vendor_ledger')).toBe(0);

    await mend();
    await setup.untilStored(job);
    expect(setup.vendor.count('start')).toBe(1);
  });

  test('an unreachable database means that jobs are refused and no vendor is called', async () => {
    const { jobs } = setup.create();
    await jobs.accept(setup.anOrder());
    await setup.database.destroy();
    jobs.start();

    await expect(jobs.accept(setup.anOrder())).rejects.toThrow(/driver has already been destroyed/);
    await setup.clock.advance(5 * MINUTE);

    expect(setup.vendor.calls).toEqual([]);
    await setup.close({ isDatabaseClosed: true });
    setup = await JobsSetup.open();
  });
});

test('a job whose commit had no answer is accepted with its files', async () => {
  const url = 'https://cdn.example/1.png';
  setup.outside.pictures.set(url, pngImage());
  const attachments = [{ role: 'first_frame', url, fileName: 'x.png', declaredBytes: 9 }] as const;
  const isAnswered = async () => (await setup.allJobs()).length === 0;
  const database = loseCommitAnswer(setup.database, { isAnswered });
  const { jobs } = setup.create(setup.vendors, database);

  const job = await jobs.accept(setup.anOrder({ attachments }));
  setup.start();
  await setup.untilStored(job);

  expect(await setup.allJobs()).toHaveLength(1);
});

describe('a submission whose commit had no answer', () => {
  test.each([true, false])(
    'a submission without a commit answer is sent once, and continues (lists: %s)',
    async (canList) => {
      await setup.close();
      setup = await JobsSetup.open({ vendors: [{ canList }] });
      const job = await setup.create().jobs.accept(setup.anOrder());
      setup.create(setup.vendors, loseCommitAnswer(setup.database)).jobs.start();

      await setup.untilStored(job);

      expect(setup.vendor.count('start')).toBe(1);
      expect(await setup.book(job)).toEqual([
        { vendor: 'byteplus', state: 'billed', credits: expect.any(Number) },
      ]);
      expect((await setup.find(job.id)).submissions).toHaveLength(1);
    },
  );

  test('a submission is sent once even when the database is unreachable after its commit', async () => {
    await setup.close();
    setup = await JobsSetup.open({ vendors: [{ canList: false }] });
    const job = await setup.create().jobs.accept(setup.anOrder());
    const database = loseCommitAnswer(setup.database, { thenFails: 3 });
    setup.create(setup.vendors, database).jobs.start();

    await setup.untilStored(job);

    expect(setup.vendor.count('start')).toBe(1);
  });

  test('a submission is not sent when another process has given the job up meanwhile', async () => {
    await setup.close();
    setup = await JobsSetup.open({ vendors: [{ canList: false }] });
    const other = setup.create();
    const job = await other.jobs.accept(setup.anOrder());
    const database = loseCommitAnswer(setup.database, {
      async beforeAnswer() {
        await other.jobs.transition(await setup.find(job.id), { type: 'submission-lost' });
      },
    });
    setup.create(setup.vendors, database).jobs.start();

    await setup.clock.advance(5 * MINUTE);

    expect(setup.vendor.count('start')).toBe(0);
    expect(await setup.find(job.id)).toMatchObject({
      state: 'failed',
      failure: { reason: 'submission-lost' },
    });
    expect(await setup.credits()).toEqual({ held: 0, used: 0 });
  });

  test('only the process that recorded a submission sends it', async () => {
    await setup.close();
    setup = await JobsSetup.open({ vendors: [{ canList: false }] });
    const other = setup.create();
    const job = await other.jobs.accept(setup.anOrder());
    // Its lease is lost on the way, so that only the written record separates the two.
    const answered = Promise.withResolvers<undefined>();
    const database = loseCommitAnswer(setup.database, {
      beforeBegin: async () => answered.promise,
    });
    const late = setup.create(setup.vendors, database);
    late.jobs.start();
    await setup.clock.settle();
    await late.leases.close();
    setup.vendor.creates.push(takes(MINUTE, setup.clock));
    other.jobs.start();
    await setup.until('submitting', job);

    answered.resolve(undefined);
    await setup.untilStored(job);

    expect(setup.vendor.count('start')).toBe(1);
  });
});

test('an overdue job that cannot be written does not delay the others', async () => {
  const first = setup.start();
  const stuck = await first.jobs.accept(setup.anOrder());
  const other = await first.jobs.accept(setup.anOrder());
  await setup.until('running', stuck, other);
  await first.jobs.stop();
  await breakTable('update', 'jobs', `new.id = '${stuck.id}'`);
  await setup.clock.advance(4 * DAY);

  setup.start([]);
  await setup.until('expired', other);
  expect((await setup.find(stuck.id)).state).toBe('running');

  await mend();
  await setup.until('expired', stuck);
});

describe('a vendor response during a short database failure', () => {
  test('the task is recorded later, even where it could not be searched for', async () => {
    await setup.close();
    setup = await JobsSetup.open({ vendors: [{ canList: false }] });
    await breakTable('update', 'jobs', `new.state = 'queued'`);
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    await setup.clock.advance(20 * SECOND);
    expect((await setup.find(job.id)).state).toBe('submitting');

    await mend();
    await setup.untilStored(job);

    expect(setup.vendor.count('start')).toBe(1);
  });

  test('a refusal is recorded later', async () => {
    setup.vendor.creates.push(refuses('moderated'));
    await breakTable('update', 'jobs', `new.state = 'failed'`);
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    await setup.clock.advance(20 * SECOND);

    await mend();
    await setup.until('failed', job);

    expect((await setup.find(job.id)).failure?.reason).toBe('moderated-input');
    expect(await setup.book(job)).toEqual([
      { vendor: 'byteplus', state: 'not-billed', credits: 0 },
    ]);
  });

  test('a task that stays unrecorded for long is found in the list, and not sent again', async () => {
    await breakTable('update', 'jobs', `new.state = 'queued'`);
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    await setup.clock.advance(10 * MINUTE);
    expect((await setup.find(job.id)).state).toBe('submitting');

    await mend();
    await setup.untilStored(job);

    expect(setup.vendor.count('start')).toBe(1);
  });

  test.each([
    { what: 'the bill', table: 'vendor_ledger', kind: 'update' },
    { what: 'the job', table: 'jobs', kind: 'update' },
  ] as const)('a success is recorded again when $what can be written', async ({ table, kind }) => {
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    await setup.until('running', job);
    await breakTable(kind, table);
    await setup.clock.advance(5 * MINUTE);
    expect((await setup.find(job.id)).state).toBe('running');

    await mend();
    await setup.untilStored(job);
  });

  test('a refund that cannot be written leaves the job unchanged', async () => {
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    await setup.until('running', job);
    setup.vendor.onlyTask().status = { status: 'expired' };
    await breakTable('insert', 'ledger');
    await setup.clock.advance(MINUTE);
    expect((await setup.find(job.id)).state).toBe('running');
    expect(await setup.book(job)).toEqual([{ vendor: 'byteplus', state: 'open', credits: HOLD }]);

    await mend();
    await setup.until('expired', job);

    expect(await setup.credits()).toEqual({ held: 0, used: 0 });
  });
});

describe('an unreadable old record', () => {
  test('an unreadable record does not stop new tasks from being recorded', async () => {
    const { jobs } = setup.start();
    const old = await jobs.accept(setup.anOrder());
    await setup.untilStored(old);
    const { record } = await setup.database
      .selectFrom('jobs')
      .select('record')
      .executeTakeFirstOrThrow();
    await setup.database.updateTable('jobs').set({ record: '{}' }).execute();
    setup.vendor.creates.push(losesAnswer);

    const found = await jobs.accept(setup.anOrder());
    const told = await jobs.accept(setup.anOrder());
    await setup.untilStored(found, told);

    expect(setup.vendor.count('start')).toBe(3);
    await setup.database.updateTable('jobs').set({ record }).where('id', '=', old.id).execute();
  });

  test('every record that is written can be read again', async () => {
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    await setup.until('running', job);
    const result = { videoUrl: 'https://videos.example/1.mp4', tokens: 1.5 };
    const event = { type: 'vendor-succeeded', result, billedCredits: 1 } as const;

    await expect(jobs.transition(await setup.find(job.id), event)).rejects.toThrow(/tokens/);

    expect((await setup.find(job.id)).state).toBe('running');
    expect(await setup.book(job)).toEqual([{ vendor: 'byteplus', state: 'open', credits: HOLD }]);
    await setup.untilStored(job);
  });
});
