import {
  AttachmentBuilder,
  ButtonStyle,
  Client,
  ComponentType,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  TextInputBuilder,
  TextInputStyle,
  type Guild,
  type Interaction,
} from 'discord.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { file, startDiscord, type DiscordSandbox } from '#sandbox/discord/discord.ts';
import type { GuildHandle } from '#sandbox/discord/guild.ts';
import { createDiscordTransport } from '#src/discord/rest/transport.ts';

import { startBot } from './discord-bot.ts';
import { expectClean } from './discord-scene.ts';

let discord: DiscordSandbox;
let guild: GuildHandle;

beforeEach(async () => {
  const openApiFile = process.env['DISCORD_OPENAPI_FILE'];
  discord = await startDiscord({ openApiFile: openApiFile === '' ? undefined : openApiFile });
  guild = discord.addGuild({ name: 'Film club', channels: ['general', 'videos'] });
});

afterEach(async () => {
  await discord.close();
  expectClean(discord);
});

async function makeVideo(interaction: Interaction): Promise<void> {
  if (!interaction.isChatInputCommand()) return;
  const picture = interaction.options.getAttachment('first_frame');
  await interaction.deferReply({ withResponse: true });
  const bytes = picture === null ? Buffer.from('clip') : await download(picture.url);
  await interaction.editReply({
    flags: MessageFlags.IsComponentsV2,
    components: [
      {
        type: ComponentType.Container,
        components: [{ type: ComponentType.TextDisplay, content: 'Rendering' }],
      },
    ],
  });
  await interaction.editReply({
    flags: MessageFlags.IsComponentsV2,
    files: [new AttachmentBuilder(bytes, { name: 'clip.mp4' })],
    components: [
      {
        type: ComponentType.Container,
        components: [
          {
            type: ComponentType.TextDisplay,
            content: `Done: ${interaction.options.getString('prompt', true)}`,
          },
          {
            type: ComponentType.MediaGallery,
            items: [{ media: { url: 'attachment://clip.mp4' } }],
          },
          {
            type: ComponentType.ActionRow,
            components: [
              {
                type: ComponentType.Button,
                style: ButtonStyle.Primary,
                label: 'Again',
                customId: 'again:1',
              },
            ],
          },
        ],
      },
    ],
  });
}

async function download(url: string): Promise<Buffer> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

function form(): ModalBuilder {
  const prompt = new TextInputBuilder().setCustomId('prompt').setStyle(TextInputStyle.Short);
  return new ModalBuilder()
    .setCustomId('form')
    .setTitle('Edit')
    .addLabelComponents(new LabelBuilder().setLabel('Prompt').setTextInputComponent(prompt));
}

describe('the discord.js client', () => {
  test('the client logs in, registers, accepts a picture, and responds with a video in one message', async () => {
    await using bot = await startBot(discord, makeVideo);
    await discord.botConnected();
    const alice = guild.member('alice');

    const reply = alice.runs('video', {
      prompt: 'a lake at dawn',
      first_frame: file('lake.png', Buffer.from('picture bytes')),
    });
    const finished = await reply.until((message) => message.media.length > 0);

    expect(bot.errors).toEqual([]);
    expect(finished.text).toBe('Done: a lake at dawn');
    expect(finished.media[0]?.fileName).toBe('clip.mp4');
    expect(finished.media[0]?.bytes().toString()).toBe('picture bytes');
    expect(finished.buttons.map(({ label }) => label)).toEqual(['Again']);
    expect(reply.versions.map((version) => version.isLoading)).toEqual([true, false, false]);
    expect(guild.channel().messages).toHaveLength(1);
    expect(discord.refusedRequests).toEqual([]);
    expect(reply.deliveryTries).toBe(1);
    // In time: the sandbox refuses late responses, and the bot would have got an error.
    expect(reply.acknowledgedAfterMs).toBeDefined();
    expect((await download(finished.media[0]?.url ?? '')).toString()).toBe('picture bytes');
  });

  test('the client refuses one member privately by deleting its public response', async () => {
    await using bot = await startBot(discord, async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.deferReply();
      await interaction.deleteReply();
      await interaction.followUp({ content: 'Too small.', flags: MessageFlags.Ephemeral });
    });
    const reply = guild.member('alice').runs('video', { prompt: 'x' });

    expect(await reply.refusal()).toBe('Too small.');
    expect(reply.message).toBeUndefined();
    expect(reply.ephemeral).toHaveLength(1);
    expect(guild.channel().messages).toEqual([]);
    expect(bot.errors).toEqual([]);
  });

  test('the client responds to a click with an update, and to a form that the click opens', async () => {
    await using bot = await startBot(discord, async (interaction) => {
      if (interaction.isChatInputCommand())
        await interaction.reply({
          content: 'ready',
          components: [
            {
              type: ComponentType.ActionRow,
              components: [
                {
                  type: ComponentType.Button,
                  style: ButtonStyle.Primary,
                  label: 'Edit',
                  customId: 'edit',
                },
              ],
            },
          ],
        });
      if (interaction.isButton()) await interaction.showModal(form());
      if (interaction.isModalSubmit() && interaction.isFromMessage())
        await interaction.update(interaction.fields.getTextInputValue('prompt'));
    });
    const alice = guild.member('alice');
    const reply = alice.runs('video', { prompt: 'x' });
    await reply.until(({ buttons }) => buttons.length > 0);

    const clicked = alice.clicks(reply, 'Edit');
    await clicked.acknowledged();
    const submitted = alice.submits(clicked, { prompt: 'a river' });

    expect((await submitted.until(({ content }) => content === 'a river')).id).toBe(
      reply.message?.id,
    );
    expect(reply.versions.map(({ content }) => content)).toEqual(['ready', 'a river']);
    expect(bot.errors).toEqual([]);
  });

  test('the client offers choices while a member types', async () => {
    await using bot = await startBot(discord, async (interaction) => {
      if (!interaction.isAutocomplete()) return;
      const { name, value } = interaction.options.getFocused(true);
      await interaction.respond([{ name: `${name} ${value}`, value }]);
    });

    const choices = await guild.member('alice').types('video', 'model', '1.5');

    expect(choices).toEqual([{ name: 'model 1.5', value: '1.5' }]);
    expect(bot.errors).toEqual([]);
  });

  test('the client gets an event that it missed when its connection drops and resumes', async () => {
    await using bot = await startBot(discord, makeVideo);
    discord.inject({ kind: 'drop-connection' });

    const reply = guild.member('alice').runs('video', { prompt: 'patience' });

    expect((await reply.until(({ media }) => media.length > 0)).text).toBe('Done: patience');
    expect(bot.errors).toEqual([]);
  });

  test('the second response to a duplicated event fails with code 40060', async () => {
    await using bot = await startBot(discord, makeVideo);
    discord.inject({ kind: 'duplicate-interaction' });

    const reply = guild.member('alice').runs('video', { prompt: 'once' });
    await reply.until(({ media }) => media.length > 0);

    expect(reply.deliveryTries).toBe(2);
    expect(bot.errors).toMatchObject([{ code: 40_060 }]);
    expect(guild.channel().messages).toHaveLength(1);
  });

  test('the client waits out a rate limit and retries a server error by itself', async () => {
    await using bot = await startBot(discord, makeVideo);
    const route = 'PATCH /webhooks/:app/:token/messages/@original';
    discord.inject({ route, kind: 'rate-limit', retryAfterMs: 50 });
    discord.inject({ route, kind: 'status', status: 502 });
    discord.inject({ route, kind: 'cut', when: 'after', how: 'reset' });

    const reply = guild.member('alice').runs('video', { prompt: 'x' });

    await reply.until(({ media }) => media.length > 0);
    expect(bot.errors).toEqual([]);
  });

  test('the client is refused with a wrong token', async () => {
    const client = new Client({
      intents: [],
      rest: { api: discord.apiUrl, makeRequest: createDiscordTransport() },
    });

    await expect(client.login('wrong')).rejects.toMatchObject({ code: 'TokenInvalid' });
    await client.destroy();
  });

  test('the client learns of servers it joins and leaves, and sees its permissions there', async () => {
    await using bot = await startBot(discord, makeVideo);
    const joined = new Promise<Guild>((resolve) => bot.client.once('guildCreate', resolve));
    const left = new Promise<Guild>((resolve) => bot.client.once('guildDelete', resolve));

    const added = discord.addGuild({ name: 'Late', premiumTier: 2 });
    const seen = await joined;
    const channel = await bot.client.channels.fetch(added.channel().id);
    const permissions =
      channel?.isTextBased() && !channel.isDMBased() && seen.members.me
        ? channel.permissionsFor(seen.members.me)?.bitfield
        : undefined;
    added.removeBot();

    expect(permissions).toBe(274_878_024_704n);
    expect((await left).id).toBe(added.id);
  });

  test('the client can leave a server and read its own messages back', async () => {
    await using bot = await startBot(discord, makeVideo);
    const left = new Promise<Guild>((resolve) => bot.client.once('guildDelete', resolve));
    const channel = await bot.client.channels.fetch(guild.channel('videos').id);
    if (!channel?.isSendable()) throw new Error('The channel takes no messages');

    const sent = await channel.send({ content: 'hello', nonce: 'job-1', enforceNonce: true });
    const found = await channel.messages.fetch({ limit: 10 });
    await sent.edit('changed');

    expect(found.map(({ content }) => content)).toEqual(['hello']);
    expect(guild.channel('videos').messages.map(({ content }) => content)).toEqual(['changed']);
    await bot.client.guilds.cache.get(guild.id)?.leave();
    expect((await left).id).toBe(guild.id);
  });
});
