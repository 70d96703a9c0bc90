import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../builders/database.ts';
import { quotaOn, quotaSettings, who } from '../builders/quota.ts';

const { nowMs } = who;
const nextMonthMs = Date.parse('2026-12-02T12:00:00Z');

describe.each(databaseKinds())('what a moderator does to accounts on %s', (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(async () => opened.close());

  const aQuota = (settings = quotaSettings()) => quotaOn(opened.database, settings);

  const by = { guildId: 'guild', actorId: 'moderator', nowMs };

  test('a grant is drawn after the allowance, comes back first, and outlives the period', async () => {
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

  test('a hold from extra alone is settled once', async () => {
    const { accept, deliver, fail, view, quota, inTransaction } = aQuota(
      quotaSettings({ defaultGuildCredits: 0 }),
    );
    await inTransaction(async (tx) => quota.grant(tx, { ...by, stepId: 'g', credits: 50 }));
    await accept('job', 50);

    await deliver('job', 50);
    await fail('job');

    expect((await view()).server).toMatchObject({ have: 50, used: 50, left: 0 });
  });

  test("a grant to a member does not raise the server's limit", async () => {
    const { accept, quota, inTransaction } = aQuota(
      quotaSettings({ defaultGuildCredits: 100, defaultMemberCredits: 100 }),
    );
    const grant = { ...by, memberId: 'alice', stepId: 'g', credits: 50 };
    await inTransaction(async (tx) => quota.grant(tx, grant));

    await expect(accept('job', 101)).rejects.toThrow('this server has 100 left');
  });

  test('a take leaves less', async () => {
    const { accept, view, quota, inTransaction } = aQuota(
      quotaSettings({ defaultMemberCredits: 100 }),
    );
    const take = { ...by, memberId: 'alice', stepId: 't', credits: 30 };
    await inTransaction(async (tx) => quota.take(tx, take));

    expect((await view()).member).toMatchObject({ have: 70, left: 70 });
    await expect(accept('job', 71)).rejects.toThrow('you have 70 left');
    await accept('job', 70);
  });

  test('a reset sets used to the open holds, once', async () => {
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

  test('a reset that nothing was used before is shown and changes nothing', async () => {
    const { view, quota, inTransaction } = aQuota();
    await inTransaction(async (tx) => quota.reset(tx, { ...by, stepId: 'r' }));

    expect((await view()).server).toMatchObject({ left: 1000 });
    expect((await view()).server.entries).toMatchObject([{ kind: 'reset', credits: 0 }]);
  });
});
