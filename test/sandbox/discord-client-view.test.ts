import { expect, test } from 'vitest';

import { row, text, useScene, V2, EPHEMERAL } from './discord-scene.ts';
import { interactionEvent } from './discord-wire.ts';

const scene = useScene();

test('an ephemeral response is shown to its member alone', async () => {
  const { discord, guild, alice, channelId, answered } = scene();
  const bo = guild.member('bo');
  await answered({ type: 4, data: { content: 'Only for you', flags: EPHEMERAL } });

  const forAlice = discord.clientOf(alice).messages(channelId);
  const forBo = discord.clientOf(bo).messages(channelId);

  expect(forAlice).toMatchObject([{ isForThemAlone: true, json: { content: 'Only for you' } }]);
  expect(forBo).toEqual([]);
});

test('nothing of a server is shown to a person outside it', async () => {
  const { discord, guild, channelId } = scene();
  const zoe = discord.addGuild({ name: 'Elsewhere' }).member('zoe');
  guild.member('bo').says('Hello');
  const client = discord.clientOf(zoe);

  expect(client.messages(channelId)).toEqual([]);
  expect(client.commands(channelId)).toEqual([]);
  expect(client.servers().map(({ guild: { name } }) => name)).toEqual(['Elsewhere']);
});

test('file addresses stay the same until the message is edited', async () => {
  const { discord, guild, channelId, pass } = scene();
  const bo = guild.member('bo');
  bo.says('Look', { attachments: [{ name: 'a.txt', bytes: Buffer.from('a') }] });
  const client = discord.clientOf(bo);
  const before = client.messages(channelId);
  pass(60_000);

  expect(client.messages(channelId)).toEqual(before);
});

test('an interaction without a response within 3 seconds has failed', async () => {
  const { discord, alice, asked, pass } = scene();
  await asked();
  const client = discord.clientOf(alice);
  expect(client.interactionsSince(0)).toMatchObject([{ state: 'waiting' }]);

  pass(3_001);

  expect(client.interactionsSince(0)).toMatchObject([{ state: 'failed' }]);
});

test('an interaction carries the language of its member', async () => {
  const { alice, gateway } = scene();
  alice.speaks('zh-CN');

  const { interactionId } = alice.runs('video', { prompt: 'a lake' });

  expect(await interactionEvent(gateway, interactionId)).toMatchObject({ locale: 'zh-CN' });
});

test('a choice in a user menu names the chosen member', async () => {
  const { alice, guild, gateway, answered } = scene();
  const bo = guild.member('bo');
  const menu = row({ type: 5, custom_id: 'who' });
  const { reply } = await answered({
    type: 4,
    data: { flags: V2, components: [text('Who?'), menu] },
  });
  const message = reply.message ?? { id: '' };

  const { interactionId } = alice.chooses(message, 'who', [bo.id]);

  expect(await interactionEvent(gateway, interactionId)).toMatchObject({
    data: { values: [bo.id], resolved: { users: { [bo.id]: { username: 'bo' } } } },
  });
  expect(() => alice.chooses(message, 'who', [])).toThrow('Choose 1 to 1, not 0');
  expect(() => alice.chooses(message, 'whom', [bo.id])).toThrow('No select menu whom');
});

test('expired tokens are refused, and later ones work', async () => {
  const { discord, answered, call, pass } = scene();
  const defer = { type: 5 };
  const first = await answered(defer);
  discord.expireTokens();
  pass(10);
  const second = await answered(defer);
  const edit = { json: { content: 'Done' }, authorization: null };

  const early = await call(`PATCH ${first.webhook}/messages/@original`, edit);
  const late = await call(`PATCH ${second.webhook}/messages/@original`, edit);

  expect(early).toMatchObject({ status: 401, body: { code: 50027 } });
  expect(late).toMatchObject({ status: 200 });
});

test('a changed upload limit applies from the next interaction', async () => {
  const { discord, asked } = scene();
  discord.setUploadLimit(1024 * 1024);

  const { interaction } = await asked();

  expect(interaction).toMatchObject({ attachment_size_limit: 1024 * 1024 });
});
