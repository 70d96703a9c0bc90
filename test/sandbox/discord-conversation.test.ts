/** Options, pages, files and direct messages with the real discord.js client. */
import {
  ApplicationCommandOptionType,
  AttachmentBuilder,
  ButtonStyle,
  ChannelType,
  ComponentType,
  MessageFlags,
  PermissionFlagsBits,
  type Interaction,
  type RESTPostAPIApplicationCommandsJSONBody,
} from 'discord.js';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { startDiscord, type DiscordSandbox } from '#sandbox/discord/discord.ts';
import type { GuildHandle } from '#sandbox/discord/guild.ts';

import { startBot } from './discord-bot.ts';
import { expectClean } from './discord-scene.ts';

const COMMANDS: readonly RESTPostAPIApplicationCommandsJSONBody[] = [
  {
    name: 'quota',
    description: 'Limits',
    contexts: [0],
    default_member_permissions: PermissionFlagsBits.ManageGuild.toString(),
    options: [
      {
        type: ApplicationCommandOptionType.SubcommandGroup,
        name: 'limit',
        description: 'Limits',
        options: [
          {
            type: ApplicationCommandOptionType.Subcommand,
            name: 'set',
            description: 'Sets one',
            options: [
              { type: 8, name: 'role', description: 'Whose', required: true },
              { type: 6, name: 'user', description: 'Whose' },
              { type: 7, name: 'channel', description: 'Where', channel_types: [0] },
              { type: 4, name: 'credits', description: 'How many', min_value: 0 },
            ],
          },
        ],
      },
    ],
  },
];

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

function startTestBot(handle: (interaction: Interaction) => Promise<unknown>) {
  return startBot(discord, handle, COMMANDS);
}

test('options of every kind arrive as what they name', async () => {
  await using bot = await startTestBot(async (interaction) => {
    if (!interaction.isChatInputCommand() || !interaction.inCachedGuild()) return;
    const { options, memberPermissions, member } = interaction;
    const [channel] = [options.getChannel('channel', true, [ChannelType.GuildText])];
    await interaction.reply(
      [
        options.getSubcommandGroup(),
        options.getSubcommand(),
        options.getRole('role', true).name,
        options.getUser('user', true).username,
        options
          .getMember('user')
          ?.roles.cache.map(({ name }) => name)
          .toSorted()
          .join('+'),
        channel.name,
        options.getInteger('credits', true),
        memberPermissions.has('ManageGuild'),
        member.roles.cache.has(options.getRole('role', true).id),
      ].join(' '),
    );
  });
  const mo = guild.member('mo', { permissions: ['ManageGuild'] });
  const bob = guild.member('bob', { roles: ['Artists'] });

  const reply = mo.runs('quota limit set', {
    role: guild.role('Artists'),
    user: bob.id,
    channel: guild.channel('videos').id,
    credits: 0,
  });

  expect((await reply.until(({ content }) => content !== '')).content).toBe(
    'limit set Artists bob @everyone+Artists videos 0 true false',
  );
  expect(bot.errors).toEqual([]);
  expect(() => bob.runs('quota limit set', { role: guild.id })).toThrow('not shown to bob');
});

test('pages turn, their files change with them, and an ephemeral note goes to one member', async () => {
  const page = (number: number) => ({
    content: `Page ${number}`,
    files: [new AttachmentBuilder(Buffer.from(`row ${number}`), { name: `page-${number}.csv` })],
    attachments: [],
    components: [
      {
        type: ComponentType.ActionRow as const,
        components: [
          {
            type: ComponentType.Button as const,
            style: ButtonStyle.Secondary as const,
            label: 'Next',
            customId: `page:${number + 1}`,
          },
        ],
      },
    ],
  });
  await using bot = await startTestBot(async (interaction) => {
    if (interaction.isChatInputCommand())
      await interaction.reply({ ...page(1), flags: MessageFlags.Ephemeral });
    if (!interaction.isButton()) return;
    const number = Number(interaction.customId.split(':')[1]);
    if (number === 2) return interaction.update(page(2));
    await interaction.deferUpdate();
    await interaction.editReply({ content: 'The end', components: [], attachments: [] });
    return interaction.followUp({ content: 'That is all.', flags: MessageFlags.Ephemeral });
  });
  const mo = guild.member('mo', { permissions: ['ManageGuild'] });

  const reply = mo.runs('quota limit set', { role: guild.id });
  await reply.until(({ content }) => content === 'Page 1');
  await mo.clicks(reply, 'Next').acknowledged();
  const second = await reply.until(({ content }) => content === 'Page 2');
  const last = mo.clicks(reply, 'Next');
  await last.until(({ content }) => content === 'That is all.');

  expect(second.media.map(({ fileName }) => fileName)).toEqual(['page-2.csv']);
  expect(second.media[0]?.bytes().toString()).toBe('row 2');
  expect(reply.message).toMatchObject({ content: 'The end', media: [], isEphemeral: true });
  expect(reply.versions).toHaveLength(3);
  expect(guild.channel().messages).toEqual([]);
  expect(bot.errors).toEqual([]);
});

test('a direct message arrives, or fails with the reason', async () => {
  await using bot = await startTestBot(() => Promise.resolve());
  const [alice, shy] = [guild.member('alice'), guild.member('shy', { takesDirectMessages: false })];
  const clip = new AttachmentBuilder(Buffer.from('clip'), { name: 'clip.mp4' });

  await bot.client.users.send(alice.id, { content: 'Ready.', files: [clip] });
  alice.leaves();

  expect((await alice.untilDirectMessage(({ media }) => media.length > 0)).content).toBe('Ready.');
  expect(alice.directMessages[0]?.media[0]?.bytes().toString()).toBe('clip');
  await expect(bot.client.users.send(shy.id, 'x')).rejects.toMatchObject({ code: 50_007 });
  await expect(bot.client.users.send(alice.id, 'x')).rejects.toMatchObject({ code: 50_278 });
});

test('the response to a defer shows whether a public message was forced to be ephemeral', async () => {
  const wasEphemeral: unknown[] = [];
  await using bot = await startTestBot(async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    const { interaction: told } = await interaction.deferReply({ withResponse: true });
    wasEphemeral.push(told.responseMessageEphemeral);
    await interaction.editReply('Done.');
  });
  const mo = guild.member('mo', { permissions: ['ManageGuild'], isForcedEphemeral: true });

  const reply = mo.runs('quota limit set', { role: guild.id });

  expect(await reply.refusal()).toBe('Done.');
  expect(wasEphemeral).toEqual([true]);
  expect(bot.errors).toEqual([]);
});

test('AutoMod blocks an edit with its own error', async () => {
  guild.blockWords('*boat*');
  await using bot = await startTestBot(async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    await interaction.deferReply();
    await interaction.editReply('a lifeboat');
  });
  const mo = guild.member('mo', { permissions: ['ManageGuild'] });

  const reply = mo.runs('quota limit set', { role: guild.id });
  await expect.poll(() => bot.errors).toMatchObject([{ code: 200_000, status: 400 }]);

  expect(reply.message?.isLoading).toBe(true);
});

test('the client knows added and removed roles', async () => {
  await using bot = await startTestBot(() => Promise.resolve());
  const created = new Promise((resolve) => bot.client.once('roleCreate', resolve));
  const deleted = new Promise((resolve) => bot.client.once('roleDelete', resolve));
  const lost = new Promise((resolve) => bot.client.once('channelDelete', resolve));

  const id = guild.role('Artists', { permissions: ['AttachFiles'] });
  expect(await created).toMatchObject({ id, name: 'Artists' });
  guild.deleteRole('Artists');
  expect(await deleted).toMatchObject({ id });
  guild.deleteChannel('videos');
  expect(await lost).toMatchObject({ name: 'videos' });
});
