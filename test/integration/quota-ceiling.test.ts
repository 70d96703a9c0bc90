/** An account’s limit and grants together against the operator’s ceiling, whichever changes last. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { ALICE, limitedServer, roleTarget, SERVER } from '../fakes/limited-server.ts';
import { quotaSettings, who } from '../fakes/quota.ts';

const { nowMs } = who;
const CEILING = 1000;
const ALLOWS = 'allows this server 1,000 credits a month';

describe.each(databaseKinds())('the operator’s ceiling on %s', (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(async () => opened.close());

  const aServer = (limits: Parameters<typeof quotaSettings>[0] = {}, stepPrefix = 'step') => {
    const settings = quotaSettings({ maxGuildCreditsPerMonth: CEILING, ...limits });
    const acting = limitedServer(opened.database, settings, stepPrefix);
    const { quota, inTransaction, by } = acting;
    return {
      ...acting,
      grant: async (credits: number, memberId?: string) =>
        inTransaction(async (tx) => quota.grant(tx, { ...by(nowMs), credits, memberId })),
      take: async (credits: number) =>
        inTransaction(async (tx) => quota.deduct(tx, { ...by(nowMs), credits })),
    };
  };

  test('the ceiling applies to a limit raised after a grant', async () => {
    const { set, grant, view } = aServer();
    await set(SERVER, { credits: 0 });
    await grant(1000);

    await expect(set(SERVER, { credits: 1000 })).rejects.toThrow(
      `${ALLOWS}, grants included; 1,000 granted so far. Set a limit of at most 0 a month or 0 a day, or deduct granted credits first.`,
    );
    expect((await view()).server).toMatchObject({ have: 1000, left: 1000 });
  });

  test('the ceiling applies to a grant after a limit, to the credit', async () => {
    const { set, grant, view } = aServer();
    await set(SERVER, { credits: 400 });
    await grant(600);

    await expect(grant(1)).rejects.toThrow('it has 1,000 already, so at most 0 can be granted');
    await set(SERVER, { credits: 300 });
    await grant(100);
    expect((await view()).server.left).toBe(1000);
  });

  test('the ceiling applies to a limit that is cleared back to the default', async () => {
    const { set, clear, grant, take, view } = aServer({ defaultGuildCredits: 500 });
    await set(SERVER, { credits: 100, atOnce: 2 });
    await grant(900);

    await expect(clear(SERVER, 'credits')).rejects.toThrow(ALLOWS);
    await expect(clear(SERVER, 'all')).rejects.toThrow(ALLOWS);
    await clear(SERVER, 'atOnce');
    await take(400);
    await clear(SERVER, 'credits');
    expect((await view()).server.left).toBe(1000);
  });

  test.each([1000, 200, 33])(
    'a limit of %d a day is refused, because it is more in a month',
    async (credits) => {
      const { set, view } = aServer();

      await expect(set(SERVER, { credits, per: 'day' })).rejects.toThrow(
        `${ALLOWS}. Set a limit of at most 1,000 a month or 32 a day.`,
      );
      expect((await view()).server).toMatchObject({ per: 'month', have: 1000 });
    },
  );

  test('a daily limit counts as that of the longest month, plus grants', async () => {
    const { set, grant } = aServer();
    await set(SERVER, { credits: 30, per: 'day' });

    await expect(grant(71)).rejects.toThrow('it has 930 already, so at most 70 can be granted');
    await grant(70);
    await expect(set(SERVER, { credits: 31 })).rejects.toThrow('at most 930 a month or 30 a day');
    await set(SERVER, { credits: 930, per: 'month' });
  });

  test('the ceiling applies when a monthly limit becomes a daily one', async () => {
    const { set } = aServer();
    await set(SERVER, { credits: 500 });

    await expect(set(SERVER, { per: 'day' })).rejects.toThrow(ALLOWS);
  });

  test('grants used by an open hold count, because they may be refunded', async () => {
    const { set, grant, accept, fail, view } = aServer();
    await set(SERVER, { credits: 0 });
    await grant(1000);
    await accept('job', 900);

    await expect(set(SERVER, { credits: 500 })).rejects.toThrow(ALLOWS);
    await expect(grant(500)).rejects.toThrow('at most 0 can be granted');
    await fail('job');
    expect((await view()).server.left).toBe(1000);
  });

  test('spent grants free their part of the ceiling', async () => {
    const { set, grant, accept, deliver, view } = aServer({ defaultMemberCredits: 1000 });
    await set(SERVER, { credits: 0 });
    await grant(1000);
    await accept('job', 900);
    await deliver('job', 850);

    await expect(set(SERVER, { credits: 851 })).rejects.toThrow('at most 850 a month');
    await set(SERVER, { credits: 850 });
    expect((await view()).server).toMatchObject({ left: 1000 });
    // It still may not spend more than the ceiling this month.
    expect((await view()).spendable).toBeLessThanOrEqual(CEILING);
  });

  test('a deduction never allows a higher limit', async () => {
    const { set, take, grant } = aServer();
    await take(500);

    await expect(set(SERVER, { credits: 1500 })).rejects.toThrow(ALLOWS);
    await expect(set(SERVER, { credits: 40, per: 'day' })).rejects.toThrow(ALLOWS);
    await grant(500);
    await expect(grant(1)).rejects.toThrow('at most 0 can be granted');
  });

  test('a lowered ceiling lets limits go down, not up', async () => {
    const before = aServer({ maxGuildCreditsPerMonth: 5000 }, 'earlier step');
    await before.set(SERVER, { credits: 800 });
    await before.grant(1500);

    const { set, grant } = aServer();
    await expect(set(SERVER, { credits: 900 })).rejects.toThrow(ALLOWS);
    await expect(grant(1)).rejects.toThrow('at most 0 can be granted');
    await set(SERVER, { credits: 700 });
    await set(SERVER, { atOnce: 3 });
  });

  test('the ceiling applies to a member with a separate period', async () => {
    const { set, grant, clear } = aServer({ defaultMemberCredits: 300 });
    await set(ALICE, { credits: 0 });
    await grant(1000, 'alice');

    await expect(set(ALICE, { credits: 1000 })).rejects.toThrow(
      `${ALLOWS}, grants included; 1,000 granted so far. Set a limit of at most 0, or deduct`,
    );
    await expect(clear(ALICE, 'credits')).rejects.toThrow(ALLOWS);
    await expect(grant(1, 'alice')).rejects.toThrow('the member has 1,000 already');
    await set(roleTarget('77'), { credits: 40, per: 'day' });
    await set({ scope: 'user', memberId: 'bob' }, { credits: 40, per: 'day' });
  });

  test('the ceiling applies to a concurrent limit and grant', async () => {
    const { set, grant, view } = aServer();
    await set(SERVER, { credits: 0 });

    const outcomes = await Promise.allSettled([set(SERVER, { credits: 1000 }), grant(1000)]);

    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((await view()).server.left).toBe(1000);
  });

  test('a change refused by the ceiling leaves nothing behind', async () => {
    const { set, grant, quota } = aServer();
    await set(SERVER, { credits: 0 });
    await grant(1000);

    await expect(set(SERVER, { credits: 1 })).rejects.toMatchObject({ kind: 'user' });
    expect(await quota.limits(opened.database, 'guild')).toEqual([
      { target: SERVER, limits: { credits: 0, per: 'month' } },
    ]);
    expect((await quota.changeLog(opened.database, { guildId: 'guild', page: 1 })).total).toBe(2);
  });
});
