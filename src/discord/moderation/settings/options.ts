/** What Discord is told of `/settings`. */
import {
  ApplicationCommandOptionType as Type,
  ChannelType,
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandSubcommandOption,
} from 'discord.js';

import { RATIOS, RESOLUTIONS } from '../../../catalogue/request.ts';
import { MAX_CREDITS } from '../../../quota/limits/arithmetic.ts';

/** The limit that takes a limit away. */
export const ANY = 'any';
/** The language that follows the server's own in Discord. */
export const AS_IN_DISCORD = 'server';
/** No model makes longer ones. */
const MAX_SECONDS = 60;
const MAX_WORD_LENGTH = 60;
const MAX_MODEL_LENGTH = 64;

const subcommand = (
  name: string,
  description: string,
  options: APIApplicationCommandBasicOption[] = [],
): APIApplicationCommandSubcommandOption => ({ type: Type.Subcommand, name, description, options });

const choice = (
  name: string,
  description: string,
  values: readonly string[],
): APIApplicationCommandBasicOption => ({
  type: Type.String,
  name,
  description,
  choices: values.map((value) => ({ name: value, value })),
});

/** Completed with those offered at the moment: a list registered with Discord outlives an offer. */
const model = (description: string): APIApplicationCommandBasicOption => ({
  type: Type.String,
  name: 'model',
  description,
  autocomplete: true,
  max_length: MAX_MODEL_LENGTH,
});

const yesNo = (name: string, description: string): APIApplicationCommandBasicOption => ({
  type: Type.Boolean,
  name,
  description,
});

const channel = (
  description: string,
  types: (
    | ChannelType.GuildText
    | ChannelType.GuildAnnouncement
    | ChannelType.GuildForum
    | ChannelType.GuildVoice
  )[],
): APIApplicationCommandBasicOption => ({
  type: Type.Channel,
  name: 'channel',
  description,
  channel_types: types,
});

const word = (name: string, description: string): APIApplicationCommandBasicOption => ({
  type: Type.String,
  name,
  description,
  max_length: MAX_WORD_LENGTH,
});

export const SETTINGS_OPTIONS: APIApplicationCommandSubcommandOption[] = [
  subcommand('show', 'Everything that is set for this server'),
  subcommand('channels', 'Where videos may be asked for', [
    {
      type: Type.String,
      name: 'mode',
      description: 'What to do with the channel',
      required: true,
      choices: [
        { name: 'only in listed channels; adds this one', value: 'only' },
        { name: 'everywhere but in listed channels; adds this one', value: 'except' },
        { name: 'takes this channel off the list', value: 'remove' },
        { name: 'everywhere; forgets the list', value: 'everywhere' },
      ],
    },
    channel('Which; left out, this one', [
      ChannelType.GuildText,
      ChannelType.GuildAnnouncement,
      ChannelType.GuildForum,
      ChannelType.GuildVoice,
    ]),
  ]),
  subcommand('models', 'Which models may be used', [
    { ...model('Which'), required: true },
    { ...yesNo('allowed', 'Whether it may be used'), required: true },
  ]),
  subcommand('limits', 'How long and how large a video may be', [
    {
      type: Type.Integer,
      name: 'max_seconds',
      description: 'The longest video in seconds; 0 for as long as the models make them',
      min_value: 0,
      max_value: MAX_SECONDS,
    },
    choice('max_resolution', 'The largest resolution', [...RESOLUTIONS, ANY]),
    {
      type: Type.Integer,
      name: 'confirm_above',
      description:
        'Ask before a video costs more credits; 100 unless set; 0 never asks about any price',
      min_value: 0,
      max_value: MAX_CREDITS,
    },
  ]),
  subcommand('defaults', 'What options are when left out; without any, forgets all defaults', [
    model('The model that is tried first'),
    choice('ratio', 'Width to height', RATIOS),
    { type: Type.Number, name: 'duration', description: 'Seconds; -1 lets the model choose' },
    choice('resolution', 'Lines of the picture', RESOLUTIONS),
    yesNo('camera_fixed', 'Keep the camera still'),
    yesNo('audio', 'Sound, where the model makes it'),
    yesNo('watermark', 'The mark “AI generated”'),
    yesNo('draft', 'A cheap preview first, where the model makes one'),
    yesNo('economy', 'The slower half-price tier, where there is one'),
  ]),
  subcommand('language', 'The language of what the bot posts for all to see', [
    {
      type: Type.String,
      name: 'language',
      description: 'Private answers are in each member’s own language',
      required: true,
      choices: [
        { name: 'as set for this server in Discord', value: AS_IN_DISCORD },
        { name: 'English', value: 'en-US' },
        { name: '中文', value: 'zh-CN' },
      ],
    },
  ]),
  subcommand('log-channel', 'Where every video and every change is posted', [
    channel('Which; left out, nowhere', [ChannelType.GuildText, ChannelType.GuildAnnouncement]),
  ]),
  subcommand('time-zone', 'When days and months begin here', [
    {
      type: Type.String,
      name: 'zone',
      description: 'By its IANA name, such as Europe/Berlin',
      required: true,
      autocomplete: true,
      max_length: 64,
    },
  ]),
  subcommand('words', 'Words that are refused in prompts', [
    word('add', 'A word or phrase to refuse'),
    word('remove', 'A word or phrase to allow again'),
  ]),
  subcommand('check', 'What would stop a video right now'),
];
