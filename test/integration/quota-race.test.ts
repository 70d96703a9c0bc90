import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { StoredLimits } from '#src/quota/limits/limits.ts';
import type { LimitTarget } from '#src/quota/limits/stored-limits.ts';
import { openDatabase, type Database } from '#src/storage/database.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { quotaOn, quotaSettings, who, type Who } from '../fakes/quota.ts';

const { nowMs } = who;
const COST = 50;
const ROOM = 20;
const ATTEMPTS = 200;
const MEMBERS = 10;

describe.each(databaseKinds())('concurrent changes on %s', (kind) => {
  let opened: TestDatabase;
  let databases: Database[];
  let closeSecond: () => Promise<void>;

  beforeEach(async () => {
    opened = await openTestDatabase(kind);
    databases = [opened.database];
    closeSecond = async () => {};
    if (kind === 'postgres') {
      // As a second process would: separate connections to the same database.
      const second = await openDatabase(opened.url);
      databases.push(second.database);
      closeSecond = async () => second.close();
    }
  });
  afterEach(async () => {
    await closeSecond();
    await opened.close();
  });

  /** All at once, spread over every pool. */
  async function attempts(
    settings: ReturnType<typeof quotaSettings>,
    from: (index: number) => Partial<Who>,
  ) {
    const managers = databases.map((database) => quotaOn(database, settings));
    return Promise.allSettled(
      Array.from({ length: ATTEMPTS }, async (_, index) =>
        managers[index % managers.length]?.accept(`job ${index}`, COST, from(index)),
      ),
    );
  }

  const refusals = (outcomes: readonly PromiseSettledResult<unknown>[]): unknown[] =>
    outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));

  const memberOf = (index: number) => ({ memberId: `member ${index % MEMBERS}` });

  test.each([
    { name: 'the server’s limit', limits: { defaultGuildCredits: ROOM * COST }, from: memberOf },
    {
      name: 'the operator’s ceiling for the server',
      limits: { defaultGuildCredits: 100_000, guildCredits: new Map([['guild', ROOM * COST]]) },
      from: memberOf,
    },
    {
      name: 'the operator’s ceiling over all servers',
      limits: { operatorCreditsPerMonth: ROOM * COST },
      from: (index: number) => ({ ...memberOf(index), guildId: `guild ${index % 7}` }),
    },
    {
      name: "the members' limits",
      limits: { defaultGuildCredits: 100_000, defaultMemberCredits: (ROOM / MEMBERS) * COST },
      from: memberOf,
    },
  ])('$name lets exactly as many jobs through as fit', async ({ limits, from }) => {
    const settings = quotaSettings(limits);

    const outcomes = await attempts(settings, from);

    const refused = refusals(outcomes);
    expect(refused).toHaveLength(ATTEMPTS - ROOM);
    for (const reason of refused) expect(reason).toMatchObject({ kind: 'quota-exceeded' });
    const jobs = await opened.database.selectFrom('jobs').select('id').execute();
    expect(jobs).toHaveLength(ROOM);
    const { quota } = quotaOn(opened.database, settings);
    expect(await quota.openHolds(opened.database)).toHaveLength(2 * ROOM);
    expect(await quota.audit(opened.database)).toEqual([]);
  });

  test('limits set by moderators let exactly as many jobs through as fit, and warn once', async () => {
    const settings = quotaSettings();
    const { quota, inTransaction } = quotaOn(opened.database, settings);
    const by = { guildId: 'guild', actorId: 'moderator', nowMs };
    const setLimit = async (stepId: string, target: LimitTarget, limits: StoredLimits) =>
      inTransaction(async (tx) => quota.setLimit(tx, { ...by, stepId, target, limits }));
    await setLimit('1', { scope: 'server' }, { credits: ROOM * COST, per: 'day' });
    await setLimit('2', { scope: 'role', roleId: '77' }, { credits: 3 * COST });

    const outcomes = await attempts(settings, (index) => ({
      ...memberOf(index),
      roleIds: ['77'],
    }));

    expect(refusals(outcomes)).toHaveLength(ATTEMPTS - ROOM);
    expect(await opened.database.selectFrom('jobs').select('id').execute()).toHaveLength(ROOM);
    expect(await quota.dueWarnings(opened.database)).toMatchObject([
      { percent: 80 },
      { percent: 100 },
    ]);
    expect(await quota.audit(opened.database)).toEqual([]);
  });

  test('slots let exactly as many jobs through as may run and wait', async () => {
    const settings = quotaSettings();
    const { quota, inTransaction } = quotaOn(opened.database, settings);
    const target = { scope: 'server' } as const;
    const limits = { atOnce: 3, waiting: 4 };
    const set = { guildId: 'guild', actorId: 'moderator', nowMs, stepId: '1', target, limits };
    await inTransaction(async (tx) => quota.setLimit(tx, set));

    const outcomes = await attempts(settings, memberOf);

    expect(refusals(outcomes)).toHaveLength(ATTEMPTS - 7);
  });

  test('a change made many times at once is made once', async () => {
    const managers = databases.map((database) => quotaOn(database, quotaSettings()));
    const grant = { guildId: 'guild', actorId: 'moderator', nowMs, stepId: 'g', credits: 7 };
    const changes = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const manager = managers[index % managers.length];
        return manager?.inTransaction(async (tx) => manager.quota.grant(tx, grant));
      }),
    );

    expect(changes.filter((change) => change?.isRepeat === false)).toHaveLength(1);
    expect((await managers[0]?.view())?.server.left).toBe(1007);
  });

  test('a job held many times at once is held once', async () => {
    const managers = databases.map((database) => quotaOn(database, quotaSettings()));
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const manager = managers[index % managers.length];
        await manager?.inTransaction(async (tx) =>
          manager.quota.hold(tx, { ...who, jobId: 'job', credits: COST }),
        );
      }),
    );

    const rows = await opened.database.selectFrom('ledger').select('kind').execute();
    expect(rows).toHaveLength(2);
  });

  test('a job with many concurrent outcomes gets one, the same in both accounts', async () => {
    const managers = databases.map((database) => quotaOn(database, quotaSettings()));
    await managers[0]?.accept('job', COST);
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const manager = managers[index % managers.length];
        await manager?.inTransaction(async (tx) =>
          index % 3 === 0
            ? manager.quota.release(tx, { jobId: 'job', nowMs, reason: 'vendor-failed' })
            : manager.quota.settle(tx, { jobId: 'job', credits: index, nowMs }),
        );
      }),
    );

    const rows = await opened.database
      .selectFrom('ledger')
      .select(['kind', 'amount'])
      .where('kind', '!=', 'hold')
      .execute();
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual(rows[1]);
  });

  test('concurrent grants, resets, holds and outcomes neither deadlock nor lose a credit', async () => {
    const settings = quotaSettings({ defaultMemberCredits: 500, defaultGuildCredits: 2000 });
    const managers = databases.map((database) => quotaOn(database, settings));
    await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const manager = managers[index % managers.length];
        const memberId = `member ${index % 3}`;
        const by = { guildId: 'guild', memberId, actorId: 'moderator', nowMs };
        if (manager === undefined) return;
        const { quota, inTransaction } = manager;
        if (index % 5 === 0)
          await inTransaction(async (tx) =>
            quota.grant(tx, { ...by, stepId: `${index}`, credits: 7 }),
          );
        else if (index % 5 === 1)
          await inTransaction(async (tx) => quota.reset(tx, { ...by, stepId: `${index}` }));
        else {
          await manager.accept(`job ${index}`, 10, { memberId });
          await manager.deliver(`job ${index}`, 6);
        }
      }),
    );

    const manager = quotaOn(opened.database, settings);
    expect(await manager.quota.audit(opened.database)).toEqual([]);
    expect((await manager.view()).server).toMatchObject({ held: 0, used: 36 * 6 });
  });
});
