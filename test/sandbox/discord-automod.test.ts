import { describe, expect, test } from 'vitest';

import { EPHEMERAL, text, useScene, V2 } from './discord-scene.ts';
import { codeOf, idOf } from './discord-wire.ts';

const scene = useScene();
const BLOCKED = 200_000;

describe('AutoMod', () => {
  const words = [
    ['cat', 'A CAT sat', true],
    ['cat', 'concatenate', false],
    ['cat*', 'catapult', true],
    ['cat*', 'wildcat', false],
    ['*cat', 'wildcat', true],
    ['*cat*', 'location', true],
    ['the mat', 'on the mat.', true],
    ['c++', 'i like c++', true],
    ['cat', 'a dog', false],
  ] as const;

  test.for(words)(
    'AutoMod with the keyword %s blocks "%s": %s',
    async ([word, said, isBlocked]) => {
      const { guild, sent } = scene();
      guild.blockWords(word);

      const answer = await sent({ content: said });

      expect([answer.status, codeOf(answer)]).toEqual(isBlocked ? [400, BLOCKED] : [200, 0]);
      expect(guild.channel().messages).toHaveLength(isBlocked ? 0 : 1);
    },
  );

  test('AutoMod blocks edits with either token, which then change nothing', async () => {
    const { guild, sent, call, channelId, answered } = scene();
    guild.blockWords('boat');
    const id = idOf(await sent({ content: 'fine' }));
    const { reply, webhook } = await answered({ type: 5 });
    const json = { flags: V2, components: [text('a boat')] };

    const answers = [
      await call(`PATCH /channels/${channelId}/messages/${id}`, { json: { content: 'a boat' } }),
      await call(`PATCH ${webhook}/messages/@original`, { json }),
    ];

    expect(answers.map(codeOf)).toEqual([BLOCKED, BLOCKED]);
    expect(guild.channel().messages.map(({ content }) => content)).toEqual(['fine', '']);
    expect(reply.message?.isLoading).toBe(true);
  });

  test('AutoMod blocks public responses, which can be sent again without the word', async () => {
    const { guild, asked, call } = scene();
    guild.blockWords('boat');
    const { callback, reply } = await asked();

    const first = await call(`POST ${callback}`, { json: { type: 4, data: { content: 'boat' } } });
    const second = await call(`POST ${callback}`, { json: { type: 4, data: { content: 'it' } } });

    expect([codeOf(first), second.status]).toEqual([BLOCKED, 204]);
    expect(reply.message?.content).toBe('it');
  });

  test('AutoMod ignores ephemeral messages, direct messages and managers of the server', async () => {
    const { guild, alice, answered, call, sent } = scene();
    guild.blockWords('boat');
    const mo = guild.member('mo', { permissions: ['ManageGuild'] });
    const direct = await call('POST /users/@me/channels', { json: { recipient_id: alice.id } });

    const private_ = await answered({ type: 4, data: { content: 'boat', flags: EPHEMERAL } });
    const written = await call(`POST /channels/${idOf(direct)}/messages`, {
      json: { content: 'boat' },
    });

    expect(private_.reply.message?.content).toBe('boat');
    expect(written.status).toBe(200);
    expect(mo.says('boat').content).toBe('boat');
    expect(() => alice.says('boat')).toThrow('200000');
    guild.unblockWords();
    expect((await sent({ content: 'boat' })).status).toBe(200);
  });
});
