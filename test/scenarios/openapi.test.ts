/**
 * A property over Discord's OpenAPI file: where a payload lacks what the file does not promise, the bot
 * does what it does otherwise; where Discord breaks its own word, the member is told so, and nothing is
 * charged.
 */
import { describe, expect, test } from 'vitest';

import type { Json } from '#sandbox/discord/store.ts';

import { LEVELS, type LogLine } from './bot-log.ts';
import { openApiFile, scenario, until, type Scenario } from './harness.ts';
import { readFieldCatalog, type Variation } from './openapi-fields.ts';
import { INTERACTION_SCHEMAS, PLAYS, type Outcome, type Play, type Send } from './openapi-plays.ts';

const file = openApiFile();
const INTERACTION = 'INTERACTION_CREATE';
const UNREADABLE = 'Discord event unreadable; other events are not affected';
/** What a member reads where Discord left out what the bot cannot do without. */
const UNDERSTOOD =
  /incompletely|cannot read|did not s(?:ay|end)|no longer here|older version|has no picture|is empty/;
/** Discord says in this what the sender may do: who says nothing may do nothing. */
const NOT_ALLOWED = /^Only moderators/;
/** Without them nobody can be answered: see the last test. */
const UNANSWERABLE = /^(?:id|token) is/;
const AT_ONCE = 6;
const TIMEOUT_MS = 600_000;
const PLENTY = '5000000';
const WORLD = {
  // So many interactions at once must not look like a slow database.
  pace: 0.4,
  guild: { channels: ['videos', 'log'] },
  vendor: { concurrency: 500 },
  environment: {
    DEFAULT_GUILD_CREDITS: PLENTY,
    MAX_GUILD_CREDITS_PER_MONTH: PLENTY,
    OPERATOR_CREDITS_PER_MONTH: PLENTY,
  },
} as const;

test('payloads are held to the OpenAPI file of Discord', ({ skip }) => {
  if (file === undefined) skip('DISCORD_OPENAPI_FILE is not set: no field of it is tried');
  expect(file).toBeDefined();
});

interface Played {
  readonly variation: Variation;
  readonly outcome: Outcome;
}

/** Gives what was sent too. */
async function playAsUsual(s: Scenario, send: Send): Promise<{ payload: Json; usual: Outcome }> {
  const sent: Json[] = [];
  const stop = s.discord.onPayload((name, payload) => {
    if (name === INTERACTION) sent.push(payload);
  });
  const outcome = send();
  stop();
  const [payload] = sent;
  if (payload === undefined) throw new Error('No interaction was sent');
  return { payload, usual: await outcome };
}

/** Plays every variation, some at once. */
async function playAll(
  s: Scenario,
  arrange: () => Promise<Send>,
  variations: readonly Variation[] = [],
): Promise<Played[]> {
  const waiting = variations.values();
  const played: Played[] = [];
  async function work(): Promise<void> {
    for (const variation of waiting) {
      // oxlint-disable-next-line no-await-in-loop -- as many loops as may be at work at once
      const send = await arrange();
      s.discord.inject({ kind: 'absent-fields', event: INTERACTION, ...variation.changes });
      // oxlint-disable-next-line no-await-in-loop -- as above
      played.push({ variation, outcome: await send() });
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return played;
}

/** Choices have no room for a reason: every one is offered, or none. */
function isUnderstood({ told, choices }: Outcome): boolean {
  if (Array.isArray(choices)) return true;
  return typeof told === 'string' && (UNDERSTOOD.test(told) || NOT_ALLOWED.test(told));
}

function errorsOf({ lines }: Scenario): LogLine[] {
  return lines.filter(({ level }) => level >= LEVELS.error);
}

/** What was accepted is made, and nothing else is. */
async function expectAllDelivered(s: Scenario, played: readonly Played[]): Promise<void> {
  const isOrder = ({ outcome }: Played) => outcome['holdCredits'] !== undefined;
  const accepted = played.filter(isOrder).length;
  const jobs = await until(
    () => s.books.jobs(),
    (all) => all.every(({ state }) => state === 'delivered'),
  );
  expect(jobs.length).toBeGreaterThanOrEqual(accepted);
}

async function tryEveryField(s: Scenario, { begin, world }: Play): Promise<void> {
  const catalog = await readFieldCatalog(file ?? '');
  const arrange = await begin(s);
  // Twice: what is set for the second time is told of in other words.
  await playAsUsual(s, await arrange());
  const { payload, usual } = await playAsUsual(s, await arrange());
  const variations = catalog.variationsOf(payload, INTERACTION_SCHEMAS);
  const answerable = variations.filter(({ name }) => !UNANSWERABLE.test(name));
  const { allowed, broken } = Object.groupBy(answerable, ({ isAllowed }) =>
    isAllowed ? 'allowed' : 'broken',
  );
  const differs = ({ outcome }: Played) => JSON.stringify(outcome) !== JSON.stringify(usual);

  const asPromised = await playAll(s, arrange, allowed);
  expect(asPromised.length).toBeGreaterThan(30);
  expect(asPromised.filter(differs), 'what the file allows').toEqual([]);
  expect(errorsOf(s), 'errors of what the file allows').toEqual([]);

  const inBreach = await playAll(s, arrange, broken);
  const wrong = inBreach.filter((one) => differs(one) && !isUnderstood(one.outcome));
  expect(wrong, 'what Discord breaks its word by').toEqual([]);
  expect(errorsOf(s).filter(({ msg }) => msg !== UNREADABLE)).toEqual([]);
  expect(s.discord.refusedRequests).toEqual([]);
  if (world === undefined) await expectAllDelivered(s, [...asPromised, ...inBreach]);
}

describe.runIf(file !== undefined)(
  'whatever an interaction lacks:',
  { timeout: TIMEOUT_MS },
  () => {
    test.for(PLAYS.map((play) => [play.name, play] as const))('%s', async ([, play]) => {
      expect.hasAssertions();
      await scenario({ ...WORLD, ...play.world }, async (s) => tryEveryField(s, play));
    });
  },
);

describe.concurrent('an interaction that cannot be answered, for it lacks', () => {
  test.for(['id', 'token'])('its %s, starts nothing and sends nothing', (field) =>
    scenario({}, async (s) => {
      for (const change of [{ without: [field] }, { set: { [field]: null } }]) {
        s.discord.inject({ kind: 'absent-fields', event: INTERACTION, ...change });
        s.video({ prompt: 'A paper boat drifts across a quiet bay' });
      }

      expect(await s.bob.runs('credits', {}).refusal()).toContain('credits');
      expect(s.discord.refusedRequests).toEqual([]);
      expect(await s.books.jobs()).toEqual([]);
    }),
  );
});
