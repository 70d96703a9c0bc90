import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { DAY } from '#src/clock.ts';
import { jobFigures, moneyFigures } from '#src/metrics/figures.ts';
import { createVendorLedger } from '#src/quota/ledgers/vendor-ledger.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../../databases/database.ts';
import { quotaOn, quotaSettings, who } from '../../fakes/quota.ts';

const LAST_MONTH_MS = who.nowMs - 30 * DAY;

describe.each(databaseKinds())('metrics from the database on %s', (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(() => opened.close());

  test('the metrics of an empty database are all zero, with every open state present', async () => {
    const { inState, heldCredits } = await jobFigures(opened.database);

    expect(inState.size).toBe(5);
    expect(new Set(inState.values())).toEqual(new Set([0]));
    expect(heldCredits).toBe(0);
    expect(await moneyFigures(opened.database, who.nowMs)).toEqual({
      membersSpent: 0,
      vendors: new Map(),
    });
  });

  test('the metrics count open jobs by state, members’ holds, and this month’s charges', async () => {
    const { accept, deliver, fail } = quotaOn(opened.database, quotaSettings());
    await accept('open1', 30);
    await accept('open2', 12, { memberId: 'bob', guildId: 'other' });
    await accept('done', 30);
    await deliver('done', 24);
    await accept('failed', 50);
    await fail('failed');
    await accept('old', 40, { nowMs: LAST_MONTH_MS });
    await deliver('old', 40);

    const { inState, heldCredits } = await jobFigures(opened.database);

    expect(Object.fromEntries(inState)).toMatchObject({ accepted: 2, succeeded: 0 });
    expect(heldCredits).toBe(42);
    expect((await moneyFigures(opened.database, who.nowMs)).membersSpent).toBe(24);
  });

  test('the metrics sum up the vendor ledger by vendor: held, and billed or lost this month', async () => {
    const book = createVendorLedger();
    const submit = async (id: string, credits: number, vendor: string, nowMs: number) => {
      const submission = { submissionId: id, jobId: id, vendor, guildId: 'guild', credits, nowMs };
      await opened.database.transaction().execute(async (on) => book.open(on, submission));
    };
    await submit('open', 30, 'byteplus', who.nowMs);
    await submit('open before', 7, 'byteplus', LAST_MONTH_MS);
    await submit('billed', 30, 'byteplus', who.nowMs);
    await submit('billed before', 99, 'byteplus', LAST_MONTH_MS);
    await submit('lost', 5, 'azerion', who.nowMs);
    await submit('refused', 60, 'azerion', who.nowMs);
    await opened.database.transaction().execute(async (on) => {
      const { nowMs } = who;
      await book.bill(on, { submissionId: 'billed', credits: 24, nowMs });
      await book.bill(on, { submissionId: 'billed before', credits: 99, nowMs });
      await book.lost(on, { submissionId: 'lost', nowMs });
      await book.notBilled(on, { submissionId: 'refused', nowMs });
    });

    const { vendors } = await moneyFigures(opened.database, who.nowMs);

    expect(vendors.get('byteplus')).toEqual({ held: 37, spent: 24 });
    expect(vendors.get('azerion')).toEqual({ held: 0, spent: 5 });
  });
});
