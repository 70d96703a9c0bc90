import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { quotaOn, quotaSettings, who } from '../fakes/quota.ts';

const { nowMs } = who;
const nextMonthMs = Date.parse('2026-12-02T12:00:00Z');
const by = (stepId: string) => ({ stepId, guildId: 'guild', actorId: 'moderator', nowMs });

describe.each(databaseKinds())("warnings of a server's budget on %s", (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(async () => opened.close());

  const aQuota = () => quotaOn(opened.database, quotaSettings({ defaultGuildCredits: 100 }));
  const percents = async () => {
    const due = await aQuota().quota.dueWarnings(opened.database);
    return due.map(({ percent }) => percent);
  };

  test('warnings come at 80 and at 100 per cent, and not before', async () => {
    const { accept, quota } = aQuota();
    await accept('a', 79);
    expect(await percents()).toEqual([]);

    await accept('b', 1, { nowMs: nowMs + 1 });
    expect(await quota.dueWarnings(opened.database)).toEqual([
      {
        guildId: 'guild',
        period: '2026-11',
        percent: 80,
        atMs: nowMs + 1,
        drawn: 80,
        have: 100,
        resetsAtMs: Date.parse('2026-12-01T00:00:00Z'),
      },
    ]);
    await accept('c', 19, { nowMs: nowMs + 2 });
    expect(await percents()).toEqual([80]);
    await accept('d', 1, { nowMs: nowMs + 2 });
    expect(await percents()).toEqual([80, 100]);
  });

  test('each warning comes once per period, even after a refund or a reset', async () => {
    const { accept, fail, quota, inTransaction } = aQuota();
    await accept('a', 100);
    await fail('a');
    await accept('b', 100);
    await fail('b');
    await inTransaction(async (tx) => quota.reset(tx, by('r')));
    await accept('c', 90);
    expect(await percents()).toEqual([100]);

    await accept('d', 90, { nowMs: nextMonthMs });
    const due = await quota.dueWarnings(opened.database);
    expect(due.map(({ period, percent }) => `${period} ${percent}`)).toEqual([
      '2026-11 100',
      '2026-12 80',
    ]);
  });

  test('warnings come when a lower limit or a deduction reaches the threshold', async () => {
    const { accept, quota, inTransaction } = aQuota();
    await accept('a', 50);
    const target = { scope: 'server' } as const;
    await inTransaction(async (tx) =>
      quota.setLimit(tx, { ...by('l'), target, limits: { credits: 60 } }),
    );
    expect(await percents()).toEqual([80]);

    await inTransaction(async (tx) => quota.deduct(tx, { ...by('t'), credits: 10 }));
    expect(await percents()).toEqual([80, 100]);
  });

  test('a change that reaches both thresholds at once warns of the higher one only', async () => {
    const { accept, quota, inTransaction } = aQuota();
    await accept('a', 50);
    const target = { scope: 'server' } as const;
    await inTransaction(async (tx) =>
      quota.setLimit(tx, { ...by('l'), target, limits: { credits: 40 } }),
    );

    expect(await percents()).toEqual([100]);
  });

  test('warnings count grants as budget, and are absent without a budget', async () => {
    const { accept, quota, inTransaction } = aQuota();
    await inTransaction(async (tx) => quota.grant(tx, { ...by('g'), credits: 100 }));
    await accept('a', 159);
    expect(await percents()).toEqual([]);

    const other = quotaOn(opened.database, quotaSettings({ defaultGuildCredits: 0 }));
    await other.accept('free', 0, { guildId: 'poor' });
    expect(await percents()).toEqual([]);
  });

  test('a refused job causes no warning', async () => {
    const { accept } = aQuota();

    await expect(accept('a', 101)).rejects.toThrow('this server has 100 left');
    expect(await percents()).toEqual([]);
  });

  test('each warning is posted by one process only, and is not due again', async () => {
    const { accept, quota } = aQuota();
    await accept('a', 85);
    const [warning] = await quota.dueWarnings(opened.database);
    const mine = async () =>
      warning === undefined ? false : quota.markWarningPosted(opened.database, warning, nowMs);

    const marked = await Promise.all([mine(), mine(), mine()]);

    expect(marked.filter(Boolean)).toHaveLength(1);
    expect(await percents()).toEqual([]);
  });
});
