import { describe, expect, test } from 'vitest';

import type { Member } from '#sandbox/discord/actors.ts';

import { VIDEO_COMMAND } from './discord-bot.ts';
import { button, row, text, useScene, V2, type RefusalRow, type Scene } from './discord-scene.ts';
import { codeOf, idOf, interactionEvent } from './discord-wire.ts';

const LIMIT_BYTES = 1000;
const scene = useScene({ attachmentSizeLimitBytes: LIMIT_BYTES });

async function opened({ call }: Scene, person: Member): Promise<string> {
  return idOf(await call('POST /users/@me/channels', { json: { recipient_id: person.id } }));
}

async function written(current: Scene, person: Member, json: unknown = { content: 'Ready.' }) {
  const channel = await opened(current, person);
  return current.call(`POST /channels/${channel}/messages`, { json });
}

function clip(size: number) {
  return [{ name: 'clip.mp4', bytes: new Uint8Array(size) }];
}

const refusals: readonly RefusalRow[] = [
  {
    name: 'a direct message to a person who accepts none',
    act: (current) => written(current, current.guild.member('shy', { takesDirectMessages: false })),
    status: 403,
    code: 50_007,
  },
  {
    name: 'a direct message to a person who shares no server any more',
    act(current) {
      current.alice.leaves();
      return written(current, current.alice);
    },
    status: 403,
    code: 50_278,
  },
  {
    name: 'a direct message to members of a server the bot was removed from',
    act(current) {
      current.guild.removeBot();
      return written(current, current.alice);
    },
    status: 403,
    code: 50_278,
  },
  {
    name: 'direct messages with an unknown person',
    act: ({ call }) => call('POST /users/@me/channels', { json: { recipient_id: '1' } }),
    status: 400,
    code: 50_033,
  },
  {
    name: 'direct messages with a bot',
    act: ({ call, discord }) =>
      call('POST /users/@me/channels', { json: { recipient_id: discord.applicationId } }),
    status: 400,
    code: 50_007,
  },
  {
    name: 'direct messages with whom it does not say',
    act: ({ call }) => call('POST /users/@me/channels', { json: {} }),
    status: 400,
    code: 50_035,
  },
  {
    name: 'a file over the default limit in a direct message',
    async act(current) {
      const rich = current.guild.member('rich', { attachmentSizeLimitBytes: 5000 });
      const channel = await opened(current, rich);
      return current.call(`POST /channels/${channel}/messages`, {
        json: { content: 'x' },
        files: clip(LIMIT_BYTES + 1),
      });
    },
    status: 413,
    code: 40_005,
  },
  {
    name: 'deleting what the other has written',
    async act(current) {
      const { id, channelId } = current.alice.says('hello', { isDirect: true });
      return current.call(`DELETE /channels/${channelId}/messages/${id}`);
    },
    status: 403,
    code: 50_003,
  },
];

test.for(refusals)('Discord refuses $name', async ({ act, status, code }) => {
  const answer = await act(scene());

  expect([answer.status, codeOf(answer)]).toEqual([status, code]);
});

describe('direct messages', () => {
  test('each person has one channel for direct messages, which can be opened again', async () => {
    const current = scene();
    const first = await opened(current, current.alice);

    const again = await opened(current, current.alice);
    const other = await opened(current, current.guild.member('bob'));
    const got = await current.call(`GET /channels/${first}`);

    expect([again === first, other === first]).toEqual([true, false]);
    expect(got.body).toMatchObject({ type: 1, recipients: [{ username: 'alice' }] });
  });

  test('a direct message reaches its one recipient, with a notification, and nobody else', async () => {
    const current = scene();
    const { alice, guild } = current;

    await written(current, alice, { flags: V2, components: [text('Your video is ready.')] });

    expect(alice.directMessages).toMatchObject([
      { text: 'Your video is ready.', mentionsPinged: [alice.id], isEphemeral: false },
    ]);
    expect(guild.member('bob').directMessages).toEqual([]);
    expect(guild.channel().messages).toEqual([]);
  });

  test('a direct message carries files up to the default limit, whatever the server has', async () => {
    const { discord, call } = scene();
    const boosted = discord.addGuild({ name: 'Boosted', premiumTier: 3 });
    const eve = boosted.member('eve');
    const channel = await opened(scene(), eve);

    const answer = await call(`POST /channels/${channel}/messages`, {
      json: { content: 'x' },
      files: clip(LIMIT_BYTES),
    });

    expect(answer.status).toBe(200);
    expect(eve.directMessages[0]?.media[0]?.bytes()).toHaveLength(LIMIT_BYTES);
  });

  test('direct messages of both sides can be edited, deleted and read back', async () => {
    const current = scene();
    const { alice, call } = current;
    const id = idOf(await written(current, alice));
    const { channelId } = alice.says('thank you', { isDirect: true });

    await call(`PATCH /channels/${channelId}/messages/${id}`, { json: { content: 'Done.' } });
    const list = await call(`GET /channels/${channelId}/messages`);
    await call(`DELETE /channels/${channelId}/messages/${id}`);

    expect(list.body).toMatchObject([{ content: 'thank you' }, { content: 'Done.' }]);
    expect(alice.directMessages.map(({ content }) => content)).toEqual(['thank you']);
  });

  test('a test can wait for a direct message, and a failed wait shows what came instead', async () => {
    const current = scene();
    const coming = current.alice.untilDirectMessage(({ content }) => content === 'Ready.');
    await written(current, current.alice);

    expect((await coming).content).toBe('Ready.');
    await expect(
      current.alice.untilDirectMessage(({ content }) => content === 'x', { timeoutMs: 1 }),
    ).rejects.toThrow('alice was sent public "Ready."');
  });

  test('direct messages can be opened again when the person accepts them again', async () => {
    const current = scene();
    current.alice.takesDirectMessages(false);
    const refused = await written(current, current.alice);
    current.alice.takesDirectMessages(true);

    expect([refused.status, (await written(current, current.alice)).status]).toEqual([403, 200]);
  });

  test('a click in a direct message has a user instead of a member, and no server', async () => {
    const current = scene();
    const { alice, guild, call, gateway } = current;
    await written(current, alice, { content: 'Ready.', components: [row(button('again'))] });
    const [message] = alice.directMessages;
    if (message === undefined) throw new Error('No message came');

    const clicked = alice.clicks(message, 'again');
    const event = await interactionEvent(gateway, clicked.interactionId);
    await call(`POST /interactions/${event.id}/${event.token}/callback`, {
      json: { type: 7, data: { content: 'Again.', components: [] } },
    });

    expect(event).toMatchObject({
      type: 3,
      context: 1,
      user: { id: alice.id },
      channel: { type: 1 },
      app_permissions: '442368',
      authorizing_integration_owners: { 0: '0' },
      attachment_size_limit: LIMIT_BYTES,
    });
    for (const field of ['guild_id', 'guild', 'member']) expect(event).not.toHaveProperty(field);
    expect(clicked.message?.content).toBe('Again.');
    expect(() => guild.member('bob').clicks(message, 'again')).toThrow('does not see');
  });

  test('direct messages accept only the commands meant for them', async () => {
    const { alice, call, discord, gateway } = scene();
    const help = { name: 'help', description: 'Helps', contexts: [0, 1] };
    await call(`PUT /applications/${discord.applicationId}/commands`, {
      json: [VIDEO_COMMAND, help],
    });

    const reply = alice.runs('help', {}, { isDirect: true });
    const { id, token } = await interactionEvent(gateway, reply.interactionId);
    await call(`POST /interactions/${id}/${token}/callback`, {
      json: { type: 4, data: { content: 'Like this.' } },
    });

    expect(reply.message?.content).toBe('Like this.');
    expect(alice.directMessages.map(({ content }) => content)).toEqual(['Like this.']);
    expect(() => alice.runs('video', { prompt: 'x' }, { isDirect: true })).toThrow(
      '/video is not for direct messages',
    );
  });
});
