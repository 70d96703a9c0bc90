import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { committedInMonth, createVendorLedger } from '#src/quota/ledgers/vendor-ledger.ts';
import type { DatabaseTransaction } from '#src/storage/database.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { insertJobRow } from '../fakes/job-rows.ts';

const nowMs = Date.parse('2026-11-30T23:59:59Z');
const nextMonthMs = nowMs + 1000;
const book = createVendorLedger();

describe.each(databaseKinds())('the vendor ledger on %s', (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(async () => opened.close());

  const inTransaction = async (
    change: (transaction: DatabaseTransaction) => Promise<void>,
  ): Promise<void> => opened.database.transaction().execute(change);
  const open = async (submissionId: string, credits: number, fields = {}): Promise<void> =>
    inTransaction(async (tx) => {
      const submission = { submissionId, jobId: 'job', vendor: 'byteplus', guildId: 'guild' };
      await book.open(tx, { ...submission, credits, nowMs, ...fields });
    });
  const row = async (submissionId: string) =>
    opened.database
      .selectFrom('vendor_ledger')
      .select(['state', 'credits', 'period', 'closed_at'])
      .where('submission_id', '=', submissionId)
      .executeTakeFirst();

  test('a submission is opened at its hold, once', async () => {
    await open('s', 30);
    await open('s', 99);

    expect(await row('s')).toEqual({
      state: 'open',
      credits: 30,
      period: '2026-11',
      closed_at: null,
    });
  });

  test.each([
    { how: 'billed below its hold', credits: 24 },
    { how: 'billed above its hold', credits: 45 },
  ])('a submission $how costs its bill', async ({ credits }) => {
    await open('s', 30);
    const bill = { submissionId: 's', credits, nowMs: nextMonthMs };
    await inTransaction(async (tx) => book.bill(tx, bill));
    await inTransaction(async (tx) => book.bill(tx, { ...bill, credits: 1 }));
    await inTransaction(async (tx) => book.notBilled(tx, bill));
    await inTransaction(async (tx) => book.lost(tx, bill));

    const expected = { state: 'billed', credits, period: '2026-11', closed_at: nextMonthMs };
    expect(await row('s')).toEqual(expected);
  });

  test('a submission that the vendor did not accept costs nothing', async () => {
    await open('s', 30);
    await inTransaction(async (tx) => book.notBilled(tx, { submissionId: 's', nowMs }));
    await inTransaction(async (tx) => book.bill(tx, { submissionId: 's', credits: 5, nowMs }));

    expect(await row('s')).toMatchObject({ state: 'not-billed', credits: 0 });
  });

  test('a lost submission stays at its hold until it is found', async () => {
    await open('s', 30);
    await inTransaction(async (tx) => book.lost(tx, { submissionId: 's', nowMs }));
    expect(await row('s')).toMatchObject({ state: 'lost', credits: 30 });

    await inTransaction(async (tx) => book.bill(tx, { submissionId: 's', credits: 28, nowMs }));
    expect(await row('s')).toMatchObject({ state: 'billed', credits: 28 });
  });

  test('closing a submission that was never opened is an error', async () => {
    const bill = inTransaction(async (tx) =>
      book.bill(tx, { submissionId: 'stray', credits: 5, nowMs }),
    );

    await expect(bill).rejects.toThrow('The vendor ledger has no submission stray');
  });

  test.each([-1, 0.5])('%s credits are refused', async (credits) => {
    await expect(open('s', credits)).rejects.toThrow(RangeError);
    await open('s', 1);
    const bill = inTransaction(async (tx) => book.bill(tx, { submissionId: 's', credits, nowMs }));
    await expect(bill).rejects.toThrow(RangeError);
  });

  test('totals are by UTC month of the opening, over all servers or for one', async () => {
    await open('a', 30);
    await open('b', 20, { guildId: 'elsewhere' });
    await open('c', 7, { nowMs: nextMonthMs });

    expect(await book.spentInMonth(opened.database, { nowMs })).toBe(50);
    expect(await book.spentInMonth(opened.database, { nowMs, guildId: 'guild' })).toBe(30);
    expect(await book.spentInMonth(opened.database, { nowMs: nextMonthMs })).toBe(7);
    expect(await book.spentInMonth(opened.database, { nowMs, guildId: 'none' })).toBe(0);
  });

  test('committed credits are the ledger plus the holds of accepted jobs, except the one that asks', async () => {
    await open('a', 30);
    await open('b', 20, { guildId: 'elsewhere' });
    const job = { guildId: 'guild', memberId: 'alice' };
    await insertJobRow(opened.database, { ...job, id: 'waits', credits: 5 });
    await insertJobRow(opened.database, { ...job, id: 'asks', credits: 100 });
    await insertJobRow(opened.database, { ...job, id: 'runs', credits: 30, state: 'running' });

    const options = { guildId: 'guild', exceptJobId: 'asks', nowMs };
    const committed = await committedInMonth(opened.database, options);
    expect(committed).toEqual({ operator: 55, guild: 35 });
  });
});
