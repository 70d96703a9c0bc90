/** What a confirmation stores. `jobs-spending.test.ts` tests that it is used once. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { systemClock } from '#src/clock.ts';
import {
  createConfirmations,
  type Confirmations,
  type ReadyOrder,
} from '#src/discord/ordering/confirmation.ts';
import { UserError } from '#src/errors.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { aRequest } from '../fakes/job.ts';

const WHO = { guildId: 'guild', memberId: 'alice' } as const;
const ORDER: ReadyOrder = {
  request: aRequest(),
  attachments: [],
  isPrivate: false,
  notify: 'mention',
};

describe.each(databaseKinds())('a stored request on %s', (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(() => opened.close());

  const processOf = (): Confirmations => createConfirmations(opened.database, systemClock);

  test('a stored request is found in every process and spends its confirmation', async () => {
    await processOf().keep('key', WHO, { ...ORDER, agreedCredits: 40 });

    expect(await processOf().find('key', WHO)).toEqual({
      ...ORDER,
      agreedCredits: 40,
      spendings: [{ kind: 'confirmation', subject: 'key' }],
    });
  });

  test('a stored request keeps what else it spends', async () => {
    const spendings = [{ kind: 'final', subject: 'draft' }] as const;
    await processOf().keep('key', WHO, { ...ORDER, spendings });

    expect((await processOf().find('key', WHO)).spendings).toEqual([
      { kind: 'confirmation', subject: 'key' },
      ...spendings,
    ]);
  });

  test('another member cannot use up a stored request', async () => {
    const { keep, find } = processOf();
    await keep('key', WHO, ORDER);
    await expect(find('key', { ...WHO, memberId: 'bob' })).rejects.toThrow(UserError);

    expect(await find('key', WHO)).toMatchObject(ORDER);
  });
});
