import { describe, expect, test } from 'vitest';

import { HOUR, SECOND } from '#src/clock.ts';

import { text, useScene, V2, type RefusalRow } from './discord-scene.ts';
import { codeOf, idOf, type WireAnswer } from './discord-wire.ts';

const LIMIT_BYTES = 1000;
const scene = useScene({ attachmentSizeLimitBytes: LIMIT_BYTES });

function fileOf(size: number) {
  return [{ name: 'clip.mp4', bytes: Buffer.alloc(size) }];
}

const refusals: readonly RefusalRow[] = [
  {
    name: 'a channel that is not there',
    act: ({ call }) => call('POST /channels/1/messages', { json: { content: 'x' } }),
    status: 404,
    code: 10_003,
  },
  {
    name: 'a channel the bot cannot see',
    act({ guild, sent }) {
      guild.revokeBotPermission('general', 'ViewChannel');
      return sent({ content: 'x' });
    },
    status: 403,
    code: 50_001,
  },
  {
    name: 'a server the bot was removed from',
    act({ guild, sent }) {
      guild.removeBot();
      return sent({ content: 'x' });
    },
    status: 403,
    code: 50_001,
  },
  {
    name: 'sending without the permission',
    act({ guild, sent }) {
      guild.revokeBotPermission('general', 'SendMessages');
      return sent({ content: 'x' });
    },
    status: 403,
    code: 50_013,
  },
  {
    name: 'files without the permission',
    act({ guild, sent }) {
      guild.revokeBotPermission('general', 'AttachFiles');
      return sent({ content: 'x' }, fileOf(1));
    },
    status: 403,
    code: 50_013,
  },
  {
    name: 'files in an edit without the permission',
    async act({ guild, sent, call, channelId }) {
      const id = idOf(await sent({ content: 'x' }));
      guild.revokeBotPermission('general', 'AttachFiles');
      return call(`PATCH /channels/${channelId}/messages/${id}`, { json: {}, files: fileOf(1) });
    },
    status: 403,
    code: 50_013,
  },
  {
    name: 'embeds without the permission',
    act({ guild, sent }) {
      guild.revokeBotPermission('general', 'EmbedLinks');
      return sent({ embeds: [{ title: 'x' }] });
    },
    status: 403,
    code: 50_013,
  },
  {
    name: 'a reply without the history',
    async act({ guild, sent }) {
      const id = idOf(await sent({ content: 'x' }));
      guild.revokeBotPermission('general', 'ReadMessageHistory');
      return sent({ content: 'y', message_reference: { message_id: id } });
    },
    status: 403,
    code: 160_002,
  },
  {
    name: "an edit of somebody else's message",
    act({ alice, call, channelId }) {
      const { id } = alice.says('mine');
      return call(`PATCH /channels/${channelId}/messages/${id}`, { json: { content: 'ours' } });
    },
    status: 403,
    code: 50_005,
  },
  {
    name: "deleting somebody else's message",
    act({ alice, call, channelId }) {
      const { id } = alice.says('mine');
      return call(`DELETE /channels/${channelId}/messages/${id}`);
    },
    status: 403,
    code: 50_013,
  },
  {
    name: 'an edit of a message that was deleted',
    async act({ guild, sent, call, channelId }) {
      const id = idOf(await sent({ content: 'x' }));
      guild.deleteMessage({ id });
      return call(`PATCH /channels/${channelId}/messages/${id}`, { json: { content: 'y' } });
    },
    status: 404,
    code: 10_008,
  },
  {
    name: 'a file over the limit of the server',
    act: ({ sent }) => sent({ content: 'x' }, fileOf(LIMIT_BYTES + 1)),
    status: 413,
    code: 40_005,
  },
  {
    name: "a file over the interaction's limit",
    async act({ answered, call }) {
      const { webhook } = await answered({ type: 5 });
      return call(`PATCH ${webhook}/messages/@original`, {
        json: {},
        files: fileOf(LIMIT_BYTES + 1),
      });
    },
    status: 413,
    code: 40_005,
  },
  {
    name: 'eleven files',
    act: ({ sent }) => sent({}, Array.from({ length: 11 }, () => fileOf(1)).flat()),
    status: 400,
    code: 30_015,
  },
  {
    name: 'a wrong token',
    act: ({ call }) => call('GET /gateway/bot', { authorization: 'Bot wrong' }),
    status: 401,
    code: 0,
  },
  {
    name: 'no token at all',
    act: ({ call }) => call('GET /users/@me', { authorization: null }),
    status: 401,
    code: 0,
  },
];

test.for(refusals)('Discord refuses $name', async ({ act, status, code }) => {
  const answer = await act(scene());

  expect([answer.status, codeOf(answer)]).toEqual([status, code]);
});

describe('upload limits', () => {
  test('the upload limit of a member applies to their interactions, not to the bot’s token', async () => {
    const { guild, sent, answered, call } = scene();
    const subscriber = guild.member('sue', { attachmentSizeLimitBytes: 5000 });
    const { webhook, interaction } = await answered({ type: 5 }, subscriber);

    const answer = await call(`PATCH ${webhook}/messages/@original`, {
      json: { content: 'x' },
      files: fileOf(5000),
    });

    expect(answer.status).toBe(200);
    expect(interaction).toMatchObject({ attachment_size_limit: 5000 });
    expect(codeOf(await sent({ content: 'x' }, fileOf(5000)))).toBe(40_005);
  });

  test('the upload limit grows with the tier of the server', async () => {
    const { discord, call } = scene();
    const boosted = discord.addGuild({ name: 'Boosted', premiumTier: 2 });

    const answer = await call(`POST /channels/${boosted.channel().id}/messages`, {
      json: { content: 'x' },
      files: fileOf(5000),
    });

    expect(answer.status).toBe(200);
  });
});

describe('reading messages back', () => {
  test('own messages are returned with their content, and those of others without it', async () => {
    const { alice, sent, call, channelId } = scene();
    alice.says('private matters');
    await sent({ flags: V2, components: [text('ours')] });

    const list = await call(`GET /channels/${channelId}/messages?limit=10`);

    expect(list.body).toMatchObject([{ components: [{ content: 'ours' }] }, { content: '' }]);
  });

  test('messages are listed before and after another message', async () => {
    const { sent, call, channelId } = scene();
    const ids: string[] = [];
    for (const content of ['1', '2', '3']) ids.push(idOf(await sent({ content })));
    const contents = async (query: string) => {
      const { body } = await call(`GET /channels/${channelId}/messages?${query}`);
      return Array.isArray(body) ? body.map(({ content }) => content) : [];
    };

    expect(await contents(`before=${ids[1]}`)).toEqual(['1']);
    expect(await contents(`after=${ids[0]}`)).toEqual(['3', '2']);
    expect(await contents(`after=${ids[0]}&limit=1`)).toEqual(['2']);
    expect(await contents(`around=${ids[1]}&limit=3`)).toEqual(['3', '2', '1']);
  });

  test('no messages are returned without the permission to read the history', async () => {
    const { guild, sent, call, channelId } = scene();
    const id = idOf(await sent({ content: 'x' }));
    guild.revokeBotPermission('general', 'ReadMessageHistory');

    expect((await call(`GET /channels/${channelId}/messages`)).body).toEqual([]);
    expect(codeOf(await call(`GET /channels/${channelId}/messages/${id}`))).toBe(50_013);
  });
});

describe('rate limits', () => {
  async function until429(act: () => Promise<WireAnswer>): Promise<WireAnswer[]> {
    const answers: WireAnswer[] = [];
    do answers.push(await act());
    while (answers.at(-1)?.status !== 429 && answers.length < 100);
    return answers;
  }

  test('the sixth request of one interaction within two seconds is limited, with the reset time', async () => {
    const { answered, call, pass } = scene();
    const { webhook } = await answered({ type: 5 });
    const edit = () => call(`PATCH ${webhook}/messages/@original`, { json: { content: 'x' } });

    const answers = await until429(edit);
    const last = answers.at(-1);

    expect(answers).toHaveLength(6);
    expect(answers[0]?.headers.get('x-ratelimit-remaining')).toBe('4');
    expect(last?.headers.get('x-ratelimit-scope')).toBe('user');
    expect(last?.body).toMatchObject({ global: false, retry_after: expect.any(Number) });
    pass(2 * SECOND);
    expect((await edit()).status).toBe(200);
  });

  test('the sixth message within five seconds in one channel is limited', async () => {
    const { sent, guild, call } = scene();

    const answers = await until429(() => sent({ content: 'x' }));
    const elsewhere = await call(`POST /channels/${guild.channel('videos').id}/messages`, {
      json: { content: 'x' },
    });

    expect(answers).toHaveLength(6);
    expect(elsewhere.status).toBe(200);
  });

  test('the fifty-first request of the bot within a second is limited, but not interactions', async () => {
    const { call, answered } = scene();

    const answers = await until429(() => call('GET /users/@me'));

    expect(answers.length).toBeLessThanOrEqual(51);
    expect(answers.at(-1)?.body).toMatchObject({ global: true });
    expect(answers.at(-1)?.headers.get('x-ratelimit-scope')).toBe('global');
    await answered({ type: 5 });
  });

  test('a message older than an hour can be edited three times in six seconds', async () => {
    const { sent, call, channelId, pass } = scene();
    const id = idOf(await sent({ content: 'x' }));
    pass(HOUR);

    const answers = await until429(() =>
      call(`PATCH /channels/${channelId}/messages/${id}`, { json: { content: 'y' } }),
    );

    expect(answers).toHaveLength(4);
    expect(answers[3]?.body).toMatchObject({ code: 30_046, retry_after: expect.any(Number) });
    expect(Number(answers[3]?.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
