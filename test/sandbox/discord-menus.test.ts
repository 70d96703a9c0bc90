import { describe, expect, test } from 'vitest';

import { file, linkedPicture } from '#sandbox/discord/discord.ts';

import { pngImage } from '../fakes/images.ts';
import { VIDEO_COMMAND } from './discord-bot.ts';
import { EPHEMERAL, text, useScene, V2 } from './discord-scene.ts';
import { bytesAt, codeOf, idOf, interactionEvent } from './discord-wire.ts';

const scene = useScene();
const ANIMATE = { type: 3, name: 'Animate image', contexts: [0], integration_types: [0] };

function put(commands: unknown) {
  const { call, discord } = scene();
  return call(`PUT /applications/${discord.applicationId}/commands`, { json: commands });
}

/** The event the bot receives when Alice uses the menu of a message. */
async function animated(message: { readonly id: string }, who = scene().alice) {
  await put([VIDEO_COMMAND, ANIMATE]);
  const reply = who.runsOnMessage('Animate image', message);
  return interactionEvent(scene().gateway, reply.interactionId);
}

/** The target message in an event. */
function targetIn(event: unknown): unknown {
  const { data } = JSON.parse(JSON.stringify(event));
  return data.resolved.messages[data.target_id];
}

describe('registering a message command', () => {
  test('a message command may have capitals and spaces, and is listed with an empty description', async () => {
    const answer = await put([ANIMATE]);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject([{ name: 'Animate image', type: 3, description: '' }]);
  });

  test('a message command may share the name of a slash command, each with its own id', async () => {
    const { discord } = scene();

    await put([VIDEO_COMMAND, { ...ANIMATE, name: 'video' }]);

    expect(discord.commands.map(({ type }) => type)).toEqual([1, 3]);
    expect(new Set(discord.commands.map(({ id }) => id)).size).toBe(2);
  });

  test.for([
    ['a description', { description: 'Makes it move' }],
    ['options', { options: [{ type: 3, name: 'a', description: 'b' }] }],
    ['no name', { name: '' }],
    ['a name over 32 characters', { name: 'n'.repeat(33) }],
  ] as const)('a message command with %s is refused', async ([, change]) => {
    expect(codeOf(await put([{ ...ANIMATE, ...change }]))).toBe(50_035);
  });

  test('a sixteenth message command is refused', async () => {
    const some = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ ...ANIMATE, name: `Menu ${index}` }));

    expect((await put(some(15))).status).toBe(200);
    expect(codeOf(await put(some(16)))).toBe(50_035);
  });
});

describe('a message command in use', () => {
  test('a message command receives the whole message, which a GET does not', async () => {
    const { guild, call } = scene();
    const said = guild.member('bob').says('look at this', {
      attachments: [file('lake.png', pngImage({ width: 640, height: 360 }))],
    });

    const event = await animated(said);
    const got = await call(`GET /channels/${said.channelId}/messages/${said.id}`);

    expect(event).toMatchObject({
      type: 2,
      data: { name: 'Animate image', type: 3, target_id: said.id },
    });
    expect(event).not.toHaveProperty('data.options');
    expect(targetIn(event)).toMatchObject({
      id: said.id,
      content: 'look at this',
      author: { username: 'bob' },
      attachments: [{ filename: 'lake.png', content_type: 'image/png', width: 640, height: 360 }],
    });
    expect(got.body).toMatchObject({ content: '', attachments: [], embeds: [], components: [] });
  });

  test('a message command’s pictures are signed at that moment, separate from command uploads', async () => {
    const { alice, pass } = scene();
    const bytes = pngImage({ width: 640, height: 360 });
    const said = alice.says('', { attachments: [file('lake.png', bytes)] });
    pass(48 * 60 * 60 * 1000);

    const event = await animated(said);

    const url = JSON.stringify(targetIn(event)).match(/http[^"]+\/attachments\/[^"]+/)?.[0] ?? '';
    expect(await bytesAt(url)).toEqual(bytes);
  });

  test('a message command receives linked pictures as embeds with proxy addresses', async () => {
    const bytes = pngImage({ width: 800, height: 600 });
    const picture = file('sea.png', bytes, { url: 'https://pictures.example/2026/sea.png' });
    const said = scene().alice.says('https://pictures.example/2026/sea.png', {
      embeds: [linkedPicture(picture)],
    });

    const target = targetIn(await animated(said));

    expect(target).toMatchObject({
      embeds: [
        {
          type: 'image',
          thumbnail: { url: 'https://pictures.example/2026/sea.png', width: 800, height: 600 },
        },
      ],
    });
    const [proxy = ''] = /http:[^"]+\/external\/[^"]+/.exec(JSON.stringify(target)) ?? [];
    expect(proxy).toMatch(/\/https\/pictures\.example\/2026\/sea\.png$/);
    expect(await bytesAt(proxy)).toEqual(bytes);
    expect((await fetch(proxy.replace('-', '-0'))).status).toBe(404);
  });

  test('a message command receives a forwarded message as the snapshot of that time', async () => {
    const { alice, guild, call } = scene();
    const bytes = pngImage({ width: 320, height: 320 });
    const first = guild.member('bob').says('mine', { attachments: [file('cat.png', bytes)] });
    const forwarded = alice.says('', { channel: 'videos', forwards: first });
    const again = alice.says('', { channel: 'videos', forwards: forwarded });
    guild.deleteMessage(first);

    const target = targetIn(await animated(again));

    expect(target).toMatchObject({
      content: '',
      attachments: [],
      flags: 1 << 14,
      message_reference: { type: 1, message_id: first.id, channel_id: first.channelId },
      message_snapshots: [
        { message: { content: 'mine', attachments: [{ filename: 'cat.png', width: 320 }] } },
      ],
    });
    expect(target).not.toHaveProperty('message_snapshots.0.message.author');
    const [url = ''] = /http:[^"]+\/attachments\/[^"]+/.exec(JSON.stringify(target)) ?? [];
    expect(await bytesAt(url)).toEqual(bytes);
    const got = await call(`GET /channels/${again.channelId}/messages/${again.id}`);
    expect(got.status).toBe(200);
    expect(got.body).not.toHaveProperty('message_snapshots');
  });

  test('a message command receives the media of Components V2, from the bot and from other bots', async () => {
    const { guild, sent } = scene();
    const gallery = { type: 12, items: [{ media: { url: 'attachment://a.png' } }] };
    const own = await sent({ flags: V2, components: [gallery] }, [
      { name: 'a.png', bytes: new Uint8Array(pngImage({ width: 400, height: 300 })) },
    ]);
    const painter = guild.member('painter', { isBot: true });
    const other = painter.says('', {
      attachments: [file('a.png', pngImage({ width: 500, height: 300 }))],
      components: [text('A cat'), gallery],
    });

    const targets = [targetIn(await animated({ id: idOf(own) })), targetIn(await animated(other))];

    expect(targets).toMatchObject([
      { attachments: [], components: [{ items: [{ media: { width: 400 } }] }] },
      {
        author: { bot: true },
        attachments: [],
        components: [{ content: 'A cat' }, { items: [{ media: { width: 500 } }] }],
      },
    ]);
  });

  test('a message command receives another bot’s embed with its own file', async () => {
    const painter = scene().guild.member('painter', { isBot: true });
    const image = file('drawn.png', pngImage({ width: 512, height: 512 }));
    const said = painter.says('', { embeds: [{ type: 'rich', title: 'Drawn', image }] });

    const target = targetIn(await animated(said));

    expect(target).toMatchObject({
      attachments: [],
      embeds: [{ type: 'rich', title: 'Drawn', image: { width: 512 } }],
    });
    expect(said.media.map(({ fileName }) => fileName)).toEqual(['drawn.png']);
  });

  test('the response to a message command names its message', async () => {
    const { alice, call } = scene();
    const said = alice.says('no picture');
    const { id, token } = await animated(said);

    const answer = await call(`POST /interactions/${id}/${token}/callback?with_response=true`, {
      json: { type: 4, data: { content: 'No picture there.', flags: EPHEMERAL } },
    });

    expect(answer.body).toMatchObject({
      resource: { message: { type: 23, interaction_metadata: { target_message_id: said.id } } },
    });
  });
});

describe('limits of a member', () => {
  test('a member cannot use a missing menu, or one on a deleted or hidden message', async () => {
    const { alice, guild, answered } = scene();
    const said = alice.says('hello');
    const { reply } = await answered({ type: 4, data: { content: 'psst', flags: EPHEMERAL } });
    const hidden = reply.message ?? said;
    expect(() => alice.runsOnMessage('Animate image', said)).toThrow('"Animate image"');
    await put([VIDEO_COMMAND, ANIMATE]);

    expect(() => alice.runsOnMessage('video', said)).toThrow('No command "video"');
    expect(() => alice.runs('Animate image')).toThrow('No command /Animate');
    expect(() => alice.runsOnMessage('Animate image', hidden)).toThrow('Ephemeral');
    expect(() => guild.member('bob').runsOnMessage('Animate image', hidden)).toThrow(
      'another member',
    );
    alice.deletes(said);
    expect(() => alice.runsOnMessage('Animate image', said)).toThrow('deleted');
  });

  test('a member cannot see messages of another server', async () => {
    const { discord, alice } = scene();
    const elsewhere = discord.addGuild({ name: 'Elsewhere' }).member('eve').says('secret');
    await put([ANIMATE]);

    expect(() => alice.runsOnMessage('Animate image', elsewhere)).toThrow('does not see');
  });

  test.for([
    ['nothing', '', {}, '50006'],
    ['more than 2000 characters', 'x'.repeat(2001), {}, '50035'],
    [
      'eleven files',
      '',
      { attachments: Array(11).fill(file('a.png', pngImage({ width: 1, height: 1 }))) },
      '30015',
    ],
    ['components', '', { components: [text('a')] }, 'Only bots'],
    ['a rich embed', 'x', { embeds: [{ type: 'rich', title: 'a' }] }, 'Only bots'],
    ['an embed without its link', 'x', { embeds: [{ type: 'image', url: 'https://a' }] }, 'link'],
    ['a comment on a forward', 'x', { forwards: { id: '1' } }, 'a separate message'],
    ['a forward without a message', '', { forwards: { id: '1' } }, 'No message'],
  ] as const)('a member cannot post %s', ([, content, options, why]) => {
    expect(() => scene().alice.says(content, options)).toThrow(why);
  });
});

describe('a deleted message', () => {
  test('a deleted message removes its files, except those that a forward still shows', async () => {
    const { alice } = scene();
    const said = alice.says('', {
      attachments: [file('a.png', pngImage({ width: 2, height: 2 }))],
    });
    const forwarded = alice.says('', { forwards: said });
    const url = said.media[0]?.url ?? '';

    alice.deletes(said);
    const whileForwarded = await fetch(url);
    alice.deletes(forwarded);

    expect(whileForwarded.status).toBe(200);
    expect((await fetch(url)).status).toBe(404);
    expect(said.media[0]?.bytes()).toHaveLength(pngImage({ width: 2, height: 2 }).byteLength);
  });
});

test('a message that mentions the bot can be read back with its content', async () => {
  const { alice, call, discord } = scene();
  const said = alice.says(`<@${discord.applicationId}> hello`);

  const got = await call(`GET /channels/${said.channelId}/messages/${said.id}`);

  expect(got.body).toMatchObject({ content: `<@${discord.applicationId}> hello` });
});
