import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { setJobState } from '../fakes/job-rows.ts';
import { ALICE, limitedServer, SERVER } from '../fakes/limited-server.ts';
import { who } from '../fakes/quota.ts';

describe.each(databaseKinds())('limits that moderators set on %s', (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(async () => opened.close());

  const aServer = () => limitedServer(opened.database);

  describe('on how many videos there may be', () => {
    test('as many as may run are accepted, the next wait, and beyond those it is refused', async () => {
      const { set, accept } = aServer();
      await set(ALICE, { atOnce: 2, waiting: 1 });
      await accept('a', 1);
      await accept('b', 1);
      await accept('waits', 1);

      await expect(accept('d', 1)).rejects.toThrow(
        'Your queue is full: 1 may wait (your own limit).',
      );
      await accept('of bob', 1, { memberId: 'bob' });
      await setJobState(opened.database, 'a', 'succeeded');
      await accept('d', 1);
    });

    test("the server's places are shared, and so is its line", async () => {
      const { set, accept } = aServer();
      await set(SERVER, { atOnce: 1, waiting: 2 });
      await accept('a', 1);
      await setJobState(opened.database, 'a', 'running');
      await accept('b', 1, { memberId: 'bob' });
      await accept('c', 1, { memberId: 'carol' });

      await expect(accept('d', 1, { memberId: 'dave' })).rejects.toThrow(
        "This server's queue is full: 2 may wait (this server's own limit)",
      );
    });

    test('nobody waits who may not, but may make videos while places are free', async () => {
      const { set, accept } = aServer();
      await set(ALICE, { waiting: 0 });
      await accept('a', 1);
      await accept('b', 1);
      await set(SERVER, { atOnce: 2 });
      await expect(accept('c', 1)).rejects.toThrow('Your queue is full: 0 may wait');
    });

    test.each([
      { name: 'the member', target: ALICE, says: 'you may have 0 at once (your own limit)' },
      { name: 'the server', target: SERVER, says: 'this server may have 0 at once' },
    ])('0 at once for $name refuses at once', async ({ target, says }) => {
      const { set, accept } = aServer();
      await set(target, { atOnce: 0 });

      await expect(accept('a', 1)).rejects.toThrow(says);
    });

    test('a hold made again is no second video', async () => {
      const { set, accept, quota, inTransaction } = aServer();
      await set(ALICE, { atOnce: 1, waiting: 0 });
      await accept('a', 1);

      await inTransaction(async (tx) => quota.hold(tx, { ...who, jobId: 'a', credits: 1 }));
      expect(await quota.openHolds(opened.database)).toHaveLength(2);
    });

    test('who has none yet goes first, and still finds no place in a line that is full', async () => {
      const { set, accept } = aServer();
      await set(SERVER, { atOnce: 1, waiting: 1 });
      await accept('a', 1);
      await accept('b', 1);

      await expect(accept('c', 1, { memberId: 'bob' })).rejects.toThrow(
        "This server's queue is full: 1 may wait",
      );
    });

    test('a line that was made shorter lets those in it stay', async () => {
      const { set, accept } = aServer();
      await set(ALICE, { atOnce: 1 });
      await accept('a', 1);
      await accept('b', 1);
      await accept('c', 1);
      await set(ALICE, { waiting: 1 });

      await expect(accept('d', 1)).rejects.toThrow('Your queue is full: 1 may wait');
      await set(ALICE, { atOnce: 5 });
      await accept('d', 1);
    });
  });
});
