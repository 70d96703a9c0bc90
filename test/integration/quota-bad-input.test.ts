/**
 * Bad input to the quotas, one row each: moderators' mistakes are refused with an explanation and write
 * nothing; unusual but valid input has a defined result.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { loggedChangeLine } from '#src/discord/moderation/log-lines.ts';
import type { LimitTarget } from '#src/quota/limits/stored-limits.ts';
import { ledgerCsv } from '#src/quota/reports/export.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { quotaOn, quotaSettings, who } from '../fakes/quota.ts';

const { nowMs } = who;
const SERVER = { scope: 'server' } as const;
const ALICE = { scope: 'user', memberId: 'alice' } as const;
const by = { guildId: 'guild', actorId: '900', nowMs, stepId: 'step' };

const WRITTEN = ['limits', 'blocks', 'audit_log', 'ledger'] as const;

type Acting = ReturnType<typeof quotaOn>;

/** As many characters as a note may have, none of them harmless. */
const HOSTILE_NOTE = '=HYPERLINK("http://x") @everyone <@1> <@&2> `x` **y** [a](http://b)'.padEnd(
  200,
  '|<@3>',
);

const grant =
  (credits: number, reason?: string) =>
  async ({ quota, inTransaction }: Acting) =>
    inTransaction(async (tx) => quota.grant(tx, { ...by, memberId: 'alice', credits, reason }));
const deduct =
  (credits: number) =>
  async ({ quota, inTransaction }: Acting) =>
    inTransaction(async (tx) => quota.deduct(tx, { ...by, memberId: 'alice', credits }));
const limit =
  (limits: object, target: LimitTarget = SERVER, note?: string) =>
  async ({ quota, inTransaction }: Acting) =>
    inTransaction(async (tx) => quota.setLimit(tx, { ...by, target, limits, note }));
const block =
  (days: number | undefined, note?: string) =>
  async ({ quota, inTransaction }: Acting) =>
    inTransaction(async (tx) => quota.block(tx, { ...by, memberId: 'alice', days, note }));
const zone =
  (timeZone: string) =>
  async ({ quota, inTransaction }: Acting) =>
    inTransaction(async (tx) => quota.setTimeZone(tx, { ...by, timeZone }));

const AMOUNT = 'a whole number from 1 to 1,000,000,000';
const REFUSED: readonly [name: string, act: (acting: Acting) => Promise<unknown>, says: string][] =
  [
    ['a negative grant', grant(-1), AMOUNT],
    ['a grant of zero', grant(0), AMOUNT],
    ['a grant of half a credit', grant(0.5), AMOUNT],
    ['a huge grant', grant(1e12), AMOUNT],
    ['a grant that is not a number', grant(Number.NaN), AMOUNT],
    ['a grant above what the operator allows', grant(1001), 'at most 1,000 can be granted'],
    ['a negative take', deduct(-1), AMOUNT],
    ['a deduction of zero', deduct(0), AMOUNT],
    ['a huge take', deduct(Number.MAX_SAFE_INTEGER), AMOUNT],
    ['a negative limit', limit({ credits: -1 }), 'from 0 to 1,000,000,000'],
    ['a huge limit', limit({ credits: 1e15 }), 'from 0 to 1,000,000,000'],
    [
      'a limit above what the operator allows',
      limit({ credits: 1001 }),
      'allows this server 1,000',
    ],
    ['less than none at once', limit({ atOnce: -1 }), 'videos at once'],
    ['a huge line', limit({ waiting: 1e9 }), 'from 0 to 10,000'],
    ['a maximum cost below zero', limit({ maxCost: -1 }), 'The maximum cost of a video'],
    ['an empty period', limit({ per: 'day' }), 'per needs credits too'],
    ['nothing to set', limit({}), 'Nothing to set'],
    ['a block of no days', block(0), 'a whole number from 1 to 3,650'],
    ['a block of a thousand years', block(365_000), 'a whole number from 1 to 3,650'],
    ['a note of 201 characters to a grant', grant(1, 'x'.repeat(201)), 'at most 200 characters'],
    [
      'a note of 201 characters to a limit',
      limit({ credits: 1 }, ALICE, 'x'.repeat(201)),
      'at most 200 characters',
    ],
    ['a reason of 201 characters', block(1, 'x'.repeat(201)), 'at most 200 characters'],
    ['an unknown time zone', zone('Mars/Olympus'), 'no such time zone'],
    ['an offset for a time zone', zone('+02:00'), 'no such time zone'],
    ['a time zone that would be SQL', zone("UTC'; drop table limits; --"), 'no such time zone'],
  ];

describe.each(databaseKinds())('malformed moderation input on %s', (kind) => {
  let opened: TestDatabase;
  let acting: Acting;
  beforeAll(async () => {
    opened = await openTestDatabase(kind);
  });
  beforeEach(async () => {
    for (const table of ['jobs', 'accounts', ...WRITTEN] as const) {
      await opened.database.deleteFrom(table).execute();
    }
    const settings = quotaSettings({ defaultGuildCredits: 500, maxGuildCreditsPerMonth: 1000 });
    acting = quotaOn(opened.database, settings);
  });
  afterAll(async () => opened.close());

  const written = async () => {
    const counts = WRITTEN.map(async (table) => {
      const rows = await opened.database.selectFrom(table).select('guild_id').execute();
      return rows.length;
    });
    const zones = await opened.database.selectFrom('accounts').select('time_zone').execute();
    return [...(await Promise.all(counts)), zones.filter((row) => row.time_zone !== null).length];
  };

  test.each(REFUSED)(
    '%s is refused with an explanation and writes nothing',
    async (_, act, says) => {
      const refused = act(acting);

      await expect(refused).rejects.toMatchObject({ kind: 'user' });
      await expect(refused).rejects.toThrow(says);
      expect(await written()).toEqual([0, 0, 0, 0, 0]);
    },
  );

  test('a note of 200 characters full of mentions and formulas is kept, and harmless wherever it is shown', async () => {
    expect(HOSTILE_NOTE).toHaveLength(200);
    await grant(5, HOSTILE_NOTE)(acting);

    const { quota } = acting;
    const { entries } = await quota.changeLog(opened.database, { guildId: 'guild', page: 1 });
    expect(entries[0]?.note).toBe(HOSTILE_NOTE);
    const [line] = entries.map((entry) => loggedChangeLine(entry, 'en-US').text);
    // Who did it and to whom are the only mentions; nothing else is drawn as markup.
    expect(line?.replaceAll(/\\./g, '').match(/<[@#:t][^>]*>|@everyone|https?:/g)).toEqual([
      '<@900>',
      '<@alice>',
    ]);
    const { rows } = await quota.exportLedger(opened.database, { guildId: 'guild', nowMs });
    expect(ledgerCsv(rows)).toContain(`,"'=HYPERLINK(""http://x"")`);
  });

  test('a deleted role keeps its limit, which has no effect and can be cleared', async () => {
    const target = { scope: 'role', roleId: '77' } as const;
    await limit({ credits: 1 }, target)(acting);
    const { quota, inTransaction, accept } = acting;

    await accept('job', 100, { roleIds: ['78'] });

    expect(await quota.limits(opened.database, 'guild')).toHaveLength(1);
    const clear = { ...by, stepId: 'clear', target, clear: 'all' } as const;
    await inTransaction(async (tx) => quota.clearLimit(tx, clear));
    expect(await quota.limits(opened.database, 'guild')).toEqual([]);
  });

  test('a member who left, whose roles are unknown, can be granted, deducted, reset and blocked', async () => {
    const { quota, inTransaction, view, accept, deliver } = acting;
    await accept('job', 30, { roleIds: ['77'] });
    const left = { ...by, memberId: 'alice', roleIds: undefined };

    await inTransaction(async (tx) => quota.grant(tx, { ...left, stepId: '1', credits: 7 }));
    await inTransaction(async (tx) => quota.deduct(tx, { ...left, stepId: '2', credits: 3 }));
    await deliver('job', 20);
    await inTransaction(async (tx) => quota.reset(tx, { ...left, stepId: '3' }));
    await inTransaction(async (tx) => quota.block(tx, { ...left, stepId: '4' }));

    expect((await view({ roleIds: undefined })).member).toMatchObject({ used: 0, held: 0 });
    await expect(accept('other', 1)).rejects.toThrow('blocked you');
    expect(await quota.audit(opened.database)).toEqual([]);
  });

  test('a member who was never in the server has the defaults', async () => {
    const { member, spendable } = await acting.view({ memberId: 'nobody' });

    expect(member).toMatchObject({ held: 0, used: 0, left: 500, isShared: true });
    expect(spendable).toBe(500);
  });

  test('limits of zero are limits: nothing is made, and the rule is named', async () => {
    await limit({ credits: 0 }, ALICE)(acting);

    await expect(acting.accept('job', 1)).rejects.toThrow(
      'you have 0 left: your limit is 0 credits a month (your own limit)',
    );
  });

  test('a limit below the held credits leaves less than nothing until the job has ended', async () => {
    await acting.accept('job', 80);
    await limit({ credits: 30 }, ALICE)(acting);

    expect((await acting.view()).member).toMatchObject({ have: 30, held: 80, left: -50 });
    await expect(acting.accept('next', 1)).rejects.toThrow('you have 0 left');
    await acting.deliver('job', 10);
    await acting.accept('next', 20);
  });

  test.each([
    { server: 'day', own: 'month', says: 'you have 0 left: your limit is 30 credits a month' },
    {
      server: 'month',
      own: 'day',
      says: 'this server has 0 left: its limit is 30 credits a month',
    },
  ] as const)(
    'overlapping periods, $server for the server and $own for the member, are counted separately',
    async ({ server, own, says }) => {
      const { quota, inTransaction, accept } = acting;
      const set = async (stepId: string, target: LimitTarget, per: 'day' | 'month') =>
        inTransaction(async (tx) =>
          quota.setLimit(tx, { ...by, stepId, target, limits: { credits: 30, per } }),
        );
      await set('1', SERVER, server);
      await set('2', ALICE, own);
      await accept('yesterday', 30, { nowMs: nowMs - 24 * 60 * 60 * 1000 });

      await expect(accept('today', 1)).rejects.toThrow(says);
    },
  );
});
