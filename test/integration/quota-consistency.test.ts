import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createVendorLedger } from '#src/quota/ledgers/vendor-ledger.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { setJobState } from '../fakes/job-rows.ts';
import { quotaOn, quotaSettings, who } from '../fakes/quota.ts';

describe.each(databaseKinds())('the consistency check of the ledgers on %s', (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(async () => opened.close());

  const aQuota = (settings = quotaSettings()) => quotaOn(opened.database, settings);

  test('the consistency check finds an ended job that still holds credits', async () => {
    const { accept, quota } = aQuota();
    await accept('job', 10);
    await setJobState(opened.database, 'job', 'failed');

    expect(await quota.audit(opened.database)).toEqual(['job: is failed and still holds credits']);
  });

  test('the consistency check finds a job at a vendor without an entry in the vendor ledger', async () => {
    const { accept, quota } = aQuota();
    await accept('job', 10);
    await setJobState(opened.database, 'job', 'running');

    expect(await quota.audit(opened.database)).toEqual([
      'job: is running and not open in the vendor ledger',
    ]);
  });

  test('the consistency check finds changed and deleted rows', async () => {
    const { accept, deliver, quota } = aQuota();
    await accept('a', 10);
    await accept('b', 10);
    await deliver('b', 4);
    await opened.database
      .updateTable('ledger')
      .set({ amount: -11 })
      .where('job_id', '=', 'a')
      .where('member_id', '=', 'alice')
      .execute();
    await opened.database
      .deleteFrom('ledger')
      .where('step_id', '=', 'outcome:b')
      .where('member_id', '=', '')
      .execute();

    const faults = await quota.audit(opened.database);
    expect(faults).toContain('a: holds 11 of the member, not 10');
    expect(faults).toContain('b: has an outcome in some accounts only');
    expect(faults).toContain('b: returned different sums to the server and the member');
  });

  test('the consistency check finds a monthly total that differs from its submissions', async () => {
    const { quota, inTransaction } = aQuota();
    const book = createVendorLedger();
    const { nowMs, guildId } = who;
    const submission = { submissionId: 's', jobId: 'job', vendor: 'byteplus', guildId, nowMs };
    await inTransaction(async (tx) => book.open(tx, { ...submission, credits: 7 }));
    // As a manual change would, without updating the sum.
    await opened.database.updateTable('vendor_ledger').set({ credits: 9 }).execute();
    expect(await book.spentInMonth(opened.database, { nowMs, guildId })).toBe(9);
    await opened.database.updateTable('vendor_month_sums').set({ credits: 8 }).execute();

    expect(await quota.audit(opened.database)).toContain('2026-11 of guild: counts 8, not 9');
    await opened.database.deleteFrom('vendor_ledger').execute();
    expect(await book.spentInMonth(opened.database, { nowMs, guildId })).toBe(-1);
  });

  test('the consistency check finds a hold without a job', async () => {
    const { quota, inTransaction } = aQuota();
    await inTransaction(async (tx) => quota.hold(tx, { ...who, jobId: 'ghost', credits: 5 }));

    expect(await quota.audit(opened.database)).toEqual(['ghost: there is no job']);
  });
});
