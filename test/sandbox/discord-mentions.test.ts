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

  test.for(rows)('in a new message, when %s, ping or not: %s', async ([, json, isPinged]) => {
    const { sent, guild, alice } = scene();

    await sent({ content: `<@${alice.id}>`, ...json });

    expect(guild.channel().messages[0]?.mentionsPinged).toEqual(isPinged ? [alice.id] : []);
  });

  test('ping the one user who is listed, in text displays as well', async () => {
    const { sent, guild, alice } = scene();
    const bob = guild.member('bob');

    const components = [text(`<@${alice.id}> and <@${bob.id}>`)];
    await sent({ ...v2(...components), allowed_mentions: { parse: [], users: [bob.id] } });

    expect(guild.channel().messages[0]?.mentionsPinged).toEqual([bob.id]);
  });

  test('of everybody need the permission for it', async () => {
    const { sent, guild, alice } = scene();
    await sent({ content: '@everyone' });
    guild.setBotPermissions('general', ['ViewChannel', 'SendMessages', 'MentionEveryone']);
    await sent({ content: '@everyone' });

    const pinged = guild.channel().messages.map(({ mentionsPinged }) => mentionsPinged);
    expect(pinged).toEqual([[], [alice.id]]);
  });

  test('in an edit ping nobody, nor do ephemeral ones', async () => {
    const { answered, call, alice } = scene();
    const { reply, webhook } = await answered({ type: 5 });

    await call(`PATCH ${webhook}/messages/@original`, { json: { content: `<@${alice.id}>` } });
    await call(`POST ${webhook}`, { json: { content: `<@${alice.id}>`, flags: EPHEMERAL } });

    expect(reply.visible.map(({ mentionsPinged }) => mentionsPinged)).toEqual([[], []]);
  });
});
