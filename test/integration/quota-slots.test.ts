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

  describe('limits on the number of videos', () => {
    test('videos up to the limit run, the next ones wait, and more are refused', async () => {
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

    test('the members of a server share its slots and its queue', async () => {
      const { set, accept } = aServer();
      await set(SERVER, { atOnce: 1, waiting: 2 });
      await accept('a', 1);
      await setJobState(opened.database, 'a', 'running');
      await accept('b', 1, { memberId: 'bob' });
      await accept('c', 1, { memberId: 'carol' });

      await expect(accept('d', 1, { memberId: 'dave' })).rejects.toThrow(
        'This server’s queue is full: 2 may wait (this server’s own limit)',
      );
    });

    test('a member who may not wait can make videos while slots are free', async () => {
      const { set, accept } = aServer();
      await set(ALICE, { waiting: 0 });
      await accept('a', 1);
      await accept('b', 1);
      await set(SERVER, { atOnce: 2 });
      await expect(accept('c', 1)).rejects.toThrow('Your queue is full: 0 may wait');
    });

    test.each([
      {
        name: 'the member',
        target: ALICE,
        says: 'You can’t make videos here: 0 are allowed at once (your own limit)',
      },
      {
        name: 'the server',
        target: SERVER,
        says: 'No videos can be made here right now: 0 are allowed at once',
      },
    ])('a limit of 0 at once for $name refuses at once', async ({ target, says }) => {
      const { set, accept } = aServer();
      await set(target, { atOnce: 0 });

      await expect(accept('a', 1)).rejects.toThrow(says);
    });

    test('a repeated hold does not count as a second video', async () => {
      const { set, accept, quota, inTransaction } = aServer();
      await set(ALICE, { atOnce: 1, waiting: 0 });
      await accept('a', 1);

      await inTransaction(async (tx) => quota.hold(tx, { ...who, jobId: 'a', credits: 1 }));
      expect(await quota.openHolds(opened.database)).toHaveLength(2);
    });

    test('a member without a video goes first, but is refused when the queue is full', async () => {
      const { set, accept } = aServer();
      await set(SERVER, { atOnce: 1, waiting: 1 });
      await accept('a', 1);
      await accept('b', 1);

      await expect(accept('c', 1, { memberId: 'bob' })).rejects.toThrow(
        'This server’s queue is full: 1 may wait',
      );
    });

    test('a shortened queue keeps the jobs already in it', async () => {
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
