/** Many requests at once: none is lost, and none blocks the database for later ones. */
import { expect, test } from 'vitest';

import { SECOND } from '#src/clock.ts';

import { withSlowReads } from '../databases/slow-reads.ts';
import { scenario, until } from './harness.ts';

/** Read one after the other, they take 3 s. */
const ORDERS = 60;
const READ_MS = SECOND / 20;
const PLENTY = '100000';
const ENVIRONMENT = {
  DEFAULT_GUILD_CREDITS: PLENTY,
  MAX_GUILD_CREDITS_PER_MONTH: PLENTY,
  OPERATOR_CREDITS_PER_MONTH: PLENTY,
};
const LATER = 'One more paper boat';

test('a request behind many others is accepted although all of them wait for the database', () =>
  scenario(
    { environment: ENVIRONMENT, openDatabase: withSlowReads('documents', READ_MS) },
    async (s) => {
      for (let index = 0; index < ORDERS; index += 1) s.video({ prompt: `Paper boat ${index}` });
      const replies = [s.video({ prompt: 'The last of them' })];
      await replies[0]?.acknowledged();
      replies.push(s.video({ prompt: LATER }));
      const jobs = await until(
        () => s.ledgers.jobs(),
        (found) =>
          found.some(({ request }) => request.prompt === LATER) ||
          (replies[1]?.ephemeral.length ?? 0) > 0,
      );

      expect(replies[1]?.ephemeral.map(({ text }) => text)).toEqual([]);
      expect(jobs.some(({ request }) => request.prompt === LATER)).toBe(true);
    },
  ));
