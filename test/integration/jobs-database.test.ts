import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { DAY, MINUTE, SECOND } from '#src/clock.ts';

import { losesAnswerOfCommit } from '../databases/lost-commit.ts';
import { pngImage } from '../fakes/images.ts';
import { JobsRoom } from '../fakes/jobs-setup.ts';
import { losesAnswer, refuses, takes } from '../fakes/vendor.ts';

const HOLD = 26;

let room: JobsRoom;
beforeEach(async () => {
  room = await JobsRoom.open();
});
afterEach(async () => room.close());

/** From now on this kind of write fails, as on a full disk. */
async function breakTable(kind: 'insert' | 'update', table: string, when = '1 = 1'): Promise<void> {
  await sql`create trigger broken before ${sql.raw(kind)} on ${sql.table(table)} when ${sql.raw(when)}
    begin select raise(abort, 'database or disk is full'); end`.execute(room.database);
}

async function mend(): Promise<void> {
  await sql`drop trigger broken`.execute(room.database);
}

async function rowsOf(table: 'jobs' | 'ledger' | 'vendor_ledger'): Promise<number> {
  return (await room.database.selectFrom(table).selectAll().execute()).length;
}

describe('a failing database', () => {
  test.each(['jobs', 'ledger', 'accounts'])('a job is refused as a whole: %s', async (table) => {
    await breakTable('insert', table);
    const url = 'https://cdn.example/1.png';
    room.outside.pictures.set(url, pngImage());
    const attachments = [
      { role: 'first_frame', url, fileName: 'x.png', declaredBytes: 9 },
    ] as const;
    const { jobs } = room.start();

    await expect(jobs.accept(room.anOrder({ attachments }))).rejects.toThrow(/disk is full/);

    await room.clock.advance(MINUTE);
    expect([await rowsOf('jobs'), await rowsOf('ledger')]).toEqual([0, 0]);
    expect(room.vendor.calls).toEqual([]);
    expect(await room.files.list()).toEqual([]);
    await mend();
    await expect(jobs.accept(room.anOrder({ attachments }))).resolves.toBeDefined();
    await room.clock.settle();
  });

  test.each([
    { kind: 'insert', table: 'vendor_ledger' },
    { kind: 'update', table: 'jobs' },
  ] as const)('no vendor is called after a failing $kind of $table', async ({ kind, table }) => {
    await breakTable(kind, table);
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());

    await room.clock.advance(5 * MINUTE);
    expect(room.vendor.calls).toEqual([]);
    expect(await room.find(job.id)).toMatchObject({ state: 'accepted', submissions: [] });
    expect(await rowsOf('vendor_ledger')).toBe(0);

    await mend();
    await room.untilStored(job);
    expect(room.vendor.count('start')).toBe(1);
  });

  test('an unreachable database means that jobs are refused and no vendor is called', async () => {
    const { jobs } = room.create();
    await jobs.accept(room.anOrder());
    await room.database.destroy();
    jobs.start();

    await expect(jobs.accept(room.anOrder())).rejects.toThrow(/driver has already been destroyed/);
    await room.clock.advance(5 * MINUTE);

    expect(room.vendor.calls).toEqual([]);
    await room.close({ isDatabaseClosed: true });
    room = await JobsRoom.open();
  });
});

test('a job whose commit had no answer is accepted with its files', async () => {
  const url = 'https://cdn.example/1.png';
  room.outside.pictures.set(url, pngImage());
  const attachments = [{ role: 'first_frame', url, fileName: 'x.png', declaredBytes: 9 }] as const;
  const isAnswered = async () => (await room.allJobs()).length === 0;
  const database = losesAnswerOfCommit(room.database, { isAnswered });
  const { jobs } = room.create(room.vendors, database);

  const job = await jobs.accept(room.anOrder({ attachments }));
  room.start();
  await room.untilStored(job);

  expect(await room.allJobs()).toHaveLength(1);
});

describe('a submission whose commit had no answer', () => {
  test.each([true, false])(
    'a submission without a commit answer is sent once, and continues (lists: %s)',
    async (canList) => {
      await room.close();
      room = await JobsRoom.open({ vendors: [{ canList }] });
      const job = await room.create().jobs.accept(room.anOrder());
      room.create(room.vendors, losesAnswerOfCommit(room.database)).jobs.start();

      await room.untilStored(job);

      expect(room.vendor.count('start')).toBe(1);
      expect(await room.book(job)).toEqual([
        { vendor: 'byteplus', state: 'billed', credits: expect.any(Number) },
      ]);
      expect((await room.find(job.id)).submissions).toHaveLength(1);
    },
  );

  test('a submission is sent once even when the database is unreachable after its commit', async () => {
    await room.close();
    room = await JobsRoom.open({ vendors: [{ canList: false }] });
    const job = await room.create().jobs.accept(room.anOrder());
    const database = losesAnswerOfCommit(room.database, { thenFails: 3 });
    room.create(room.vendors, database).jobs.start();

    await room.untilStored(job);

    expect(room.vendor.count('start')).toBe(1);
  });

  test('a submission is not sent when another process has given the job up meanwhile', async () => {
    await room.close();
    room = await JobsRoom.open({ vendors: [{ canList: false }] });
    const other = room.create();
    const job = await other.jobs.accept(room.anOrder());
    const database = losesAnswerOfCommit(room.database, {
      async beforeAnswer() {
        await other.jobs.transition(await room.find(job.id), { type: 'submission-lost' });
      },
    });
    room.create(room.vendors, database).jobs.start();

    await room.clock.advance(5 * MINUTE);

    expect(room.vendor.count('start')).toBe(0);
    expect(await room.find(job.id)).toMatchObject({
      state: 'failed',
      failure: { reason: 'submission-lost' },
    });
    expect(await room.credits()).toEqual({ held: 0, used: 0 });
  });

  test('only the process that recorded a submission sends it', async () => {
    await room.close();
    room = await JobsRoom.open({ vendors: [{ canList: false }] });
    const other = room.create();
    const job = await other.jobs.accept(room.anOrder());
    // Its lease is lost on the way, so that only the written record separates the two.
    const answered = Promise.withResolvers<undefined>();
    const database = losesAnswerOfCommit(room.database, {
      beforeBegin: async () => answered.promise,
    });
    const late = room.create(room.vendors, database);
    late.jobs.start();
    await room.clock.settle();
    await late.leases.close();
    room.vendor.creates.push(takes(MINUTE, room.clock));
    other.jobs.start();
    await room.until('submitting', job);

    answered.resolve(undefined);
    await room.untilStored(job);

    expect(room.vendor.count('start')).toBe(1);
  });
});

test('an overdue job that cannot be written does not delay the others', async () => {
  const first = room.start();
  const stuck = await first.jobs.accept(room.anOrder());
  const other = await first.jobs.accept(room.anOrder());
  await room.until('running', stuck, other);
  await first.jobs.stop();
  await breakTable('update', 'jobs', `new.id = '${stuck.id}'`);
  await room.clock.advance(4 * DAY);

  room.start([]);
  await room.until('expired', other);
  expect((await room.find(stuck.id)).state).toBe('running');

  await mend();
  await room.until('expired', stuck);
});

describe('a vendor response during a short database failure', () => {
  test('the task is recorded later, even where it could not be searched for', async () => {
    await room.close();
    room = await JobsRoom.open({ vendors: [{ canList: false }] });
    await breakTable('update', 'jobs', `new.state = 'queued'`);
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());
    await room.clock.advance(20 * SECOND);
    expect((await room.find(job.id)).state).toBe('submitting');

    await mend();
    await room.untilStored(job);

    expect(room.vendor.count('start')).toBe(1);
  });

  test('a refusal is recorded later', async () => {
    room.vendor.creates.push(refuses('moderated'));
    await breakTable('update', 'jobs', `new.state = 'failed'`);
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());
    await room.clock.advance(20 * SECOND);

    await mend();
    await room.until('failed', job);

    expect((await room.find(job.id)).failure?.reason).toBe('moderated-input');
    expect(await room.book(job)).toEqual([{ vendor: 'byteplus', state: 'not-billed', credits: 0 }]);
  });

  test('a task that stays unrecorded for long is found in the list, and not sent again', async () => {
    await breakTable('update', 'jobs', `new.state = 'queued'`);
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());
    await room.clock.advance(10 * MINUTE);
    expect((await room.find(job.id)).state).toBe('submitting');

    await mend();
    await room.untilStored(job);

    expect(room.vendor.count('start')).toBe(1);
  });

  test.each([
    { what: 'the bill', table: 'vendor_ledger', kind: 'update' },
    { what: 'the job', table: 'jobs', kind: 'update' },
  ] as const)('a success is recorded again when $what can be written', async ({ table, kind }) => {
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());
    await room.until('running', job);
    await breakTable(kind, table);
    await room.clock.advance(5 * MINUTE);
    expect((await room.find(job.id)).state).toBe('running');

    await mend();
    await room.untilStored(job);
  });

  test('a refund that cannot be written leaves the job unchanged', async () => {
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());
    await room.until('running', job);
    room.vendor.onlyTask().status = { status: 'expired' };
    await breakTable('insert', 'ledger');
    await room.clock.advance(MINUTE);
    expect((await room.find(job.id)).state).toBe('running');
    expect(await room.book(job)).toEqual([{ vendor: 'byteplus', state: 'open', credits: HOLD }]);

    await mend();
    await room.until('expired', job);

    expect(await room.credits()).toEqual({ held: 0, used: 0 });
  });
});

describe('an unreadable old record', () => {
  test('an unreadable record does not stop new tasks from being recorded', async () => {
    const { jobs } = room.start();
    const old = await jobs.accept(room.anOrder());
    await room.untilStored(old);
    const { record } = await room.database
      .selectFrom('jobs')
      .select('record')
      .executeTakeFirstOrThrow();
    await room.database.updateTable('jobs').set({ record: '{}' }).execute();
    room.vendor.creates.push(losesAnswer);

    const found = await jobs.accept(room.anOrder());
    const told = await jobs.accept(room.anOrder());
    await room.untilStored(found, told);

    expect(room.vendor.count('start')).toBe(3);
    await room.database.updateTable('jobs').set({ record }).where('id', '=', old.id).execute();
  });

  test('every record that is written can be read again', async () => {
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());
    await room.until('running', job);
    const result = { videoUrl: 'https://videos.example/1.mp4', tokens: 1.5 };
    const event = { type: 'vendor-succeeded', result, billedCredits: 1 } as const;

    await expect(jobs.transition(await room.find(job.id), event)).rejects.toThrow(/tokens/);

    expect((await room.find(job.id)).state).toBe('running');
    expect(await room.book(job)).toEqual([{ vendor: 'byteplus', state: 'open', credits: HOLD }]);
    await room.untilStored(job);
  });
});
