/** The database fails at any point of a request: nothing is spent, and the member is told. */
import { describe, expect, test } from 'vitest';

import { file } from '#sandbox/discord/discord.ts';
import { SECOND } from '#src/clock.ts';
import { openDatabase } from '#src/storage/database.ts';

import { failingStatements, type FailingStatements } from '../databases/failing-statements.ts';
import { disappearAfterFirstJob, type Outage } from '../databases/lost-commit.ts';
import { pngImage } from '../fakes/images.ts';
import { expectNoTrace, refusalOf } from './expect-refused.ts';
import { withoutCommitsTo } from './failing-database.ts';
import { passUntil, scenario, until, type Scenario } from './harness.ts';
import { DELIVERED, outcomeOf } from './outcome.ts';

/** With a file, which must not remain either. */
const ORDER = {
  prompt: 'A paper boat drifts across a quiet bay',
  first_frame: file('boat.png', pngImage()),
};
const SORRY = 'Nothing was charged';
/** More statements than a request executes. */
const MOST_STATEMENTS = 60;
/** Time almost stands still, so that no loop of the bot queries the database by itself. */
const QUIET = { pace: 1 / 100 } as const;
/** Polls of `until` without a statement, after which no more are expected. */
const QUIET_LOOKS = 5;

/** Resolves when the bot has finished everything it was asked. */
async function waitUntilQuiet(statements: FailingStatements): Promise<void> {
  let last = -1;
  let looks = 0;
  await until(
    () => {
      looks = statements.sent === last ? looks + 1 : 0;
      last = statements.sent;
      return looks;
    },
    (unchanged) => unchanged >= QUIET_LOOKS,
  );
}

/** Repeats the request until none of its statements is left to fail. @returns how many failed */
async function failEach(
  s: Scenario,
  statements: FailingStatements,
  when: 'before' | 'after',
): Promise<number> {
  await waitUntilQuiet(statements);
  for (let statement = 1; statement <= MOST_STATEMENTS; statement += 1) {
    statements.failAt(statement, when);
    const reply = s.video(ORDER);
    const answer = await reply.until(
      ({ isEphemeral, isLoading, text }) => !isLoading && (isEphemeral || text !== ''),
    );
    if (!answer.isEphemeral) return statement - 1;
    await waitUntilQuiet(statements);
    expect(answer.text, `statement ${statement}`).toContain(SORRY);
    expect(reply.visible).toHaveLength(1);
    await expectNoTrace(s);
  }
  throw new Error(`An order has more than ${MOST_STATEMENTS} statements`);
}

describe.concurrent('a request on a failing database', () => {
  test.each(['before', 'after'] as const)(
    'a request is refused without a trace when the database fails %s any of its statements',
    (when) => {
      const statements = failingStatements();
      const failing: typeof openDatabase = async (url, logger) => {
        const opened = await openDatabase(url, logger);
        return { ...opened, database: opened.database.withPlugin(statements.plugin) };
      };
      return scenario({ ...QUIET, openDatabase: failing }, async (s) => {
        const failed = await failEach(s, statements, when);
        await passUntil(s, 'delivered');

        expect(failed).toBeGreaterThan(10);
        expect(await outcomeOf(s)).toMatchObject({ ...DELIVERED, creates: 1 });
      });
    },
  );

  test('a request is refused without a trace when it cannot be committed', () =>
    scenario({}, async (s) => {
      {
        await using _trap = await withoutCommitsTo(s.ledgers, 'jobs');
        expect(await refusalOf(s, ORDER)).toContain(SORRY);
        await expectNoTrace(s);
      }
      s.video(ORDER);
      await s.job('delivered');

      expect(await outcomeOf(s)).toMatchObject({ ...DELIVERED, creates: 1 });
    }));
});

/** The database disappears as it commits the first request, and the response is lost. */
async function orderInOutage(
  play: (s: Scenario, outage: Pick<Outage, 'end'>) => Promise<void>,
): Promise<void> {
  const outages: Outage[] = [];
  const opening: typeof openDatabase = async (url, logger) => {
    const opened = await openDatabase(url, logger);
    const outage = disappearAfterFirstJob(opened.database);
    outages.push(outage);
    return { ...opened, database: outage.database };
  };
  await scenario({ openDatabase: opening }, async (s) => {
    await play(s, { end: () => outages.forEach((outage) => outage.end()) });
  });
}

describe.concurrent('a request committed by a database that then disappears', () => {
  test.each([
    { what: 'without a picture', order: { prompt: ORDER.prompt } },
    { what: 'with a picture', order: ORDER },
  ])(
    'a committed request is made when the database is back, and never called refused: $what',
    ({ order }) =>
      orderInOutage(async (s, outage) => {
        const reply = s.video(order);
        await until(
          () =>
            s.lines.some(({ msg }) => msg === 'critical database write failed') ||
            reply.visible.some(({ text }) => text.includes(SORRY)),
          (isSo) => isSo,
        );
        outage.end();
        await passUntil(s, 'delivered');

        expect(await outcomeOf(s)).toMatchObject({ ...DELIVERED, creates: 1 });
        expect(reply.visible.map(({ media }) => media.length)).toEqual([1]);
        const said = [...reply.versions, ...reply.visible].map(({ text }) => text);
        expect(said.join()).not.toContain(SORRY);
      }),
  );

  test('a request of unknown state is called neither accepted nor refused, and is made with its picture', () =>
    orderInOutage(async (s, outage) => {
      const reply = s.video(ORDER);
      // Time passes quickly only from here, when the picture has been fetched.
      await until(s.ledgers.jobs, (jobs) => jobs.length > 0);
      const isTold = (): boolean => reply.visible.some(({ isEphemeral }) => isEphemeral);
      await until(() => {
        s.clock.pass(SECOND);
        return isTold();
      }, Boolean);
      const told = await reply.refusal();
      outage.end();
      await passUntil(s, 'delivered');

      expect(told).toContain('can’t tell yet');
      expect(told).toContain('if not, nothing is charged');
      expect(told).not.toContain(SORRY);
      expect(await outcomeOf(s)).toMatchObject({ ...DELIVERED, creates: 1 });
      const media = s.guild.channel().messages.filter((message) => message.media.length > 0);
      expect(media).toHaveLength(1);
    }));
});
