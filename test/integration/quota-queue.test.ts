import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { nextToStart, queuePositions } from '#src/jobs/queue/fair-queue.ts';
import { createSlots } from '#src/jobs/queue/running-slots.ts';
import { openDatabase } from '#src/storage/database.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { setJobState } from '../fakes/job-rows.ts';
import { quotaOn, quotaSettings, who } from '../fakes/quota.ts';

const { nowMs } = who;
const SERVER = { scope: 'server' } as const;
const by = { guildId: 'guild', actorId: 'moderator', nowMs };
/** One account with two slots for all models. */
const TWO_PLACES = { accountOf: () => 'byteplus', most: () => 2 };

describe.each(databaseKinds())('the job queue on %s', (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(async () => opened.close());

  const aQuota = () => quotaOn(opened.database, quotaSettings());

  /** Three jobs of alice, then one of bob, a millisecond apart. */
  async function fourJobs(guildId = 'guild') {
    const { accept } = aQuota();
    const names = [`${guildId} a1`, `${guildId} a2`, `${guildId} a3`, `${guildId} b1`];
    for (const [index, name] of names.entries()) {
      const memberId = index < 3 ? 'alice' : 'bob';
      await accept(name, 1, { guildId, memberId, roleIds: ['77'], nowMs: nowMs + index });
    }
  }

  async function starting(accounts?: typeof TWO_PLACES): Promise<string[]> {
    const { waiting, running, limits } = await createSlots().queue(opened.database, { accounts });
    return nextToStart(waiting, running, { limits, nowMs }).map(({ jobId }) => jobId);
  }

  test('the limits decide which job starts, least recently served member first', async () => {
    const { quota, inTransaction } = aQuota();
    await fourJobs();
    expect(await starting()).toHaveLength(4);

    const set = { ...by, stepId: 's', target: SERVER, limits: { atOnce: 2 } };
    await inTransaction(async (tx) => quota.setLimit(tx, set));
    expect(await starting()).toEqual(['guild a1', 'guild b1']);

    await setJobState(opened.database, 'guild a1', 'submitting');
    expect(await starting()).toEqual(['guild b1']);
    await setJobState(opened.database, 'guild b1', 'running');
    expect(await starting()).toEqual([]);
    await setJobState(opened.database, 'guild a1', 'succeeded');
    expect(await starting()).toEqual(['guild a2']);
  });

  test('a member’s slots follow the roles of their last request', async () => {
    const { quota, inTransaction } = aQuota();
    await fourJobs();
    const target = { scope: 'role', roleId: '77' } as const;
    const set = { ...by, stepId: 's', target, limits: { atOnce: 1 } };
    await inTransaction(async (tx) => quota.setLimit(tx, set));

    expect(await starting()).toEqual(['guild a1', 'guild b1']);
  });

  test('the vendor’s account has slots shared by all servers', async () => {
    await fourJobs();
    await fourJobs('other');

    expect(await starting(TWO_PLACES)).toEqual(['guild a1', 'other a1']);
  });

  test('the position is in dispatch order, within the server or within a full account', async () => {
    await fourJobs();
    await fourJobs('other');
    const place = async (id: string, accounts?: typeof TWO_PLACES) => {
      const { waiting, running, limits } = await createSlots().queue(opened.database, { accounts });
      const busy = Array.from({ length: 2 }, (_, index) => {
        return { guildId: 'third', memberId: `m${index}`, account: 'byteplus' };
      });
      return queuePositions(waiting, [...running, ...busy], limits).get(id);
    };

    expect(await place('guild b1')).toBe(2);
    expect(await place('guild a2')).toBe(3);
    expect(await place('guild b1', TWO_PLACES)).toBe(3);
    expect(await place('no such job')).toBeUndefined();
    await setJobState(opened.database, 'guild a1', 'running');
    expect(await place('guild a1')).toBeUndefined();
    expect(await place('guild b1')).toBe(1);
  });

  test.each([
    { name: 'the server', limits: { atOnce: 3 }, accounts: undefined },
    { name: "the vendor's account", limits: undefined, accounts: { ...TWO_PLACES, most: () => 3 } },
  ])(
    'concurrent claims for the slots of $name succeed exactly as often as there are slots',
    async (given) => {
      const { limits, accounts } = given;
      const second = kind === 'postgres' ? await openDatabase(opened.url) : undefined;
      const databases = [opened.database, second?.database ?? opened.database];
      const { accept, quota, inTransaction } = aQuota();
      if (limits !== undefined) {
        const set = { ...by, stepId: 's', target: SERVER, limits };
        await inTransaction(async (tx) => quota.setLimit(tx, set));
      }
      const names = Array.from({ length: 20 }, (_, index) => `job ${index}`);
      for (const [index, name] of names.entries()) {
        await accept(name, 1, { memberId: `member ${index % 7}` });
      }

      const won = await Promise.all(
        names.map(async (jobId, index) =>
          quotaOn(databases[index % 2] ?? opened.database, quotaSettings()).inTransaction(
            async (transaction) => {
              const memberId = `member ${index % 7}`;
              const account = accounts === undefined ? undefined : 'byteplus';
              const claim = { jobId, guildId: 'guild', memberId, account, accounts };
              const startNumber = await createSlots().claimSlot(transaction, claim);
              if (startNumber !== undefined) await setJobState(transaction, jobId, 'submitting');
              return startNumber;
            },
          ),
        ),
      );

      await second?.close();
      const numbers = won.filter((one) => one !== undefined);
      expect(numbers.toSorted((one, other) => one - other)).toEqual([1, 2, 3]);
    },
  );

  test('a concurrent claim and outcome of the same job do not deadlock', async () => {
    const { accept, quota, inTransaction, fail } = aQuota();
    const names = Array.from({ length: 12 }, (_, index) => `job ${index}`);
    for (const name of names) await accept(name, 1);

    await Promise.all(
      names.flatMap((jobId) => [
        inTransaction(async (tx) => createSlots().claimSlot(tx, { ...who, jobId, account: 'a' })),
        fail(jobId),
      ]),
    );

    expect(await quota.openHolds(opened.database)).toEqual([]);
  });
});
