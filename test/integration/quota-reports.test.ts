import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { HOUR } from '#src/clock.ts';
import { ledgerCsv } from '#src/quota/reports/export.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { quotaOn, quotaSettings, who } from '../fakes/quota.ts';

const { nowMs } = who;
const lastMonthMs = Date.parse('2026-10-31T23:30:00Z');

describe.each(databaseKinds())('reports on %s', (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(async () => opened.close());

  const aQuota = (settings = quotaSettings()) => quotaOn(opened.database, settings);
  const by = (stepId: string) => ({ stepId, guildId: 'guild', actorId: 'moderator', nowMs });

  async function aMonth() {
    const { accept, deliver, fail, quota, inTransaction } = aQuota();
    await accept('old', 100, { nowMs: lastMonthMs });
    await deliver('old', 90, nowMs);
    await accept('yesterday', 30, { nowMs: nowMs - 24 * HOUR });
    await deliver('yesterday', 24);
    await accept('a', 50, { memberId: 'bob' });
    await deliver('a', 40);
    await accept('b', 20, { memberId: 'bob' });
    await accept('c', 10);
    await fail('c', nowMs, 'moderated-input');
    await accept('d', 10);
    await fail('d', nowMs, 'vendor-failed');
    await accept('e', 10);
    await fail('e', nowMs, 'vendor-failed');
    await accept('f', 10);
    await fail('f', nowMs, 'cancelled-by-member');
    await accept('elsewhere', 70, { guildId: 'elsewhere' });
    await inTransaction(async (tx) => quota.grant(tx, { ...by('g'), credits: 15 }));
    await inTransaction(async (tx) =>
      quota.deduct(tx, { ...by('t'), memberId: 'bob', credits: 5 }),
    );
    await inTransaction(async (tx) => quota.reset(tx, by('r')));
    await opened.database.updateTable('jobs').set({ model: '2.0' }).where('id', '=', 'a').execute();
    return quota;
  }

  test('the report of this month has totals by member, model and day, and failures', async () => {
    const quota = await aMonth();

    const report = await quota.report(opened.database, {
      guildId: 'guild',
      period: 'this_month',
      nowMs,
    });

    const nothing = { videos: 0, open: 0, failed: 0, cancelled: 0, spent: 0, held: 0 };
    expect(report).toEqual({
      period: {
        key: '2026-11',
        startsAtMs: Date.parse('2026-11-01T00:00:00Z'),
        endsAtMs: Date.parse('2026-12-01T00:00:00Z'),
      },
      timeZone: 'UTC',
      total: { videos: 2, open: 1, failed: 3, cancelled: 1, spent: 64, held: 20 },
      byMember: [
        { memberId: 'bob', ...nothing, videos: 1, open: 1, spent: 40, held: 20 },
        { memberId: 'alice', ...nothing, videos: 1, failed: 3, cancelled: 1, spent: 24 },
      ],
      byModel: [
        { model: '1.5-pro', videos: 1, open: 1, failed: 3, cancelled: 1, spent: 24, held: 20 },
        { model: '2.0', ...nothing, videos: 1, spent: 40 },
      ].toSorted((one, other) => other.spent + other.held - one.spent - one.held),
      byDay: [
        { day: '2026-11-20', ...nothing, videos: 1, spent: 24 },
        { day: '2026-11-21', videos: 1, open: 1, failed: 3, cancelled: 1, spent: 40, held: 20 },
      ],
      failures: [
        { reason: 'vendor-failed', count: 2 },
        { reason: 'moderated-input', count: 1 },
      ],
      granted: 15,
      taken: 5,
    });
  });

  test.each([
    { period: 'today', timeZone: 'UTC', spent: 40, key: '2026-11-21' },
    { period: 'last_month', timeZone: 'UTC', spent: 90, key: '2026-10' },
    { period: 'this_month', timeZone: 'Europe/Berlin', spent: 154, key: '2026-11' },
    { period: 'last_month', timeZone: 'Europe/Berlin', spent: 0, key: '2026-10' },
  ] as const)(
    'the report covers $period in $timeZone',
    async ({ period, timeZone, spent, key }) => {
      await aMonth();
      const { quota, inTransaction } = aQuota();
      await inTransaction(async (tx) => quota.setTimeZone(tx, { ...by('z'), timeZone }));

      const report = await quota.report(opened.database, { guildId: 'guild', period, nowMs });

      expect(report.total.spent).toBe(spent);
      expect(report.period.key).toBe(key);
    },
  );

  test('a server without activity has an empty report', async () => {
    const { quota } = aQuota();

    const report = await quota.report(opened.database, { guildId: 'x', period: 'today', nowMs });

    expect(report).toMatchObject({ total: { videos: 0, spent: 0 }, byMember: [], byDay: [] });
  });

  describe('the export', () => {
    test('the export has a line for each entry and source of credits, in order, of this server only', async () => {
      const { accept, deliver, quota, inTransaction } = aQuota(
        quotaSettings({ defaultGuildCredits: 20 }),
      );
      const reason = '=HYPERLINK("http://x") @everyone, <@1>';
      await inTransaction(async (tx) => quota.grant(tx, { ...by('1'), credits: 15, reason }));
      await accept('job', 30, { nowMs: nowMs + 1 });
      await deliver('job', 5, nowMs + 2);
      await accept('elsewhere', 1, { guildId: 'elsewhere' });

      const { rows, from, to } = await quota.exportLedger(opened.database, {
        guildId: 'guild',
        nowMs,
      });

      expect({ from, to }).toEqual({ from: '2026-11-01', to: '2026-11-21' });
      expect(ledgerCsv(rows).split('\r\n')).toEqual([
        'time,kind,amount,account,member_id,job_id,period,pot,actor_id,reason',
        `2026-11-21T12:00:00.000Z,grant,15,server,,,2026-11,extra,moderator,"'=HYPERLINK(""http://x"") @everyone, <@1>"`,
        '2026-11-21T12:00:00.001Z,hold,-20,server,,job,2026-11,allowance,,',
        '2026-11-21T12:00:00.001Z,hold,-10,server,,job,2026-11,extra,,',
        '2026-11-21T12:00:00.001Z,hold,-30,member,alice,job,2026-11,allowance,,',
        '2026-11-21T12:00:00.002Z,settle,15,server,,job,2026-11,allowance,,',
        '2026-11-21T12:00:00.002Z,settle,10,server,,job,2026-11,extra,,',
        '2026-11-21T12:00:00.002Z,settle,25,member,alice,job,2026-11,allowance,,',
        '',
      ]);
    });

    test('the export excludes the moment before its first day and the one after its last', async () => {
      const { accept, quota } = aQuota();
      const at = (iso: string) => ({ nowMs: Date.parse(iso) });
      await accept('before', 1, at('2026-11-09T23:59:59.999Z'));
      await accept('first', 1, at('2026-11-10T00:00:00Z'));
      await accept('last', 1, at('2026-11-11T23:59:59.999Z'));
      await accept('after', 1, at('2026-11-12T00:00:00Z'));
      const days = { guildId: 'guild', from: '2026-11-10', to: '2026-11-11', nowMs };

      const { rows } = await quota.exportLedger(opened.database, days);

      expect(new Set(rows.map(({ job_id: jobId }) => jobId))).toEqual(new Set(['first', 'last']));
    });

    test('the export takes days in the server’s time zone, both included', async () => {
      await aMonth();
      const { quota, inTransaction } = aQuota();
      const zone = { ...by('z'), timeZone: 'Europe/Berlin' };
      await inTransaction(async (tx) => quota.setTimeZone(tx, zone));
      const days = { guildId: 'guild', from: '2026-11-01', to: '2026-11-01', nowMs };

      const { rows } = await quota.exportLedger(opened.database, days);

      expect(rows.map(({ job_id, kind: what }) => `${what} ${job_id}`)).toEqual([
        'hold old',
        'hold old',
      ]);
    });

    test.each([
      { from: '2026-11-31', to: undefined, says: 'from must be a day' },
      { from: '2026-13-01', to: undefined, says: 'from must be a day' },
      { from: undefined, to: 'yesterday', says: 'to must be a day such as 2026-11-21' },
      { from: undefined, to: '=1+1', says: 'to must be a day' },
      { from: '2026-11-02', to: '2026-11-01', says: 'Swap them' },
    ])('an export from $from to $to is refused', async ({ from, to, says }) => {
      const { quota } = aQuota();

      const exported = quota.exportLedger(opened.database, { guildId: 'guild', from, to, nowMs });
      await expect(exported).rejects.toMatchObject({ kind: 'user' });
      await expect(exported).rejects.toThrow(says);
    });
  });
});
