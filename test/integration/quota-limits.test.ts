import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { HOUR } from '#src/clock.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { ALICE, limitedServer, roleTarget, SERVER } from '../fakes/limited-server.ts';
import { quotaSettings, who } from '../fakes/quota.ts';

const { nowMs } = who;

describe.each(databaseKinds())('limits that moderators set on %s', (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(async () => opened.close());

  const aServer = (settings = quotaSettings()) => limitedServer(opened.database, settings);

  test('a member reaches the limit of their role, is told so, and continues after a grant', async () => {
    const { set, accept, quota, inTransaction, by, view } = aServer();
    const roleIds = ['77', '78'];
    await set(roleTarget('77'), { credits: 50, per: 'day' });
    await set(roleTarget('78'), { credits: 60, per: 'month' });
    await accept('first', 40, { roleIds });

    await expect(accept('second', 20, { roleIds })).rejects.toThrow(
      'This video costs 20 credits, and you have 10 left: your limit is 50 credits a day (the role <@&77>). It resets <t:1795305600:R>.',
    );
    const grant = { ...by(nowMs), memberId: 'alice', roleIds, credits: 15 };
    expect(await inTransaction(async (tx) => quota.grant(tx, grant))).toMatchObject({
      before: { limit: { credits: 50, per: 'day', rule: 'role:77' }, used: 40, extra: 0, left: 10 },
      after: { used: 40, extra: 15, left: 25 },
    });

    await accept('second', 20, { roleIds });
    expect((await view({ roleIds })).member).toMatchObject({
      left: 5,
      rule: 'role:77',
      per: 'day',
    });
  });

  test('a limit for everyone applies to members without any role', async () => {
    const { set, accept } = aServer();
    await set(roleTarget('guild'), { credits: 10 });

    await expect(accept('job', 11, { roleIds: [] })).rejects.toThrow(
      'your limit is 10 credits a month (the limit for everyone here)',
    );
    await expect(accept('other', 11)).rejects.toThrow('the limit for everyone here');
  });

  test("a member’s own limit takes precedence over their roles', even when it is smaller", async () => {
    const { set, clear, accept } = aServer();
    await set(roleTarget('77'), { credits: 500 });
    await set(ALICE, { credits: 5 });

    await expect(accept('job', 6, { roleIds: ['77'] })).rejects.toThrow('(your own limit)');
    await clear(ALICE, 'credits');
    await accept('job', 6, { roleIds: ['77'] });
  });

  test('a role that the member lost, or that has no limit, has no effect', async () => {
    const { set, accept, view } = aServer();
    await set(roleTarget('77'), { credits: 10 });
    await accept('job', 10, { roleIds: ['77', 'gone'] });

    expect((await view()).member).toMatchObject({ rule: 'role:77', left: 0 });
    await accept('other', 300, { roleIds: ['gone'] });
    expect((await view()).member).toMatchObject({ isShared: true, rule: 'server-default' });
  });

  test('the limit of a member whose id equals that of a role is not taken for the role’s', async () => {
    const { set, accept } = aServer();
    await set({ scope: 'user', memberId: '77' }, { credits: 5 });
    await set({ scope: 'user', memberId: 'guild' }, { credits: 5 });

    await expect(accept('job', 6, { roleIds: ['77'] })).resolves.toBeUndefined();
  });

  test('a member who left is settled, shown and limited as before', async () => {
    const { set, accept, deliver, view, quota } = aServer();
    await accept('job', 30, { roleIds: ['77'] });
    await set(ALICE, { credits: 100 });

    await deliver('job', 20);

    expect((await view({ roleIds: [] })).member).toMatchObject({ used: 20, left: 80 });
    expect(await quota.audit(opened.database)).toEqual([]);
  });

  test('a limit below the held credits leaves nothing, and takes nothing back', async () => {
    const { set, accept, deliver, view } = aServer();
    await accept('job', 80);

    expect(await set(ALICE, { credits: 30 })).toEqual({
      before: {},
      after: { credits: 30, per: 'month' },
      isRepeat: false,
    });
    expect((await view()).member).toMatchObject({ have: 30, held: 80, used: 0, left: -50 });
    await expect(accept('next', 1)).rejects.toThrow('you have 0 left');

    await deliver('job', 25);
    expect((await view()).member).toMatchObject({ used: 25, left: 5 });
    await accept('next', 5);
  });

  test('a daily limit counts the jobs of the day, and a monthly limit those of the month', async () => {
    const { set, accept, view } = aServer();
    const yesterday = { nowMs: nowMs - 24 * HOUR };
    await accept('yesterday', 70, yesterday);
    await accept('today', 20);

    await set(ALICE, { credits: 100, per: 'day' });
    expect((await view()).member).toMatchObject({ held: 20, left: 80, per: 'day' });
    await set(ALICE, { per: 'month' });
    expect((await view()).member).toMatchObject({ held: 90, left: 10, per: 'month' });
  });

  test('limits on server and member in different periods are both checked', async () => {
    const { set, accept } = aServer();
    await set(SERVER, { credits: 100, per: 'month' });
    await set(ALICE, { credits: 60, per: 'day' });
    await accept('yesterday', 60, { nowMs: nowMs - 24 * HOUR });

    await expect(accept('today', 41)).rejects.toThrow(
      'this server has 40 left: its limit is 100 credits a month (this server’s own limit)',
    );
    await accept('today', 40);
  });

  test.each([
    { day: '2026-03-29', before: '2026-03-28T22:59:59Z', after: '2026-03-29T21:59:59Z' },
    { day: '2026-10-25', before: '2026-10-24T21:59:59Z', after: '2026-10-25T22:59:59Z' },
  ])('the day $day is as long as the clocks make it', async ({ before, after }) => {
    const { set, zone, accept, view } = aServer();
    await zone('Europe/Berlin');
    await set(ALICE, { credits: 10, per: 'day' });
    const [lastOfBefore, lastOfDay] = [Date.parse(before), Date.parse(after)];
    await accept('day before', 10, { nowMs: lastOfBefore });
    await accept('first moment', 10, { nowMs: lastOfBefore + 1000 });

    await expect(accept('last moment', 1, { nowMs: lastOfDay })).rejects.toThrow('0 left');
    expect((await view({ nowMs: lastOfDay })).member.resetsAtMs).toBe(lastOfDay + 1000);
    await accept('day after', 10, { nowMs: lastOfDay + 1000 });
  });

  test('another time zone moves the jobs to their days, and no credit is lost', async () => {
    const { set, zone, accept, deliver, fail, view, quota } = aServer();
    await set(ALICE, { credits: 100, per: 'day' });
    const lateMs = Date.parse('2026-11-21T23:30:00Z');
    await accept('early', 10, { nowMs: lateMs - 20 * HOUR });
    await accept('late', 30, { nowMs: lateMs });
    expect((await view({ nowMs: lateMs })).member.left).toBe(60);

    expect(await zone('asia/tokyo')).toMatchObject({ before: 'UTC', after: 'Asia/Tokyo' });

    expect(await view({ nowMs: lateMs })).toMatchObject({
      timeZone: 'Asia/Tokyo',
      member: { held: 30, left: 70, resetsAtMs: Date.parse('2026-11-22T15:00:00Z') },
    });
    await deliver('late', 25, lateMs);
    await fail('early', lateMs);
    expect((await view({ nowMs: lateMs })).member).toMatchObject({ used: 25, left: 75 });
    await zone('UTC');
    expect((await view({ nowMs: lateMs })).member).toMatchObject({ used: 25, left: 75 });
    expect(await quota.audit(opened.database)).toEqual([]);
  });

  test('an unknown time zone is refused and changes nothing', async () => {
    const { zone, quota } = aServer();

    await expect(zone('Middle/Earth')).rejects.toMatchObject({ kind: 'user' });
    expect(await quota.timeZone(opened.database, 'guild')).toBe('UTC');
    expect((await quota.changeLog(opened.database, { guildId: 'guild', page: 1 })).total).toBe(0);
  });

  test('a server cannot set a limit above the operator’s', async () => {
    const { set, accept } = aServer(quotaSettings({ maxGuildCreditsPerMonth: 1000 }));

    await expect(set(SERVER, { credits: 1001 })).rejects.toThrow('allows this server 1,000');
    await set(SERVER, { credits: 30, per: 'day' });
    await accept('first', 30);
    await expect(accept('second', 1)).rejects.toThrow('30 credits a day');
  });

  test('a video above the maximum cost is refused by that rule, whatever is left', async () => {
    const { set, clear, accept, view } = aServer();
    await set(SERVER, { maxCost: 40 });
    await set(roleTarget('77'), { maxCost: 60 });

    await expect(accept('a', 41)).rejects.toMatchObject({ kind: 'quota-exceeded' });
    await expect(accept('a', 41)).rejects.toThrow('may cost up to 40 (this server’s own limit)');
    await accept('a', 60, { roleIds: ['77'] });
    expect(await view()).toMatchObject({
      spendable: 60,
      most: { member: { maxCost: { most: 60 } } },
    });
    await clear(roleTarget('77'), 'maxCost');
    await expect(accept('b', 41, { roleIds: ['77'] })).rejects.toThrow('may cost up to 40');
  });

  test('the settings of one server do not affect another', async () => {
    const { set, accept, quota } = aServer();
    await set(SERVER, { credits: 0, atOnce: 0, maxCost: 0 });
    await set(ALICE, { credits: 0 });
    await set(roleTarget('guild'), { credits: 0 });

    await accept('job', 500, { guildId: 'elsewhere', roleIds: ['guild'] });
    expect(await quota.limits(opened.database, 'elsewhere')).toEqual([]);
    expect(await quota.limits(opened.database, 'guild')).toEqual([
      { target: SERVER, limits: { credits: 0, per: 'month', atOnce: 0, maxCost: 0 } },
      { target: roleTarget('guild'), limits: { credits: 0, per: 'month' } },
      { target: ALICE, limits: { credits: 0, per: 'month' } },
    ]);
  });

  test('clearing removes one limit or all, and reports what was there', async () => {
    const { set, clear, quota } = aServer();
    await set(ALICE, { credits: 9, per: 'day', atOnce: 2, waiting: 3 });

    expect(await clear(ALICE, 'credits')).toEqual({
      before: { credits: 9, per: 'day', atOnce: 2, waiting: 3 },
      after: { atOnce: 2, waiting: 3 },
      isRepeat: false,
    });
    expect((await clear(ALICE, 'atOnce')).after).toEqual({ waiting: 3 });
    expect((await clear(ALICE, 'all')).after).toEqual({});
    expect((await clear(ALICE, 'all')).before).toEqual({});
    expect(await quota.limits(opened.database, 'guild')).toEqual([]);
  });
});
