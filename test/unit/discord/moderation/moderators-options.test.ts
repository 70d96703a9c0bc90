/** The options of the moderation commands as registered with Discord: no user could work around a mistake there. */
import {
  ApplicationCommandOptionType as Type,
  ChannelType,
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandSubcommandOption,
} from 'discord.js';
import { expect, test } from 'vitest';

import { RESOLUTIONS } from '#src/catalogue/request.ts';
import { QUOTA_OPTIONS } from '#src/discord/moderation/quota/options.ts';
import { SETTINGS_OPTIONS } from '#src/discord/moderation/settings/options.ts';

const MAX_CREDITS = 1_000_000_000;
const LIMITS = [
  `credits: Integer 0…${MAX_CREDITS}`,
  'per: String day|month',
  'at_once: Integer 0…10000',
  'waiting: Integer 0…10000',
  `max_cost: Integer 0…${MAX_CREDITS}`,
  'clear: String credits|at_once|waiting|max_cost|all',
];
const AMOUNT = `amount: Integer! 1…${MAX_CREDITS}`;
const NOTE = 'note: String at most 200';
const LINES = RESOLUTIONS.join('|');

/** The option as one line: its type, `!` when it is required, and its possible values. */
function lineOf(option: APIApplicationCommandBasicOption): string {
  const given = { min_value: '', max_value: '', ...option };
  const parts = [
    `${option.name}: ${Type[option.type]}${option.required === true ? '!' : ''}`,
    given.max_value === '' ? '' : ` ${given.min_value}…${given.max_value}`,
    'min_length' in option ? ` from ${option.min_length}` : '',
    'max_length' in option ? ` at most ${option.max_length}` : '',
    'choices' in option ? ` ${option.choices?.map(({ value }) => value).join('|')}` : '',
    'autocomplete' in option && option.autocomplete === true ? ' completed' : '',
    'channel_types' in option
      ? ` ${option.channel_types?.map((type) => ChannelType[type]).join('|')}`
      : '',
  ];
  return parts.join('');
}

function linesOf(all: readonly APIApplicationCommandSubcommandOption[]): Record<string, string[]> {
  return Object.fromEntries(all.map(({ name, options = [] }) => [name, options.map(lineOf)]));
}

test('the options of /quota are registered as listed', () => {
  expect(linesOf(QUOTA_OPTIONS)).toEqual({
    server: LIMITS,
    role: ['role: Role!', ...LIMITS],
    user: ['user: User!', ...LIMITS],
    grant: [AMOUNT, 'user: User', NOTE],
    deduct: [AMOUNT, 'user: User', NOTE],
    reset: ['user: User!'],
    show: ['user: User!'],
    block: ['user: User!', 'reason: String at most 200', 'days: Integer 1…3650'],
    unblock: ['user: User!'],
    report: ['period: String today|this_month|last_month'],
    log: [],
    export: ['from: String from 10 at most 10', 'to: String from 10 at most 10'],
  });
});

test('the options of /settings are registered as listed', () => {
  expect(linesOf(SETTINGS_OPTIONS)).toEqual({
    show: [],
    channels: [
      'mode: String! only|except|remove|everywhere',
      'channel: Channel GuildText|GuildNews|GuildForum|GuildVoice',
    ],
    models: ['model: String! at most 64 completed', 'allowed: Boolean!'],
    limits: [
      'max_seconds: Integer 0…60',
      `max_resolution: String ${LINES}|any`,
      `confirm_above: Integer 0…${MAX_CREDITS}`,
    ],
    defaults: [
      'model: String at most 64 completed',
      'ratio: String 16:9|4:3|1:1|3:4|9:16|21:9|adaptive',
      'duration: Number',
      `resolution: String ${LINES}`,
      'camera_fixed: Boolean',
      'audio: Boolean',
      'watermark: Boolean',
      'draft: Boolean',
      'economy: Boolean',
    ],
    language: ['language: String! server|en-US|zh-CN'],
    'log-channel': ['channel: Channel GuildText|GuildNews'],
    'time-zone': ['zone: String! at most 64 completed'],
    words: ['add: String at most 60', 'remove: String at most 60'],
    check: [],
  });
});
