import { expect, test } from 'vitest';

import {
  COVERED_INTERACTIONS,
  COVERED_OPERATIONS,
  COVERED_ROUTES,
} from '#sandbox/discord/coverage.ts';
import { startDiscord } from '#sandbox/discord/discord.ts';
import { INTERACTION_TYPE } from '#sandbox/discord/message-json.ts';

import { useScene, V2 } from './discord-scene.ts';
import { connect } from './discord-wire.ts';

test('the coverage table lists exactly the served routes', async () => {
  await using discord = await startDiscord();

  expect(COVERED_ROUTES.map(({ route }) => route).toSorted()).toEqual(discord.routes.toSorted());
});

test('a partly covered route states what is missing', () => {
  for (const { extent, missing } of COVERED_ROUTES)
    expect(missing === undefined).toBe(extent === 'full');
});

test('the coverage table lists exactly the interactions that people can send', () => {
  const covered = new Set<number>(COVERED_INTERACTIONS.map(({ type }) => type));

  expect(covered).toEqual(new Set(Object.values(INTERACTION_TYPE)));
});

test('gateway operations outside the table are refused', async () => {
  await using discord = await startDiscord();
  const covered = COVERED_OPERATIONS.map(({ op }) => op);

  for (const op of [0, 4, 5, 7, 8, 9, 10, 11]) {
    const gateway = await connect(discord);
    gateway.send(op, {});
    expect(await gateway.closed()).toBe(4001);
  }
  expect(covered).toEqual([1, 2, 3, 6]);
});

const openApiFile = process.env['DISCORD_OPENAPI_FILE'] ?? '';

test.skipIf(openApiFile !== '')(
  'bodies are not checked against the OpenAPI document, because DISCORD_OPENAPI_FILE is not set',
  () => {
    expect(openApiFile).toBe('');
  },
);

const scene = useScene();

test.runIf(openApiFile !== '')('a body that the OpenAPI document refuses is recorded', async () => {
  const { sent, discord } = scene();

  const answer = await sent({ flags: V2, components: [{ type: 10, content: 7 }] });

  expect(answer.status).toBe(400);
  expect(discord.schemaFaults).toHaveLength(1);
  expect(discord.schemaFaults[0]?.route).toBe('POST /channels/:channel/messages');
  expect(discord.schemaFaults[0]?.faults).toContain('/components/0/content must be string');
});
