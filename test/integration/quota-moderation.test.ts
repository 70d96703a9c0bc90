import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { quotaOn, quotaSettings, who } from '../fakes/quota.ts';

const { nowMs } = who;
const nextMonthMs = Date.parse('2026-12-02T12:00:00Z');

describe.each(databaseKinds())('moderation of accounts on %s', (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(async () => opened.close());

  const aQuota = (settings = quotaSettings()) => quotaOn(opened.database, settings);

  const by = { guildId: 'guild', actorId: 'moderator', nowMs };

  test('a grant is used after the allowance, is refunded first, and outlives the period', async () => {
    const { accept, deliver, view, quota, inTransaction } = aQuota(
      quotaSettings({ defaultGuildCredits: 100 }),
    );
    const grant = { ...by, stepId: 'g', credits: 50, reason: 'for the contest' };
    await inTransaction(async (tx) => quota.grant(tx, grant));
    await inTransaction(async (tx) => quota.grant(tx, grant));
    expect((await view()).server).toMatchObject({ have: 150, left: 150 });

    await accept('job', 130);
    await deliver('job', 90);

    expect((await view()).server).toMatchObject({ have: 150, used: 90, left: 60 });
    expect((await view({ nowMs: nextMonthMs })).server).toMatchObject({ have: 150, left: 150 });
    expect((await view()).server.entries.at(-1)).toEqual({
      atMs: nowMs,
      kind: 'grant',
      credits: 50,
      actorId: 'moderator',
      reason: 'for the contest',
    });
    expect(await quota.audit(opened.database)).toEqual([]);
  });

  test('a hold from extra credits alone is settled once', async () => {
    const { accept, deliver, fail, view, quota, inTransaction } = aQuota(
      quotaSettings({ defaultGuildCredits: 0 }),
    );
    await inTransaction(async (tx) => quota.grant(tx, { ...by, stepId: 'g', credits: 50 }));
    await accept('job', 50);

    await deliver('job', 50);
    await fail('job');

    expect((await view()).server).toMatchObject({ have: 50, used: 50, left: 0 });
  });

  test('a grant to a member does not raise the server’s limit', async () => {
    const { accept, quota, inTransaction } = aQuota(
      quotaSettings({ defaultGuildCredits: 100, defaultMemberCredits: 100 }),
    );
    const grant = { ...by, memberId: 'alice', stepId: 'g', credits: 50 };
    await inTransaction(async (tx) => quota.grant(tx, grant));

    await expect(accept('job', 101)).rejects.toThrow('this server has 100 left');
  });

  test('a deduction reduces the remainder', async () => {
    const { accept, view, quota, inTransaction } = aQuota(
      quotaSettings({ defaultMemberCredits: 100 }),
    );
    const take = { ...by, memberId: 'alice', stepId: 't', credits: 30 };
    await inTransaction(async (tx) => quota.deduct(tx, take));

    expect((await view()).member).toMatchObject({ have: 70, left: 70 });
    await expect(accept('job', 71)).rejects.toThrow('you have 70 left');
    await accept('job', 70);
  });

  test('a reset sets used credits to the open holds, once', async () => {
    const { accept, deliver, view, quota, inTransaction } = aQuota(
      quotaSettings({ defaultMemberCredits: 100 }),
    );
    await accept('done', 40);
    await deliver('done', 35);
    await accept('open', 25);
    const reset = { ...by, memberId: 'alice', stepId: 'r', nowMs: nowMs + 5 };

    await inTransaction(async (tx) => quota.reset(tx, reset));
    expect((await view()).member).toMatchObject({ have: 100, held: 25, used: 0, left: 75 });
    expect((await view()).member.entries[0]).toEqual({
      atMs: nowMs + 5,
      kind: 'reset',
      credits: 35,
      actorId: 'moderator',
    });

    await deliver('open', 20);
    await inTransaction(async (tx) => quota.reset(tx, reset));
    expect((await view()).member).toMatchObject({ have: 100, held: 0, used: 20, left: 80 });
    expect((await view()).server).toMatchObject({ used: 55 });
    expect(await quota.audit(opened.database)).toEqual([]);
  });

  test('a reset with nothing used is shown and changes nothing', async () => {
    const { view, quota, inTransaction } = aQuota();
    await inTransaction(async (tx) => quota.reset(tx, { ...by, stepId: 'r' }));

    expect((await view()).server).toMatchObject({ left: 1000 });
    expect((await view()).server.entries).toMatchObject([{ kind: 'reset', credits: 0 }]);
  });

  test('a deduction beyond the grants reduces every period until it is granted back', async () => {
    const { accept, view, quota, inTransaction } = aQuota(
      quotaSettings({ defaultMemberCredits: 100 }),
    );
    const take = { ...by, memberId: 'alice', stepId: 't', credits: 130 };
    expect(await inTransaction(async (tx) => quota.deduct(tx, take))).toMatchObject({
      before: { used: 0, extra: 0, left: 100 },
      after: { used: 0, extra: -130, left: -30 },
    });

    await expect(accept('job', 1)).rejects.toThrow('you have 0 left');
    expect((await view({ nowMs: nextMonthMs })).member.left).toBe(-30);
    const grant = { ...by, memberId: 'alice', stepId: 'g', credits: 131 };
    await inTransaction(async (tx) => quota.grant(tx, grant));
    await accept('job', 101);
    expect(await quota.audit(opened.database)).toEqual([]);
  });

  test.each([0, -5, 1.5, 1e12])('a grant or deduction of %s is refused', async (credits) => {
    const { quota, inTransaction, view } = aQuota();
    for (const what of ['grant', 'deduct'] as const) {
      const change = { ...by, stepId: what, credits };
      const changed = inTransaction(async (tx) => quota[what](tx, change));
      await expect(changed).rejects.toMatchObject({ kind: 'user' });
      await expect(changed).rejects.toThrow('a whole number from 1');
    }
    expect((await view()).server).toMatchObject({ left: 1000, entries: [] });
  });

  test('a server’s grants and limit together stay within the operator’s ceiling', async () => {
    const { quota, inTransaction } = aQuota(
      quotaSettings({ defaultGuildCredits: 900, maxGuildCreditsPerMonth: 1000 }),
    );
    const grant = async (stepId: string, credits: number, memberId?: string) =>
      inTransaction(async (tx) => quota.grant(tx, { ...by, stepId, credits, memberId }));

    await expect(grant('1', 101)).rejects.toThrow('at most 100 can be granted');
    await grant('2', 60);
    await expect(grant('3', 41)).rejects.toThrow(
      'it has 960 already, so at most 40 can be granted',
    );
    await expect(grant('4', 1001, 'alice')).rejects.toThrow('at most 1,000 can be granted');
    await grant('5', 1000, 'alice');
  });

  test('a grant to a member who shares the server’s budget mentions the sharing', async () => {
    const { quota, inTransaction } = aQuota();
    const grant = { ...by, memberId: 'alice', stepId: 'g', credits: 5 };

    const { after } = await inTransaction(async (tx) => quota.grant(tx, grant));

    expect(after).toEqual({ used: 0, extra: 5, resetsAtMs: Date.parse('2026-12-01T00:00:00Z') });
  });

  test('a repeated change does nothing and returns the first answer', async () => {
    const { quota, inTransaction, view } = aQuota();
    const limit = { ...by, stepId: 'l', target: { scope: 'server' } as const };
    const grant = { ...by, stepId: 'g', credits: 5 };
    const granted = await inTransaction(async (tx) => quota.grant(tx, grant));
    const set = async (credits: number) =>
      inTransaction(async (tx) => quota.setLimit(tx, { ...limit, limits: { credits } }));
    const done = await set(400);
    await inTransaction(async (tx) => quota.reset(tx, { ...by, stepId: 'r' }));

    expect(await inTransaction(async (tx) => quota.grant(tx, grant))).toEqual({
      ...granted,
      isRepeat: true,
    });
    expect(await set(400)).toEqual({ ...done, isRepeat: true });
    expect((await view()).server).toMatchObject({ have: 405 });
    expect((await quota.changeLog(opened.database, { guildId: 'guild', page: 1 })).total).toBe(3);
  });

  test('the log has every change, newest first, in pages', async () => {
    const { quota, inTransaction } = aQuota();
    const note = '=1+1 @everyone <@&1> `x` **y**'.padEnd(200, '!');
    for (let index = 0; index < 11; index += 1) {
      const change = { ...by, stepId: `g ${index}`, credits: 1, nowMs: nowMs + index };
      await inTransaction(async (tx) => quota.grant(tx, { ...change, reason: note }));
    }
    const target = { scope: 'role', roleId: '77' } as const;
    const set = { ...by, stepId: 's', target, limits: { waiting: 4 }, nowMs: nowMs + 99, note };
    await inTransaction(async (tx) => quota.setLimit(tx, set));
    const page = async (number: number, guildId = 'guild') =>
      quota.changeLog(opened.database, { guildId, page: number });

    const first = await page(1);
    expect(first).toMatchObject({ page: 1, pages: 2, total: 12 });
    expect(first.entries[0]).toEqual({
      stepId: 's',
      guildId: 'guild',
      actorId: 'moderator',
      action: 'set-limit',
      target,
      atMs: nowMs + 99,
      before: {},
      after: { waiting: 4 },
      note,
    });
    expect(first.entries[1]).toMatchObject({ action: 'grant', atMs: nowMs + 10 });
    expect((await page(2)).entries.map(({ stepId }) => stepId)).toEqual(['g 1', 'g 0']);
    expect((await page(99)).page).toBe(2);
    expect((await page(-1)).page).toBe(1);
    expect(await page(1, 'elsewhere')).toEqual({ entries: [], page: 1, pages: 1, total: 0 });
  });

  test('a reset of a server with thousands of videos exempts them all', async () => {
    const { quota, inTransaction, view } = aQuota(quotaSettings({ defaultGuildCredits: 90_000 }));
    const count = 3000;
    await inTransaction(async (tx) => {
      for (let first = 0; first < count; first += 500) {
        const rows = Array.from({ length: 500 }, (_, index) => `job ${first + index}`);
        const row = (id: string, kindOf: 'hold' | 'settle', amount: number) => ({
          step_id: `${kindOf === 'hold' ? 'hold' : 'outcome'}:${id}`,
          guild_id: 'guild',
          member_id: '',
          pot: 'allowance' as const,
          job_id: id,
          kind: kindOf,
          at: nowMs,
          counted_at: nowMs,
          period: '2026-11',
          amount,
        });
        const entries = rows.flatMap((id) => [row(id, 'hold', -10), row(id, 'settle', 3)]);
        await tx.insertInto('ledger').values(entries).execute();
      }
    });

    const reset = { ...by, stepId: 'r' };
    expect(await inTransaction(async (tx) => quota.reset(tx, reset))).toMatchObject({
      before: { used: 7 * count },
      after: { used: 0, left: 90_000 },
    });
    expect((await view()).server.entries[0]).toMatchObject({ kind: 'reset', credits: 7 * count });
  });
});
