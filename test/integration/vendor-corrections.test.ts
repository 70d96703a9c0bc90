/** The vendor-ledger command on a database that a bot has open. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createIdMaker } from '#src/ids.ts';
import { moneyFigures } from '#src/metrics/figures.ts';
import { runVendorLedger } from '#src/operator/run-vendor-ledger.ts';
import { checkConsistency } from '#src/quota/ledgers/consistency-check.ts';
import { correctVendorEntry, vendorEntries } from '#src/quota/ledgers/vendor-corrections.ts';
import { committedInMonth, createVendorLedger } from '#src/quota/ledgers/vendor-ledger.ts';
import type { DatabaseTransaction } from '#src/storage/database.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { quotaOn, quotaSettings } from '../fakes/quota.ts';

const PROGRAM = fileURLToPath(new URL('../../src/operator/vendor-ledger.ts', import.meta.url));
const nowMs = Date.parse('2026-11-28T12:00:00Z');
const book = createVendorLedger();
const ids = createIdMaker();

describe.each(databaseKinds())('corrections of the vendor ledger on %s', (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(async () => opened.close());

  const inTransaction = async <Result>(
    change: (transaction: DatabaseTransaction) => Promise<Result>,
  ): Promise<Result> => opened.database.transaction().execute(change);

  /** A job that was submitted to a vendor and has ended there. */
  const submitted = async (
    jobId: string,
    { submissionId = `s-${jobId}`, atMs = nowMs, billed = 27 } = {},
  ): Promise<void> => {
    const acting = quotaOn(opened.database, quotaSettings());
    const jobs = opened.database.selectFrom('jobs').select('id').where('id', '=', jobId);
    const isKnown = (await jobs.executeTakeFirst()) !== undefined;
    if (!isKnown) await acting.accept(jobId, 30, { guildId: 'guild', nowMs: atMs });
    await inTransaction(async (tx) => {
      const submission = { submissionId, jobId, vendor: 'byteplus', guildId: 'guild', credits: 30 };
      await book.open(tx, { ...submission, nowMs: atMs });
      await book.bill(tx, { submissionId, credits: billed, nowMs: atMs });
    });
    await acting.deliver(jobId, billed, atMs);
  };

  const run = async (...words: string[]) => {
    let said = '';
    let complained = '';
    const status = await runVendorLedger(words, {
      environment: () => ({ DATABASE_URL: opened.url }),
      ids,
      nowMs: nowMs + 1000,
      write: (text) => void (said += text),
      writeError: (text) => void (complained += text),
    });
    return { status, said, complained };
  };
  const correct = async (id: string, credits: number, note = 'invoice 4711') =>
    run('correct', id, String(credits), '--note', note);
  /** As an operator runs it. Within one process, SQLite would wait for a lock that only the process can release. */
  const correctInProcess = async (id: string, credits: number) =>
    promisify(execFile)(
      process.execPath,
      [PROGRAM, 'correct', id, String(credits), '--note', 'invoice 4711'],
      { env: { ...process.env, DATABASE_URL: opened.url } },
    );
  const committed = async (atMs = nowMs) =>
    committedInMonth(opened.database, { guildId: 'guild', exceptJobId: '', nowMs: atMs });

  test.each([
    ['up', 40, '+13'],
    ['down', 3, '-24'],
    ['to zero', 0, '-27'],
  ])('a bill is corrected %s by a separate entry, which counts', async (_way, credits, by) => {
    await submitted('job1');
    await submitted('job2');

    const { status, said } = await correct('job1', credits);

    expect(status).toBe(0);
    expect(said).toContain('Submission s-job1 of job job1 at byteplus (billed, 2026-11):');
    expect(said).toContain(`before: 27 credits\n  after:  ${credits} credits (${by})`);
    expect(said).toContain(`corrects s-job1 by ${by}: invoice 4711`);
    const [, entry] = await vendorEntries(opened.database, { jobId: undefined }, 9);
    expect([entry?.state, await rowOf('s-job1')]).toEqual(['billed', 27]);
    expect(await committed()).toEqual({ operator: credits + 27, guild: credits + 27 });
    expect(await book.spentInMonth(opened.database, { nowMs })).toBe(credits + 27);
    const { vendors } = await moneyFigures(opened.database, nowMs);
    expect(vendors.get('byteplus')).toEqual({ held: 0, spent: credits + 27 });
    expect(await checkConsistency(opened.database)).toEqual([]);
  });

  const rowOf = async (submissionId: string): Promise<number> => {
    const row = await opened.database
      .selectFrom('vendor_ledger')
      .select('credits')
      .where('submission_id', '=', submissionId)
      .executeTakeFirstOrThrow();
    return row.credits;
  };

  test('a correction can be corrected, and each is kept with its note', async () => {
    await submitted('job1');
    await correct('job1', 90, 'typed wrong');
    await correct('s-job1', 9, 'as in the invoice');

    const { said } = await run('show', '--job', 'job1');

    expect(said).toMatch(/s-job1 +job1 +byteplus .* billed +30 +– +– +27 +-18 +9\n/);
    expect(said).toContain('corrects s-job1 by +63: typed wrong');
    expect(said).toContain('corrects s-job1 by -81: as in the invoice');
    expect(await committed()).toMatchObject({ operator: 9 });
    expect((await correct('job1', 9)).complained).toContain('counts 9 credits already');
  });

  test('a correction counts in the month of its submission', async () => {
    const lastMonthMs = Date.parse('2026-10-30T12:00:00Z');
    await submitted('job1', { atMs: lastMonthMs });

    await correct('job1', 100);

    expect(await committed()).toMatchObject({ operator: 0 });
    expect(await committed(lastMonthMs)).toMatchObject({ operator: 100 });
    expect((await run('show', '--month', '2026-10')).said).toMatch(
      /byteplus +0 +27 +0 +\+73 +100\n/,
    );
    expect((await run('show')).said).toBe('Nothing is booked for 2026-11 (UTC).\n');
    expect(await checkConsistency(opened.database)).toEqual([]);
  });

  test('a lost and corrected submission is unchanged by a late refusal', async () => {
    await inTransaction(async (tx) => {
      const submission = {
        submissionId: 's1',
        jobId: 'job1',
        vendor: 'byteplus',
        guildId: 'guild',
      };
      await book.open(tx, { ...submission, credits: 30, nowMs });
      await book.lost(tx, { submissionId: 's1', nowMs });
    });
    await correct('s1', 0, 'not on the invoice');

    await inTransaction(async (tx) => book.notBilled(tx, { submissionId: 's1', nowMs }));

    expect(await book.spentInMonth(opened.database, { nowMs })).toBe(0);
  });

  test('two concurrent corrections end at one of the two, with both on record', async () => {
    await submitted('job1');

    await Promise.all([correctInProcess('job1', 40), correctInProcess('job1', 50)]);

    const [entry] = await vendorEntries(opened.database, { jobId: 'job1' }, 1);
    expect([40, 50]).toContain(entry?.credits);
    expect(entry?.corrections).toHaveLength(2);
  });

  test('an invalid correction is refused in one sentence, and writes nothing', async () => {
    await submitted('job1');
    await submitted('job1', { submissionId: 's-second', billed: 5 });
    await inTransaction(async (tx) => {
      const submission = { submissionId: 's-open', jobId: 'job3', vendor: 'byteplus' };
      await book.open(tx, { ...submission, guildId: 'guild', credits: 30, nowMs });
    });
    const rows = async () => opened.database.selectFrom('vendor_ledger').selectAll().execute();
    const before = await rows();

    for (const [outcome, says] of [
      [await correct('nobody', 5), 'no submission and no job "nobody"'],
      [await correct("'; drop table jobs", 5), 'no submission and no job'],
      [await correct('job1', 5), 'name one of them: s-job1 (byteplus, 27 credits), s-second'],
      [await correct('s-open', 5), 'still open at byteplus'],
      [await correct('s-job1', 5, '   '), 'needs a --note'],
      [await correct('s-job1', 5, 'x'.repeat(201)), 'at most 200 characters'],
      [await run('show', '--job', 'nobody'), 'no matching submissions'],
    ] as const) {
      expect(outcome).toMatchObject({ status: 1, said: '' });
      expect(outcome.complained).toContain(says);
      expect(outcome.complained.trim()).not.toContain('\n');
    }
    expect(await rows()).toEqual(before);
  });

  test.each([-1, 0.5, Number.NaN, 1e12])(
    'a correction of %d credits is refused by the database too',
    async (credits) => {
      await submitted('job1');
      const change = { id: 'job1', credits, note: 'x', entryId: 'e', nowMs };

      await expect(inTransaction(async (tx) => correctVendorEntry(tx, change))).rejects.toThrow(
        'CREDITS must be a whole number',
      );
    },
  );

  test('an implausible claim is shown next to the recorded amount', async () => {
    await submitted('job1');
    await opened.database
      .updateTable('jobs')
      .set({ record: JSON.stringify({ claimedCredits: 1250, result: { tokens: 5_000_000 } }) })
      .where('id', '=', 'job1')
      .execute();

    const { said } = await run('show');

    expect(said).toContain('Vendor ledger of 2026-11 (UTC), in credits');
    expect(said).toMatch(/s-job1 .* 30 +5000000 +1250 +27 +0 +27\n/);
  });

  test('the consistency check finds a correction that does not add up', async () => {
    await submitted('job1');
    await correct('job1', 0);
    const { database } = opened;
    const change = async (set: object) =>
      database.updateTable('vendor_ledger').set(set).where('state', '=', 'correction').execute();

    await change({ credits: -99 });
    expect(await checkConsistency(database)).toEqual([
      'submission s-job1: counts -72 after its corrections',
    ]);
    await change({ credits: -27, period: '2026-01' });
    expect(await checkConsistency(database)).toEqual([
      expect.stringMatching(/^correction:\w+: counts elsewhere than what it corrects$/),
    ]);
    await change({ period: '2026-11', corrects: 'nothing' });
    expect((await checkConsistency(database)).join()).toContain('corrects no submission');
  });
});
