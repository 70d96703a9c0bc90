/**
 * A property over Discord’s OpenAPI file: when a payload lacks a field that the file does not guarantee,
 * the bot behaves as usual; when Discord breaks its contract, the member is told so, and nothing is
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
/** What a member reads when Discord omitted a field that the bot needs. */
const UNDERSTOOD =
  /incompletely|can’t read|did not s(?:ay|end)|no longer here|older version|has no picture|is empty/;
/** This field states the sender’s permissions: without it, there are none. */
const NOT_ALLOWED = /^Only moderators/;
/** Without them, no reply is possible: see the last test. */
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

test('payloads are checked against Discord’s OpenAPI file', ({ skip }) => {
  if (file === undefined) skip('DISCORD_OPENAPI_FILE is not set: no field of it is tried');
  expect(file).toBeDefined();
});

interface Played {
  readonly variation: Variation;
  readonly outcome: Outcome;
}

/** Also returns the sent payload. */
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

/** Runs every variation, some at once. */
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

/** Choices cannot show a reason: every one is offered, or none. */
function isUnderstood({ told, choices }: Outcome): boolean {
  if (Array.isArray(choices)) return true;
  return typeof told === 'string' && (UNDERSTOOD.test(told) || NOT_ALLOWED.test(told));
}

function errorsOf({ lines }: Scenario): LogLine[] {
  return lines.filter(({ level }) => level >= LEVELS.error);
}

/** What was accepted is made, and nothing else. */
async function expectAllDelivered(s: Scenario, played: readonly Played[]): Promise<void> {
  const isOrder = ({ outcome }: Played) => outcome['holdCredits'] !== undefined;
  const accepted = played.filter(isOrder).length;
  const jobs = await until(
    () => s.ledgers.jobs(),
    (all) => all.every(({ state }) => state === 'delivered'),
  );
  expect(jobs.length).toBeGreaterThanOrEqual(accepted);
}

async function tryEveryField(s: Scenario, { begin, world }: Play): Promise<void> {
  const catalog = await readFieldCatalog(file ?? '');
  const arrange = await begin(s);
  // Twice, because a repeated setting is reported in other words.
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

describe.runIf(file !== undefined)('incomplete interactions', { timeout: TIMEOUT_MS }, () => {
  test.for(PLAYS.map((play) => [play.name, play] as const))(
    'the bot handles any missing field in %s',
    async ([, play]) => {
      expect.hasAssertions();
      await scenario({ ...WORLD, ...play.world }, async (s) => tryEveryField(s, play));
    },
  );
});

describe.concurrent('interactions that cannot be answered', () => {
  test.for(['id', 'token'])(
    'an interaction without its %s starts nothing and sends nothing',
    (field) =>
      scenario({}, async (s) => {
        for (const change of [{ without: [field] }, { set: { [field]: null } }]) {
          s.discord.inject({ kind: 'absent-fields', event: INTERACTION, ...change });
          s.video({ prompt: 'A paper boat drifts across a quiet bay' });
        }

        expect(await s.bob.runs('credits', {}).refusal()).toContain('credits');
        expect(s.discord.refusedRequests).toEqual([]);
        expect(await s.ledgers.jobs()).toEqual([]);
      }),
  );
});
