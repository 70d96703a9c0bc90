/** The registered options of `/settings`. */
import {
  ApplicationCommandOptionType as Type,
  ChannelType,
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandOptionChoice,
  type APIApplicationCommandSubcommandOption,
} from 'discord.js';

import { MAX_CREDITS } from '../../../quota/limits/arithmetic.ts';
import { choice, described, type CommandKey } from '../../localized.ts';
import { RATIO_CHOICES, RESOLUTION_CHOICES } from '../../video-choices.ts';

/** The choice that removes a limit. */
export const ANY = 'any';
/** The choice that follows the server's language in Discord. */
export const AS_IN_DISCORD = 'server';
/** No model makes longer videos. */
const MAX_SECONDS = 60;
const MAX_WORD_LENGTH = 60;
const MAX_MODEL_LENGTH = 64;

const subcommand = (
  name: string,
  key: CommandKey,
  options: APIApplicationCommandBasicOption[] = [],
): APIApplicationCommandSubcommandOption => ({
  type: Type.Subcommand,
  name,
  ...described(key),
  options,
});

const oneOf = (
  name: string,
  key: CommandKey,
  choices: APIApplicationCommandOptionChoice<string>[],
): APIApplicationCommandBasicOption => ({ type: Type.String, name, ...described(key), choices });

/**
 * Autocompleted with the models offered now, because a list registered with Discord would become
 * outdated.
 */
const model = (key: CommandKey): APIApplicationCommandBasicOption => ({
  type: Type.String,
  name: 'model',
  ...described(key),
  autocomplete: true,
  max_length: MAX_MODEL_LENGTH,
});

const yesNo = (name: string, key: CommandKey): APIApplicationCommandBasicOption => ({
  type: Type.Boolean,
  name,
  ...described(key),
});

const channel = (
  key: CommandKey,
  types: (
    | ChannelType.GuildText
    | ChannelType.GuildAnnouncement
    | ChannelType.GuildForum
    | ChannelType.GuildVoice
  )[],
): APIApplicationCommandBasicOption => ({
  type: Type.Channel,
  name: 'channel',
  ...described(key),
  channel_types: types,
});

const word = (name: string, key: CommandKey): APIApplicationCommandBasicOption => ({
  type: Type.String,
  name,
  ...described(key),
  max_length: MAX_WORD_LENGTH,
});

export const SETTINGS_OPTIONS: APIApplicationCommandSubcommandOption[] = [
  subcommand('show', 'commands:settings.show'),
  subcommand('channels', 'commands:settings.channels', [
    {
      type: Type.String,
      name: 'mode',
      ...described('commands:settings.channels.mode'),
      required: true,
      choices: [
        choice('only', 'commands:mode.only'),
        choice('except', 'commands:mode.except'),
        choice('remove', 'commands:mode.remove'),
        choice('everywhere', 'commands:mode.everywhere'),
      ],
    },
    channel('commands:settings.channels.channel', [
      ChannelType.GuildText,
      ChannelType.GuildAnnouncement,
      ChannelType.GuildForum,
      ChannelType.GuildVoice,
    ]),
  ]),
  subcommand('models', 'commands:settings.models', [
    { ...model('commands:settings.models.model'), required: true },
    { ...yesNo('allowed', 'commands:settings.models.allowed'), required: true },
  ]),
  subcommand('limits', 'commands:settings.limits', [
    {
      type: Type.Integer,
      name: 'max_seconds',
      ...described('commands:settings.limits.max_seconds'),
      min_value: 0,
      max_value: MAX_SECONDS,
    },
    oneOf('max_resolution', 'commands:settings.limits.max_resolution', [
      ...RESOLUTION_CHOICES,
      choice(ANY, 'commands:resolution.any'),
    ]),
    {
      type: Type.Integer,
      name: 'confirm_above',
      ...described('commands:settings.limits.confirm_above'),
      min_value: 0,
      max_value: MAX_CREDITS,
    },
  ]),
  subcommand('defaults', 'commands:settings.defaults', [
    model('commands:settings.defaults.model'),
    oneOf('ratio', 'commands:video.ratio', RATIO_CHOICES),
    { type: Type.Number, name: 'duration', ...described('commands:video.duration') },
    oneOf('resolution', 'commands:settings.defaults.resolution', RESOLUTION_CHOICES),
    yesNo('camera_fixed', 'commands:video.camera_fixed'),
    yesNo('audio', 'commands:video.audio'),
    yesNo('watermark', 'commands:settings.defaults.watermark'),
    yesNo('draft', 'commands:settings.defaults.draft'),
    yesNo('economy', 'commands:settings.defaults.economy'),
  ]),
  subcommand('language', 'commands:settings.language', [
    {
      type: Type.String,
      name: 'language',
      ...described('commands:settings.language.language'),
      required: true,
      choices: [
        choice(AS_IN_DISCORD, 'commands:language.server'),
        choice('en-US', 'commands:language.en-US'),
        choice('zh-CN', 'commands:language.zh-CN'),
      ],
    },
  ]),
  subcommand('log-channel', 'commands:settings.log-channel', [
    channel('commands:settings.log-channel.channel', [
      ChannelType.GuildText,
      ChannelType.GuildAnnouncement,
    ]),
  ]),
  subcommand('time-zone', 'commands:settings.time-zone', [
    {
      type: Type.String,
      name: 'zone',
      ...described('commands:settings.time-zone.zone'),
      required: true,
      autocomplete: true,
      max_length: 64,
    },
  ]),
  subcommand('words', 'commands:settings.words', [
    word('add', 'commands:settings.words.add'),
    word('remove', 'commands:settings.words.remove'),
  ]),
  subcommand('check', 'commands:settings.check'),
];
