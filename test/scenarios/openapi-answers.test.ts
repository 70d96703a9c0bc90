/**
 * The property of `openapi.test.ts` for Discord’s responses: whatever a response lacks, what Discord
 * has done counts as done, once.
 */
import { describe, expect, test } from 'vitest';

import type { RouteName } from '#sandbox/discord/rest/router.ts';
import type { Json } from '#sandbox/discord/store.ts';

import { LEVELS } from './bot-log.ts';
import { CALLBACK, EDIT_BY_TOKEN, openApiFile, scenario, type Scenario } from './harness.ts';
import { moderator, readReply } from './moderator.ts';
import { readFieldCatalog, type SchemaNames } from './openapi-fields.ts';
import { orderOf, type Outcome } from './openapi-plays.ts';

const file = openApiFile();
const TIMEOUT_MS = 600_000;
const PLENTY = '5000000';
const WORLD = {
  pace: 0.4,
  environment: {
    DEFAULT_GUILD_CREDITS: PLENTY,
    MAX_GUILD_CREDITS_PER_MONTH: PLENTY,
    OPERATOR_CREDITS_PER_MONTH: PLENTY,
  },
} as const;

interface Asking {
  readonly name: string;
  readonly route: RouteName;
  readonly schemas: SchemaNames;
  /** Lets the bot send one request, and returns the outcome. */
  readonly ask: (s: Scenario) => Promise<Outcome>;
}

const ASKINGS: readonly Asking[] = [
  {
    name: 'the acknowledgement of a video',
    route: CALLBACK,
    schemas: { '': 'InteractionCallbackResponse', 'resource.message': 'MessageResponse' },
    async ask(s) {
      const reply = s.video({ prompt: 'A paper boat drifts across a quiet bay', private: true });
      const order = await orderOf(s, reply);
      return { ...order, shown: reply.visible.length };
    },
  },
  {
    name: 'the edit of a private reply',
    route: EDIT_BY_TOKEN,
    schemas: { '': 'MessageResponse' },
    async ask(s) {
      const before = s.requests(EDIT_BY_TOKEN).length;
      const reply = moderator(s).runs('settings show', {});
      const text = await readReply(reply);
      await s.ledgers.jobs();
      return { text, edits: s.requests(EDIT_BY_TOKEN).length - before };
    },
  },
];

async function tryEveryField(s: Scenario, { route, schemas, ask }: Asking): Promise<void> {
  const catalog = await readFieldCatalog(file ?? '');
  await ask(s);
  const sent: Json[] = [];
  const stop = s.discord.onPayload((name, payload) => {
    if (name === route) sent.push(payload);
  });
  const usual = await ask(s);
  stop();
  const variations = catalog.variationsOf(sent.at(-1), schemas);
  expect(variations.length).toBeGreaterThan(10);

  const wrong: unknown[] = [];
  for (const { name, changes } of variations) {
    s.discord.inject({ route, kind: 'changed-answer', ...changes });
    // oxlint-disable-next-line no-await-in-loop -- the next request of the route meets the change
    const outcome = await ask(s);
    if (JSON.stringify(outcome) !== JSON.stringify(usual)) wrong.push({ name, outcome, usual });
  }
  expect(wrong).toEqual([]);
  expect(s.lines.filter(({ level }) => level >= LEVELS.error)).toEqual([]);
  expect(s.discord.refusedRequests).toEqual([]);
}

test('responses are checked against Discord’s OpenAPI file', ({ skip }) => {
  if (file === undefined) skip('DISCORD_OPENAPI_FILE is not set: no field of it is tried');
  expect(file).toBeDefined();
});

describe.runIf(file !== undefined)(
  'incomplete responses of Discord',
  { timeout: TIMEOUT_MS },
  () => {
    test.for(ASKINGS.map((asking) => [asking.name, asking] as const))(
      'a job survives any missing field in %s',
      async ([, asking]) => {
        expect.hasAssertions();
        await scenario(WORLD, async (s) => tryEveryField(s, asking));
      },
    );
  },
);
