import {
  AttachmentBuilder,
  ButtonStyle,
  ComponentType,
  MessageFlags,
  type Interaction,
} from 'discord.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { file, startDiscord, type DiscordSandbox } from '#sandbox/discord/discord.ts';
import type { GuildHandle } from '#sandbox/discord/guild.ts';

import { startBot } from './discord-bot.ts';

let discord: DiscordSandbox;
let guild: GuildHandle;

beforeEach(async () => {
  const openApiFile = process.env['DISCORD_OPENAPI_FILE'];
  discord = await startDiscord({ openApiFile: openApiFile === '' ? undefined : openApiFile });
  guild = discord.addGuild({ name: 'Film club', channels: ['general', 'videos'] });
});

afterEach(async () => {
  await discord.close();
  expect(discord.unknownRoutes).toEqual([]);
  expect(discord.pendingFaults()).toEqual([]);
  expect(discord.schemaFaults).toEqual([]);
  expect(discord.responseFaults).toEqual([]);
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

describe('the real discord.js client', () => {
  test('logs in, registers, takes a picture, and answers with a video in one message', async () => {
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
    expect(reply.deliveryTries).toBe(1);
    expect(reply.acknowledgedAfterMs).toBeLessThan(3000);
    expect((await download(finished.media[0]?.url ?? '')).toString()).toBe('picture bytes');
  });
});
