/** Each possible fault in the ledgers is named, and correct ledgers have none. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Database } from '#src/storage/database.ts';
import type { LedgerTable, VendorLedgerTable } from '#src/storage/schema.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { setJobState } from '../fakes/job-rows.ts';
import { quotaOn, quotaSettings, who } from '../fakes/quota.ts';

const { guildId, nowMs } = who;
const MODERATOR = { guildId, actorId: 'moderator', nowMs };

/** A row of the member’s account for the job `job`, paid from grants. */
const EXTRA: LedgerTable = {
  step_id: 'hold:job',
  guild_id: guildId,
  member_id: 'alice',
  pot: 'extra',
  job_id: 'job',
  kind: 'hold',
  at: nowMs,
  counted_at: nowMs,
  period: '2026-11',
  amount: 0,
  actor_id: null,
  reason: null,
};
const SUBMISSION: VendorLedgerTable = {
  submission_id: 's1',
  job_id: 'job',
  vendor: 'byteplus',
  guild_id: guildId,
  period: '2026-11',
  opened_at: nowMs,
  closed_at: nowMs,
  state: 'billed',
  credits: 7,
  corrects: null,
  note: null,
};
const CORRECTION: VendorLedgerTable = {
  ...SUBMISSION,
  submission_id: 'c1',
  state: 'correction',
  credits: -2,
  corrects: 's1',
  note: 'by the invoice',
};

const LEDGER_FAULTS: readonly [string, Partial<LedgerTable>, string][] = [
  ['a negative hold', { amount: 3 }, 'job: holds less than nothing'],
  [
    'a return to a pot that was not drawn from',
    { step_id: 'outcome:job', kind: 'settle', amount: 0 },
    'job: has rows in a pot that its hold did not draw from',
  ],
  [
    'more returned than was held',
    { step_id: 'outcome:job', kind: 'settle', pot: 'allowance', amount: 11 },
    'job: returned 11 of 10',
  ],
  [
    'a negative refund',
    { step_id: 'outcome:job', kind: 'settle', pot: 'allowance', amount: -1 },
    'job: returned -1 of 10',
  ],
  [
    'a release that keeps some of it',
    { step_id: 'outcome:job', kind: 'release', pot: 'allowance', amount: 9 },
    'job: released 9 of 10',
  ],
  [
    'an exemption for a job that has not ended',
    { step_id: 'r', kind: 'reset', pot: 'allowance', amount: 10 },
    'job: was forgiven 10 of 10',
  ],
  [
    'rows of one job in two periods',
    { step_id: 'outcome:job', kind: 'settle', pot: 'allowance', counted_at: nowMs + 1 },
    'job: counts in two periods',
  ],
  ['a negative grant', { kind: 'grant', job_id: '', amount: -4 }, 'x: a grant of -4'],
  ['a taking that gives', { kind: 'deduct', job_id: '', amount: 4 }, 'x: a deduct of 4'],
  ['a reset that is not zero', { kind: 'reset', job_id: '', amount: 4 }, 'x: a reset of 4'],
  [
    'a grant of the allowance',
    { kind: 'grant', job_id: '', pot: 'allowance', amount: 4 },
    'x: a grant of the allowance',
  ],
  ['a hold without a job', { job_id: '', amount: -1 }, 'x: a hold without a job'],
  ['a settlement without a job', { kind: 'settle', job_id: '' }, 'x: a settle without a job'],
  ['a release without a job', { kind: 'release', job_id: '' }, 'x: a release without a job'],
];

const SUBMISSION_FAULTS: readonly [string, Partial<VendorLedgerTable>, string][] = [
  ['of no job', { job_id: 'ghost' }, 'submission s1: belongs to no job (ghost)'],
  ['with a negative cost', { credits: -1 }, 'submission s1: costs -1'],
  [
    'that is not billed and costs',
    { state: 'not-billed', credits: 1 },
    'submission s1: is not billed and costs 1',
  ],
  ['that is open and closed', { state: 'open' }, 'submission s1: is open by halves'],
  ['that is billed and not closed', { closed_at: null }, 'submission s1: is billed by halves'],
  [
    'in the wrong month',
    { period: '2026-10' },
    'submission s1: was opened in 2026-11 and counts in 2026-10',
  ],
];

const CORRECTION_FAULTS: readonly [string, Partial<VendorLedgerTable>, string][] = [
  ['of zero', { corrects: 's2' }, 'c1: corrects no submission'],
  ['without its submission', { corrects: null }, 'c1: corrects no submission'],
  ['in another month', { period: '2026-12' }, 'c1: counts elsewhere than what it corrects'],
  ['of another job', { job_id: 'other' }, 'c1: counts elsewhere than what it corrects'],
  ['without a note', { note: null }, 'c1: corrects without a note'],
  ['below nothing', { credits: -8 }, 'submission s1: counts -1 after its corrections'],
];

describe.each(databaseKinds())('the consistency check of the ledgers on %s', (kind) => {
  let opened: TestDatabase;
  let database: Database;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
    ({ database } = opened);
  });
  afterEach(async () => opened.close());

  /** One waiting job that holds ten credits. */
  async function oneJob() {
    const server = quotaOn(database, quotaSettings());
    await server.accept('job', 10);
    return { ...server, audit: async () => server.quota.audit(database) };
  }

  const write = async (row: Partial<LedgerTable>): Promise<unknown> =>
    database
      .insertInto('ledger')
      .values({ ...EXTRA, ...(row.job_id === '' ? { step_id: 'x' } : {}), ...row })
      .execute();
  const submit = async (...rows: readonly VendorLedgerTable[]): Promise<unknown> =>
    database
      .insertInto('vendor_ledger')
      .values([...rows])
      .execute();

  test.each(LEDGER_FAULTS)('the consistency check finds %s', async (_what, row, fault) => {
    const { audit } = await oneJob();
    await write(row);

    expect(await audit()).toContain(fault);
  });

  test.each(SUBMISSION_FAULTS)(
    'the consistency check finds a submission %s',
    async (_what, row, fault) => {
      const { audit } = await oneJob();
      await submit({ ...SUBMISSION, ...row });

      expect(await audit()).toEqual([fault]);
    },
  );

  test.each(CORRECTION_FAULTS)(
    'the consistency check finds a correction %s',
    async (_what, row, fault) => {
      const { audit } = await oneJob();
      await submit(SUBMISSION, { ...CORRECTION, ...row });

      expect(await audit()).toContain(fault);
    },
  );

  test('the consistency check finds a correction of an open submission', async () => {
    const { audit } = await oneJob();
    await submit({ ...SUBMISSION, state: 'open', closed_at: null }, CORRECTION);

    expect(await audit()).toEqual(['c1: corrects an open submission']);
  });

  test('the consistency check finds a job whose rows in an account are missing', async () => {
    const { audit } = await oneJob();
    await database.deleteFrom('ledger').where('member_id', '=', 'alice').execute();

    expect(await audit()).toEqual(['job: holds nothing of the member']);
  });

  test('the consistency check finds a server that holds nothing for a job', async () => {
    const { audit } = await oneJob();
    await database.deleteFrom('ledger').where('member_id', '=', '').execute();

    expect(await audit()).toEqual(['job: holds nothing of the server']);
  });

  test('the consistency check finds a job that continues after it was settled', async () => {
    const { audit, deliver } = await oneJob();
    await deliver('job', 4);
    await setJobState(database, 'job', 'succeeded');

    expect(await audit()).toEqual(['job: is succeeded and holds nothing any more']);
  });

  test.each(['submitting', 'queued', 'running'])(
    'the consistency check finds a job that is %s without an open submission',
    async (state) => {
      const { audit } = await oneJob();
      await submit(SUBMISSION);
      await setJobState(database, 'job', state);

      expect(await audit()).toEqual([`job: is ${state} and not open in the vendor ledger`]);
    },
  );

  test('the consistency check finds an allowance that was refunded credits of a grant', async () => {
    const { audit } = await oneJob();
    await write({ amount: -5 });
    await write({ step_id: 'outcome:job', kind: 'settle', pot: 'allowance', amount: 3 });

    expect(await audit()).toContain('job: returned to the allowance before extra was whole');
  });

  test('the consistency check accepts jobs paid from grants, whatever their outcome', async () => {
    const settings = quotaSettings({ defaultGuildCredits: 20 });
    const { accept, deliver, fail, inTransaction, quota } = quotaOn(database, settings);
    const audit = async () => quota.audit(database);
    for (const memberId of [undefined, 'alice'])
      await inTransaction(async (tx) =>
        quota.grant(tx, { ...MODERATOR, memberId, stepId: `g ${memberId}`, credits: 60 }),
      );
    await accept('job', 30);
    expect(await audit()).toEqual([]);

    await deliver('job', 12);
    await accept('failing', 20);
    await fail('failing');
    await accept('open', 9);
    await submit({ ...SUBMISSION, job_id: 'open', state: 'open', closed_at: null });
    await setJobState(database, 'open', 'running');
    expect(await audit()).toEqual([]);
  });

  test('the consistency check accepts corrections that leave zero or more to pay', async () => {
    const { audit } = await oneJob();
    const more = { ...CORRECTION, submission_id: 'c2', credits: -5 };
    await submit(SUBMISSION, CORRECTION, more);

    expect(await audit()).toEqual([]);
  });
});
