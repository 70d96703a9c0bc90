import { describe, expect, test } from 'vitest';

import { EPHEMERAL, text, useScene, V2 } from './discord-scene.ts';

const scene = useScene();

function v2(...components: unknown[]) {
  return { flags: V2, components };
}

describe('mentions', () => {
  const rows = [
    ['the bot says nothing', {}, true],
    ['nothing may be parsed', { allowed_mentions: { parse: [] } }, false],
    ['users may be parsed', { allowed_mentions: { parse: ['users'] } }, true],
    ['only roles may be parsed', { allowed_mentions: { parse: ['roles'] } }, false],
    ['notifications are suppressed', { flags: 1 << 12 }, false],
  ] as const;

  test.for(rows)('mentions in a new message, when %s, ping: %s', async ([, json, isPinged]) => {
    const { sent, guild, alice } = scene();

    await sent({ content: `<@${alice.id}>`, ...json });

    expect(guild.channel().messages[0]?.mentionsPinged).toEqual(isPinged ? [alice.id] : []);
  });

  test('a mention pings only the listed user, even in text displays', async () => {
    const { sent, guild, alice } = scene();
    const bob = guild.member('bob');

    const components = [text(`<@${alice.id}> and <@${bob.id}>`)];
    await sent({ ...v2(...components), allowed_mentions: { parse: [], users: [bob.id] } });

    expect(guild.channel().messages[0]?.mentionsPinged).toEqual([bob.id]);
  });

  test('a mention of everyone needs its permission', async () => {
    const { sent, guild, alice } = scene();
    await sent({ content: '@everyone' });
    guild.setBotPermissions('general', ['ViewChannel', 'SendMessages', 'MentionEveryone']);
    await sent({ content: '@everyone' });

    const pinged = guild.channel().messages.map(({ mentionsPinged }) => mentionsPinged);
    expect(pinged).toEqual([[], [alice.id]]);
  });

  test('mentions in edits and in ephemeral messages ping nobody', async () => {
    const { answered, call, alice } = scene();
    const { reply, webhook } = await answered({ type: 5 });

    await call(`PATCH ${webhook}/messages/@original`, { json: { content: `<@${alice.id}>` } });
    await call(`POST ${webhook}`, { json: { content: `<@${alice.id}>`, flags: EPHEMERAL } });

    expect(reply.visible.map(({ mentionsPinged }) => mentionsPinged)).toEqual([[], []]);
  });
});
