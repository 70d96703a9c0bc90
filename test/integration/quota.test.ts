import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { quotaOn, quotaSettings, who } from '../fakes/quota.ts';

const { nowMs } = who;
const nextMonthMs = Date.parse('2026-12-02T12:00:00Z');

describe.each(databaseKinds())('the quota manager on %s', (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(async () => opened.close());

  const aQuota = (settings = quotaSettings()) => quotaOn(opened.database, settings);

  test('a new account has its limit, and nothing held or used', async () => {
    const { view } = aQuota(quotaSettings({ defaultMemberCredits: 200 }));

    const { member, server, spendable } = await view();

    expect(member).toEqual({
      have: 200,
      held: 0,
      used: 0,
      left: 200,
      rule: 'server-default',
      per: 'month',
      resetsAtMs: Date.parse('2026-12-01T00:00:00Z'),
      entries: [],
      isShared: false,
    });
    expect(server).toMatchObject({ have: 1000, held: 0, used: 0, left: 1000 });
    expect(spendable).toBe(200);
  });

  test('a job is held, then settled at its cost, and the rest is refunded', async () => {
    const { accept, deliver, view, quota } = aQuota(quotaSettings({ defaultMemberCredits: 200 }));

    await accept('job', 30);
    expect((await view()).member).toMatchObject({ have: 200, held: 30, used: 0, left: 170 });

    await deliver('job', 24, nowMs + 1);
    const { member, server } = await view();
    expect(member).toMatchObject({ have: 200, held: 0, used: 24, left: 176 });
    expect(server).toMatchObject({ have: 1000, held: 0, used: 24, left: 976 });
    expect(member.entries).toEqual([
      { atMs: nowMs + 1, kind: 'settle', credits: 6, jobId: 'job' },
      { atMs: nowMs, kind: 'hold', credits: -30, jobId: 'job' },
    ]);
    expect(await quota.audit(opened.database)).toEqual([]);
  });

  test('a job that cost more than its hold is paid with the hold', async () => {
    const { accept, deliver, view } = aQuota();

    await accept('job', 30);
    await deliver('job', 45);

    expect((await view()).server).toMatchObject({ held: 0, used: 30, left: 970 });
  });

  test('a job without a video costs nothing', async () => {
    const { accept, fail, view } = aQuota();

    await accept('job', 30);
    await fail('job');

    const { server } = await view();
    expect(server).toMatchObject({ held: 0, used: 0, left: 1000 });
    expect(server.entries[0]).toMatchObject({ kind: 'release', reason: 'vendor-failed' });
  });

  test('a job that costs nothing is held and settled all the same', async () => {
    const { accept, deliver, view, quota } = aQuota(quotaSettings({ defaultGuildCredits: 0 }));

    await accept('job', 0);
    await deliver('job', 0);

    expect((await view()).server).toMatchObject({ have: 0, left: 0 });
    expect(await quota.audit(opened.database)).toEqual([]);
  });

  test('a repeated step changes nothing, and the first outcome stays', async () => {
    const { accept, deliver, fail, view, quota, inTransaction } = aQuota();
    const holdAgain = async (credits: number) =>
      inTransaction(async (tx) => quota.hold(tx, { ...who, jobId: 'settled', credits }));

    await accept('settled', 30);
    await holdAgain(30);
    await holdAgain(900_000);
    await deliver('settled', 10);
    await deliver('settled', 20);
    await fail('settled');
    await holdAgain(30);
    await accept('released', 50);
    await fail('released');
    await fail('released');
    await deliver('released', 50);

    const { server } = await view();
    expect(server).toMatchObject({ held: 0, used: 10, left: 990 });
    expect(server.entries).toHaveLength(4);
  });

  test('a job without a hold cannot be settled or released', async () => {
    const { quota, inTransaction } = aQuota();

    const settled = inTransaction(async (tx) =>
      quota.settle(tx, { jobId: 'stray', credits: 1, nowMs }),
    );
    await expect(settled).rejects.toThrow('The job stray has no hold to settle');
    const released = inTransaction(async (tx) =>
      quota.release(tx, { jobId: 'stray', nowMs, reason: 'x' }),
    );
    await expect(released).rejects.toThrow('The job stray has no hold to release');
  });

  test.each([-1, 1.5, Number.NaN, 1e12])('a hold of %s credits is refused', async (credits) => {
    const { accept } = aQuota();

    await expect(accept('job', credits)).rejects.toThrow(RangeError);
  });

  describe('a refused hold', () => {
    const cases = [
      {
        name: 'what the member has left',
        limits: { defaultMemberCredits: 99 },
        says: /you have 9 left: your limit is 99 credits a month \(this server’s default\)/,
      },
      {
        name: 'what the server has left',
        limits: { defaultGuildCredits: 99 },
        says: /this server has 9 left: its limit is 99 credits a month \(this server’s default\)/,
      },
      {
        name: 'what an exception allows the server',
        limits: { guildCredits: new Map([['guild', 99]]) },
        says: /this server has 9 left: its limit is 99 credits a month \(an exception the operator set\)/,
      },
      {
        name: 'what the operator allows all servers together',
        limits: { operatorCreditsPerMonth: 99 },
        says: /may spend 9 more for all servers together: its operator allows 99 credits a month \(the operator’s ceiling\)/,
      },
    ];

    test.each(cases)(
      'a hold beyond $name is refused and writes nothing',
      async ({ limits, says }) => {
        const { accept, view, quota } = aQuota(quotaSettings(limits));
        await accept('first', 90);

        const refusal = accept('second', 10);
        await expect(refusal).rejects.toMatchObject({ kind: 'quota-exceeded' });
        await expect(refusal).rejects.toThrow(says);
        await expect(refusal).rejects.toThrow(/^This video costs 10 credits.* <t:1796083200:R>\.$/);
        expect((await view()).server).toMatchObject({ held: 90 });
        expect((await view()).spendable).toBe(9);
        expect(await quota.audit(opened.database)).toEqual([]);

        await accept('exactly what is left', 9);
        expect((await view()).spendable).toBe(0);
      },
    );

    test('any hold is refused without a trace when the limit is 0', async () => {
      const { accept } = aQuota(quotaSettings({ defaultMemberCredits: 0 }));

      await expect(accept('job', 1)).rejects.toThrow('1 credit, and you have 0 left');
    });
  });

  test('each member has an account, and so has every server', async () => {
    const { accept, view } = aQuota(quotaSettings({ defaultMemberCredits: 100 }));

    await accept('a', 100);
    await accept('b', 60, { memberId: 'bob' });
    await accept('c', 70, { guildId: 'elsewhere' });

    expect((await view({ memberId: 'bob' })).member).toMatchObject({ held: 60, left: 40 });
    expect((await view()).server).toMatchObject({ held: 160, left: 840 });
    expect((await view({ guildId: 'elsewhere' })).member).toMatchObject({ held: 70, left: 30 });
  });

  test('a member without a limit of their own sees what the server has left', async () => {
    const { accept, view } = aQuota();

    await accept('a', 100);
    await accept('b', 60, { memberId: 'bob' });

    const { member } = await view();
    expect(member).toMatchObject({ isShared: true, have: 1000, held: 100, used: 0, left: 840 });
  });

  test('the operator’s ceilings are checked against the vendor ledger, whatever members were refunded', async () => {
    const { accept, fail } = aQuota(quotaSettings({ maxGuildCreditsPerMonth: 100 }));
    await accept('lost', 90);
    await opened.database
      .insertInto('vendor_ledger')
      .values({
        submission_id: 's',
        job_id: 'lost',
        vendor: 'byteplus',
        guild_id: 'guild',
        period: '2026-11',
        opened_at: nowMs,
        closed_at: nowMs,
        state: 'lost',
        credits: 90,
      })
      .execute();
    await fail('lost');

    await expect(accept('next', 11)).rejects.toThrow(
      'this server may spend 10 more: the bot’s operator allows it 100 credits a month',
    );
    await accept('elsewhere', 11, { guildId: 'elsewhere' });
    await accept('in the next month', 95, { nowMs: nextMonthMs });
  });

  test('the allowance is complete again in the next period, and late refunds go to the old one', async () => {
    const { accept, deliver, fail, view, quota } = aQuota();
    await accept('old', 300);
    await accept('older', 200);
    await accept('new', 100, { nowMs: nextMonthMs });

    await deliver('old', 250, nextMonthMs);
    await fail('older', nextMonthMs);

    expect((await view({ nowMs: nextMonthMs })).server).toMatchObject({ have: 1000, left: 900 });
    expect((await view()).server.entries).toHaveLength(5);
    const periods = await opened.database
      .selectFrom('ledger')
      .select(['kind', 'period'])
      .distinct()
      .where('member_id', '=', '')
      .where('job_id', '!=', 'new')
      .execute();
    expect(new Set(periods.map(({ period }) => period))).toEqual(new Set(['2026-11']));
    expect(await quota.audit(opened.database)).toEqual([]);
  });

  test('the period follows the server’s time zone', async () => {
    const { accept, view } = aQuota(quotaSettings({}, 'Asia/Kolkata'));
    const inNovemberUtc = Date.parse('2026-11-30T18:29:59Z');
    await accept('november', 10, { nowMs: inNovemberUtc });
    await accept('december', 20, { nowMs: inNovemberUtc + 1000 });

    expect((await view({ nowMs: inNovemberUtc + 1000 })).server).toMatchObject({
      held: 20,
      resetsAtMs: Date.parse('2026-12-31T18:30:00Z'),
    });
  });

  test('the last ten entries are shown, newest first', async () => {
    const { accept, view } = aQuota();
    for (let index = 0; index < 12; index += 1) {
      await accept(`job ${index}`, 1, { nowMs: nowMs + index });
    }

    const { entries } = (await view()).member;
    expect(entries.map(({ jobId }) => jobId)).toEqual(
      Array.from({ length: 10 }, (_, index) => `job ${11 - index}`),
    );
  });

  test('open holds are listed, one of the server and one of the member for each job', async () => {
    const { accept, deliver, quota } = aQuota();
    await accept('done', 10);
    await accept('open', 20);
    await deliver('done', 10);

    const holds = await quota.openHolds(opened.database);
    expect(holds).toHaveLength(2);
    expect(holds).toContainEqual({
      account: { guildId: 'guild', memberId: 'alice' },
      jobId: 'open',
      countedAtMs: nowMs,
      period: '2026-11',
      shares: { allowance: 20, extra: 0 },
    });
  });
});
