import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { DAY, HOUR } from '#src/clock.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { quotaOn, quotaSettings, who } from '../fakes/quota.ts';

const { nowMs } = who;

describe.each(databaseKinds())('blocked members on %s', (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(async () => opened.close());

  const aQuota = () => quotaOn(opened.database, quotaSettings());
  const by = (stepId: string, atMs = nowMs) => {
    return { stepId, guildId: 'guild', memberId: 'alice', actorId: 'moderator', nowMs: atMs };
  };

  test('a blocked member is refused with the reason and the end, and nobody else is', async () => {
    const { accept, quota, inTransaction, view } = aQuota();
    const block = { ...by('b'), days: 3, note: 'spam `in` <@1>' };
    await inTransaction(async (tx) => quota.block(tx, block));

    const refusal =
      "A moderator has blocked you from making videos here until <t:1795521600:f>. Their reason: `spam 'in' <@1>`";
    await expect(accept('job', 1)).rejects.toMatchObject({ kind: 'user', message: refusal });
    await expect(quota.mayStart(opened.database, who)).rejects.toThrow(refusal);
    expect((await view()).stopped?.message).toBe(refusal);
    expect(await quota.openHolds(opened.database)).toEqual([]);
    await accept('of bob', 1, { memberId: 'bob' });
    await accept('elsewhere', 1, { guildId: 'elsewhere' });
  });

  test('a block ends by itself at its time, to the millisecond', async () => {
    const { accept, quota, inTransaction } = aQuota();
    await inTransaction(async (tx) => quota.block(tx, { ...by('b'), days: 1 }));

    await expect(accept('job', 1, { nowMs: nowMs + DAY - 1 })).rejects.toThrow('has blocked you');
    await accept('job', 1, { nowMs: nowMs + DAY });
    expect(await quota.blocks(opened.database, { guildId: 'guild', nowMs: nowMs + DAY })).toEqual(
      [],
    );
  });

  test('a block without days stays until it is lifted', async () => {
    const { accept, quota, inTransaction, view } = aQuota();
    await inTransaction(async (tx) => quota.block(tx, by('b')));
    await expect(accept('job', 1, { nowMs: nowMs + 1000 * DAY })).rejects.toThrow(
      'until further notice.',
    );

    const lifted = await inTransaction(async (tx) => quota.unblock(tx, by('u', nowMs + 1)));

    expect(lifted).toEqual({
      before: { memberId: 'alice', atMs: nowMs, actorId: 'moderator' },
      after: null,
      isRepeat: false,
    });
    await accept('job', 1);
    expect((await view()).stopped).toBeUndefined();
  });

  test('a second block replaces the first, and a repeated one changes nothing', async () => {
    const { quota, inTransaction } = aQuota();
    await inTransaction(async (tx) => quota.block(tx, { ...by('b1'), note: 'one' }));
    const second = { ...by('b2', nowMs + 1), days: 2, note: 'two' };
    const done = await inTransaction(async (tx) => quota.block(tx, second));
    await inTransaction(async (tx) => quota.unblock(tx, by('u')));

    const again = await inTransaction(async (tx) => quota.block(tx, second));

    expect(done.before).toMatchObject({ reason: 'one' });
    expect(again).toEqual({ ...done, isRepeat: true });
    expect(await quota.blockOf(opened.database, { ...who, nowMs: nowMs + 2 })).toBeUndefined();
  });

  test('a block does not affect jobs already accepted', async () => {
    const { accept, deliver, quota, inTransaction, view } = aQuota();
    await accept('job', 30);
    await inTransaction(async (tx) => quota.block(tx, by('b')));

    await deliver('job', 20);

    expect((await view()).server).toMatchObject({ held: 0, used: 20 });
  });

  describe('blocks after refusals by vendors', () => {
    const refuse = async (count: number, reason: string, atMs = nowMs) => {
      const { accept, fail } = aQuota();
      for (let index = 0; index < count; index += 1) {
        const id = `${reason} ${atMs} ${index}`;
        await accept(id, 1, { nowMs: atMs });
        await fail(id, atMs + index, reason);
      }
    };

    test('the fifth refusal within a day blocks the member for a day, in every server', async () => {
      const { accept, quota } = aQuota();
      await refuse(2, 'moderated-input', nowMs - 10 * HOUR);
      await refuse(2, 'moderated-output', nowMs - HOUR);
      await accept('still fine', 1);
      await refuse(1, 'moderated-input');

      const sentence = 'You can make videos again <t:1795348800:R>.';
      await expect(accept('job', 1)).rejects.toThrow(sentence);
      await expect(accept('job', 1, { guildId: 'elsewhere' })).rejects.toThrow(sentence);
      await expect(quota.mayStart(opened.database, who)).rejects.toMatchObject({ kind: 'user' });
      expect(await quota.moderationWait(opened.database, 'alice', nowMs)).toBe(nowMs + DAY);
      expect(await quota.moderationWait(opened.database, 'bob', nowMs)).toBeUndefined();
      await accept('a day later', 1, { nowMs: nowMs + DAY });
    });

    test('other failures do not count as refusals', async () => {
      const { accept, view } = aQuota();
      await refuse(9, 'vendor-failed');
      await refuse(4, 'moderated-input');

      await accept('job', 1);
      expect((await view()).stopped).toBeUndefined();
    });

    test('a job paid partly from grants is one refusal, not two', async () => {
      const { quota, inTransaction, accept, view } = aQuota();
      const limit = { ...by('l'), target: { scope: 'user', memberId: 'alice' } as const };
      await inTransaction(async (tx) => quota.setLimit(tx, { ...limit, limits: { credits: 0 } }));
      await inTransaction(async (tx) => quota.grant(tx, { ...by('g'), credits: 10 }));
      await refuse(4, 'moderated-input');

      await accept('job', 1);
      expect((await view()).stopped).toBeUndefined();
    });
  });
});
