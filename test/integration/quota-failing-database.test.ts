import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { failingStatements } from '../databases/failing-statements.ts';
import { quotaOn, quotaSettings, who } from '../fakes/quota.ts';

const { nowMs } = who;
/** More statements than any step here executes. */
const MOST_STATEMENTS = 30;

type Acting = ReturnType<typeof quotaOn>;

async function isRejected(step: Promise<unknown>): Promise<boolean> {
  return step.then(
    () => false,
    () => true,
  );
}

describe.each(databaseKinds())('the quota on a failing database on %s', (kind) => {
  let opened: TestDatabase;
  let sound: Acting;
  const settings = quotaSettings({ defaultMemberCredits: 500 });

  beforeEach(async () => {
    opened = await openTestDatabase(kind);
    sound = quotaOn(opened.database, settings);
    await sound.accept('done', 40);
    await sound.deliver('done', 30);
    await sound.accept('open', 50);
  });
  afterEach(async () => opened.close());

  const everything = async () => ({
    jobs: await opened.database.selectFrom('jobs').selectAll().orderBy('id').execute(),
    ledger: await opened.database
      .selectFrom('ledger')
      .selectAll()
      .orderBy('step_id')
      .orderBy('member_id')
      .orderBy('job_id')
      .execute(),
    ...(await readDecisions()),
  });
  const readDecisions = async () => ({
    limits: await opened.database.selectFrom('limits').selectAll().execute(),
    blocks: await opened.database.selectFrom('blocks').selectAll().execute(),
    log: await opened.database.selectFrom('audit_log').selectAll().execute(),
    warnings: await opened.database.selectFrom('budget_warnings').selectAll().execute(),
    accounts: await opened.database
      .selectFrom('accounts')
      .selectAll()
      .where(({ or, eb }) => or([eb('time_zone', 'is not', null), eb('role_ids', '!=', '[]')]))
      .execute(),
  });
  const moderator = { ...who, actorId: 'moderator', stepId: 'step' };

  const steps: { name: string; step: (acting: Acting) => Promise<unknown> }[] = [
    {
      name: 'a new job',
      step: async ({ accept }) => accept('new', 60, { memberId: 'bob', roleIds: ['77'] }),
    },
    { name: 'a delivery', step: async ({ deliver }) => deliver('open', 20) },
    { name: 'a refund', step: async ({ fail }) => fail('open') },
    {
      name: 'a grant',
      step: async ({ quota, inTransaction }) =>
        inTransaction(async (tx) => quota.grant(tx, { ...moderator, credits: 5 })),
    },
    {
      name: 'a reset',
      step: async ({ quota, inTransaction }) =>
        inTransaction(async (tx) => quota.reset(tx, moderator)),
    },
    {
      name: 'a limit',
      step: async ({ quota, inTransaction }) => {
        const limits = { credits: 60, atOnce: 1 };
        const change = { ...moderator, target: { scope: 'server' } as const, limits };
        return inTransaction(async (tx) => quota.setLimit(tx, change));
      },
    },
    {
      name: 'a block',
      step: async ({ quota, inTransaction }) =>
        inTransaction(async (tx) => quota.block(tx, { ...moderator, days: 2, note: 'spam' })),
    },
    {
      name: 'a time zone',
      step: async ({ quota, inTransaction }) =>
        inTransaction(async (tx) =>
          quota.setTimeZone(tx, { ...moderator, timeZone: 'Asia/Tokyo' }),
        ),
    },
  ];

  for (const when of ['before', 'after'] as const) {
    test.each(steps)(
      `$name that fails ${when} any of its statements leaves no trace, and works when repeated`,
      async ({ step }) => {
        const before = await everything();
        const afterFailures: Awaited<ReturnType<typeof everything>>[] = [];
        let statement = 0;
        let hasFailed = true;
        while (hasFailed && statement < MOST_STATEMENTS) {
          statement += 1;
          const failing = failingStatements();
          failing.failAt(statement, when);
          const database = opened.database.withPlugin(failing.plugin);
          hasFailed = await isRejected(step(quotaOn(database, settings)));
          if (hasFailed) afterFailures.push(await everything());
        }

        for (const state of afterFailures) expect(state).toEqual(before);
        // The last round had no such statement any more, and succeeded.
        expect(hasFailed).toBe(false);
        expect(afterFailures.length).toBeGreaterThan(2);
        expect(await everything()).not.toEqual(before);
        expect(await sound.quota.audit(opened.database)).toEqual([]);
      },
    );
  }

  test('a closed database refuses, and nothing is held', async () => {
    const other = await openTestDatabase(kind);
    await other.close();

    const { accept } = quotaOn(other.database, settings);
    await expect(accept('new', 1, { nowMs })).rejects.toThrow(/destroyed|closed|end/);
  });
});
