import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import type { CourseAction } from '../models/quota-course-actions.ts';
import { QuotaCourse } from '../models/quota-course.ts';

const RUNS = { sqlite: 40, postgres: 20 } as const;

const credits = fc.integer({ min: 1, max: 60 });
const price = fc.integer({ min: 1, max: 40 });
const job = fc.integer({ min: 0, max: 19 });
const step = fc.integer({ min: 0, max: 5 });
const account = fc.constantFrom('server', 'alice', 'bob');
const per = fc.constantFrom('day', 'month');
const actions: fc.Arbitrary<CourseAction> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('hold'), job, credits: price }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('submit'), job }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('settle'), job, credits }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('release'),
      job,
      book: fc.constantFrom('notBilled', 'lost'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('grant', 'deduct'), step, account, credits }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reset'), step, account }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('limit'),
      whose: fc.constantFrom('server', 'alice', 'role', 'everyone'),
      credits: fc.integer({ min: 0, max: 60 }),
      per,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('clear'),
      whose: fc.constantFrom('server', 'alice', 'role', 'everyone'),
    }),
  },
  fc.record({ do: fc.constant('role'), has: fc.boolean() }),
  fc.record({ do: fc.constant('maxCost'), credits }),
  fc.record({ do: fc.constant('block'), isBlocked: fc.boolean() }),
  fc.record({ do: fc.constant('zone'), hours: fc.integer({ min: -12, max: 14 }) }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), hours: fc.nat({ max: 800 }) }) },
  fc.record({ do: fc.constant('restart') }),
);

const courses = fc.array(actions, { minLength: 10, maxLength: 40, size: 'max' });

describe.each(databaseKinds())('the quota under random events on %s', (kind) => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await openTestDatabase(kind);
  });
  afterAll(async () => opened.close());

  const reopen = async () => {
    opened = await opened.reopen();
    return opened.database;
  };

  test('the ledgers match the arithmetic, no hold outlives its job, and repeated steps change nothing', async () => {
    const tables = ['ledger', 'jobs', 'accounts', 'limits', 'blocks', 'vendor_ledger'] as const;
    const logs = ['audit_log', 'budget_warnings'] as const;
    const property = fc.asyncProperty(courses, async (course) => {
      for (const table of [...tables, ...logs]) await opened.database.deleteFrom(table).execute();
      const running = new QuotaCourse(opened.database, reopen);
      for (const action of course) {
        await running.perform(action);
        const ledgers = await running.ledgers();
        expect(ledgers).toEqual(running.modelLedgers());
        if (action.do !== 'wait') await running.repeat(action);
        expect(await running.ledgers()).toEqual(ledgers);
        expect(await running.audit()).toEqual([]);
      }
      await running.finish();
      expect(await running.ledgers()).toEqual(running.modelLedgers());
      expect(await running.open()).toEqual({ holds: 0, submissions: 0 });
      expect(await running.audit()).toEqual([]);
    });
    await fc.assert(property, { numRuns: RUNS[kind] });
  });
});
