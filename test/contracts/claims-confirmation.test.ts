/** The yes to a price is taken once, by however many presses in however many processes. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { systemClock } from '#src/clock.ts';
import {
  createConfirmations,
  type Confirmations,
  type ReadyOrder,
} from '#src/discord/ordering/confirmation.ts';
import { UserError } from '#src/errors.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../builders/database.ts';
import { aRequest } from '../builders/job.ts';

const WHO = { guildId: 'guild', memberId: 'alice' } as const;
const ORDER: ReadyOrder = {
  request: aRequest(),
  attachments: [],
  isPrivate: false,
  notify: 'mention',
};

describe.each(databaseKinds())('a kept order on %s', (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(() => opened.close());

  const processOf = (): Confirmations => createConfirmations(opened.database, systemClock);

  test('is given to one of twenty presses at once', async () => {
    const [one, other] = [processOf(), processOf()];
    await one.keep('key', WHO, ORDER);

    const presses = Array.from({ length: 10 }, () => [one, other]).flat();
    const outcomes = await Promise.allSettled(presses.map(({ take }) => take('key', WHO)));

    const given = outcomes.filter(({ status }) => status === 'fulfilled');
    expect(given).toEqual([{ status: 'fulfilled', value: ORDER }]);
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason] : [],
    );
    expect(refused.every((reason) => reason instanceof UserError)).toBe(true);
  });

  test('is not used up by somebody whose it is not', async () => {
    const { keep, take } = processOf();
    await keep('key', WHO, ORDER);
    await expect(take('key', { ...WHO, memberId: 'bob' })).rejects.toThrow(UserError);

    expect(await take('key', WHO)).toEqual(ORDER);
  });
});
