/** Many concurrent requests for few slots: no credit is spent twice, and every member gets a reply. */
import { expect, inject, test } from 'vitest';

import type { Reply } from '#sandbox/discord/reply.ts';

import { CALLBACK, scenario, until, type Scenario } from './harness.ts';
import { USUAL_CREDITS } from './outcome.ts';

const MEMBERS = 10;
const ORDERS_EACH = 20;
const ORDERS = MEMBERS * ORDERS_EACH;
const ROOM = 20;
const BUDGET = ROOM * USUAL_CREDITS;

/** From one member after the other, all before the bot has replied to the first. */
function orderAll(s: Scenario): Reply[] {
  const members = Array.from({ length: MEMBERS }, (_, index) => s.guild.member(`member${index}`));
  return Array.from({ length: ORDERS_EACH }, () =>
    members.map((who) => s.video({ prompt: 'A paper boat drifts across a quiet bay' }, who)),
  ).flat();
}

/** The video or the refusal, whichever came. */
async function answerTo(reply: Reply) {
  return reply.until(
    ({ isEphemeral, isLoading, media }) => media.length > 0 || (isEphemeral && !isLoading),
  );
}

async function expectLimitsUsed(s: Scenario): Promise<void> {
  const replies = orderAll(s);
  const answers = await Promise.all(replies.map(answerTo));
  await until(s.ledgers.jobs, (jobs) => jobs.every(({ state }) => state === 'delivered'));

  const refusals = answers.filter(({ media }) => media.length === 0).map(({ text }) => text);
  const unclear = refusals.filter(
    (text) => !text.includes(`its limit is ${BUDGET} credits a month (this server’s default)`),
  );
  expect([...new Set(unclear)]).toEqual([]);
  expect(refusals).toHaveLength(ORDERS - ROOM);
  expect(replies.map(({ visible }) => visible.length)).toEqual(replies.map(() => 1));
  expect(s.vendor.tasks).toHaveLength(ROOM);
  expect(s.creates()).toHaveLength(ROOM);
  expect(await s.ledgers.jobs()).toHaveLength(ROOM);
  expect(await s.ledgers.serverBalance()).toBe(-BUDGET);
  const vendorLedger = await s.ledgers.vendorLedger();
  expect(vendorLedger.map(({ state, credits }) => `${state} ${credits}`)).toEqual(
    Array.from({ length: ROOM }, () => `billed ${USUAL_CREDITS}`),
  );
}

// So many at once keep a slow machine busy for longer than a member may wait for a claim.
const RACE = { pace: 1 / 4, environment: { DEFAULT_GUILD_CREDITS: String(BUDGET) } } as const;

test('two hundred concurrent requests of ten members make as many videos as the limits allow', () =>
  scenario(RACE, async (s) => {
    await expectLimitsUsed(s);
    expect(s.requests(CALLBACK)).toHaveLength(ORDERS);
  }));

// A SQLite file belongs to one process.
test.runIf(inject('databaseKind') === 'postgres')(
  'two processes that both receive every request make no more',
  () => scenario({ ...RACE, bots: 2 }, expectLimitsUsed),
);
