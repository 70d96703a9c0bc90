/** A message command and the form it opens, with the real discord.js client. */
import {
  ApplicationCommandType,
  CheckboxBuilder,
  FileUploadBuilder,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  RadioGroupBuilder,
  StringSelectMenuBuilder,
  TextInputBuilder,
  TextInputStyle,
  type Interaction,
  type RESTPostAPIApplicationCommandsJSONBody,
} from 'discord.js';
import { afterEach, beforeEach, expect, test } from 'vitest';

import {
  file,
  linkedPicture,
  startDiscord,
  type DiscordSandbox,
} from '#sandbox/discord/discord.ts';
import type { GuildHandle } from '#sandbox/discord/guild.ts';

import { pngImage } from '../fakes/images.ts';
import { startBot } from './discord-bot.ts';
import { expectClean } from './discord-scene.ts';
import { bytesAt } from './discord-wire.ts';

const COMMANDS: readonly RESTPostAPIApplicationCommandsJSONBody[] = [
  { type: ApplicationCommandType.Message, name: 'Animate image', contexts: [0] },
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

function animateForm(): ModalBuilder {
  const pick = (id: string) => ({ label: `Picture ${id}`, value: id });
  return new ModalBuilder()
    .setCustomId('animate')
    .setTitle('Animate image')
    .addLabelComponents(
      new LabelBuilder()
        .setLabel('Prompt')
        .setTextInputComponent(
          new TextInputBuilder().setCustomId('prompt').setStyle(TextInputStyle.Paragraph),
        ),
      new LabelBuilder()
        .setLabel('Which picture')
        .setStringSelectMenuComponent(
          new StringSelectMenuBuilder().setCustomId('picture').addOptions(pick('0'), pick('1')),
        ),
      new LabelBuilder()
        .setLabel('Use it as')
        .setRadioGroupComponent(
          new RadioGroupBuilder()
            .setCustomId('as')
            .addOptions(
              { label: 'First frame', value: 'first' },
              { label: 'Reference', value: 'r' },
            ),
        ),
      new LabelBuilder()
        .setLabel('Keep it private')
        .setCheckboxComponent(new CheckboxBuilder().setCustomId('private')),
      new LabelBuilder()
        .setLabel('Another picture')
        .setFileUploadComponent(
          new FileUploadBuilder().setCustomId('extra').setRequired(false).setMaxValues(2),
        ),
    );
}

test('a message menu delivers every picture, and its form every answer', async () => {
  const pictures: string[] = [];
  await using bot = await startTestBot(async (interaction) => {
    if (interaction.isMessageContextMenuCommand()) {
      const { targetMessage: message } = interaction;
      const all = [message, ...message.messageSnapshots.values()];
      for (const { attachments, embeds } of all) {
        pictures.push(...attachments.map(({ url }) => url));
        pictures.push(...embeds.flatMap(({ thumbnail }) => thumbnail?.proxyURL ?? []));
      }
      await interaction.showModal(animateForm());
    }
    if (!interaction.isModalSubmit()) return;
    const { fields } = interaction;
    const extra = fields.getUploadedFiles('extra')?.map(({ name }) => name) ?? [];
    await interaction.reply({
      content: [
        fields.getTextInputValue('prompt'),
        ...fields.getStringSelectValues('picture'),
        fields.getRadioGroup('as'),
        String(fields.getCheckbox('private')),
        ...extra,
      ].join(' | '),
      flags: MessageFlags.Ephemeral,
    });
  });
  const [alice, bob] = [guild.member('alice'), guild.member('bob')];
  const bytes = pngImage({ width: 640, height: 360 });
  const first = bob.says('https://pictures.example/sea.png', {
    attachments: [file('lake.png', bytes)],
    embeds: [linkedPicture(file('sea.png', bytes, { url: 'https://pictures.example/sea.png' }))],
  });
  const forwarded = bob.says('', { forwards: first, channel: 'videos' });

  const menu = alice.runsOnMessage('Animate image', forwarded);
  const form = await menu.formOpened();
  const sent = alice.submits(menu, {
    prompt: 'waves',
    picture: '1',
    as: 'first',
    private: true,
    extra: file('more.png', bytes),
  });

  expect(await sent.refusal()).toBe('waves | 1 | first | true | more.png');
  expect(form.fields.map(({ kind }) => kind)).toEqual([
    'text',
    'select',
    'radio',
    'checkbox',
    'files',
  ]);
  expect(pictures).toHaveLength(2);
  for (const url of pictures) expect(await bytesAt(url)).toEqual(bytes);
  expect(bot.errors).toEqual([]);
});
