/** The registered options of `/quota`. Precise types keep most mistakes from being typed. */
import {
  ApplicationCommandOptionType,
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandSubcommandOption,
} from 'discord.js';

import { MAX_CREDITS } from '../../../quota/limits/arithmetic.ts';
import { MAX_NOTE_LENGTH, MAX_PLACES } from '../../../quota/moderation/checked-input.ts';
import { choice, described, type CommandKey } from '../../localized.ts';

/** Ten years. */
const MAX_BLOCK_DAYS = 3650;

const subcommand = (
  name: string,
  key: CommandKey,
  options: APIApplicationCommandBasicOption[] = [],
): APIApplicationCommandSubcommandOption => ({
  type: ApplicationCommandOptionType.Subcommand,
  name,
  ...described(key),
  options,
});

const number = (
  name: string,
  key: CommandKey,
  bounds: { min_value: number; max_value: number },
): APIApplicationCommandBasicOption => ({
  type: ApplicationCommandOptionType.Integer,
  name,
  ...described(key),
  ...bounds,
});

const user = (key: CommandKey, required = true): APIApplicationCommandBasicOption => ({
  type: ApplicationCommandOptionType.User,
  name: 'user',
  ...described(key),
  required,
});

const note: APIApplicationCommandBasicOption = {
  type: ApplicationCommandOptionType.String,
  name: 'note',
  ...described('commands:quota.note'),
  max_length: MAX_NOTE_LENGTH,
};

const day = (name: string, key: CommandKey): APIApplicationCommandBasicOption => ({
  type: ApplicationCommandOptionType.String,
  name,
  ...described(key),
  min_length: 10,
  max_length: 10,
});

const credits = { min_value: 0, max_value: MAX_CREDITS };
const places = { min_value: 0, max_value: MAX_PLACES };
const amount: APIApplicationCommandBasicOption = {
  type: ApplicationCommandOptionType.Integer,
  name: 'amount',
  ...described('commands:quota.amount'),
  required: true,
  min_value: 1,
  max_value: MAX_CREDITS,
};

const limits: APIApplicationCommandBasicOption[] = [
  number('credits', 'commands:quota.credits', credits),
  {
    type: ApplicationCommandOptionType.String,
    name: 'per',
    ...described('commands:quota.per'),
    choices: [choice('day', 'commands:per.day'), choice('month', 'commands:per.month')],
  },
  number('at_once', 'commands:quota.at_once', places),
  number('waiting', 'commands:quota.waiting', places),
  number('max_cost', 'commands:quota.max_cost', credits),
  {
    type: ApplicationCommandOptionType.String,
    name: 'clear',
    ...described('commands:quota.clear'),
    choices: [
      choice('credits', 'commands:clear.credits'),
      choice('at_once', 'commands:clear.at_once'),
      choice('waiting', 'commands:clear.waiting'),
      choice('max_cost', 'commands:clear.max_cost'),
      choice('all', 'commands:clear.all'),
    ],
  },
];

export const QUOTA_OPTIONS: APIApplicationCommandSubcommandOption[] = [
  subcommand('server', 'commands:quota.server', limits),
  subcommand('role', 'commands:quota.role', [
    {
      type: ApplicationCommandOptionType.Role,
      name: 'role',
      ...described('commands:quota.role.role'),
      required: true,
    },
    ...limits,
  ]),
  subcommand('user', 'commands:quota.user', [user('commands:quota.member'), ...limits]),
  subcommand('grant', 'commands:quota.grant', [
    amount,
    user('commands:quota.grant.user', false),
    note,
  ]),
  subcommand('deduct', 'commands:quota.deduct', [
    amount,
    user('commands:quota.deduct.user', false),
    note,
  ]),
  subcommand('reset', 'commands:quota.reset', [user('commands:quota.member')]),
  subcommand('show', 'commands:quota.show', [user('commands:quota.member')]),
  subcommand('block', 'commands:quota.block', [
    user('commands:quota.member'),
    {
      type: ApplicationCommandOptionType.String,
      name: 'reason',
      ...described('commands:quota.block.reason'),
      max_length: MAX_NOTE_LENGTH,
    },
    number('days', 'commands:quota.block.days', {
      min_value: 1,
      max_value: MAX_BLOCK_DAYS,
    }),
  ]),
  subcommand('unblock', 'commands:quota.unblock', [user('commands:quota.member')]),
  subcommand('report', 'commands:quota.report', [
    {
      type: ApplicationCommandOptionType.String,
      name: 'period',
      ...described('commands:quota.report.period'),
      choices: [
        choice('today', 'commands:period.today'),
        choice('this_month', 'commands:period.this_month'),
        choice('last_month', 'commands:period.last_month'),
      ],
    },
  ]),
  subcommand('log', 'commands:quota.log'),
  subcommand('export', 'commands:quota.export', [
    day('from', 'commands:quota.export.from'),
    day('to', 'commands:quota.export.to'),
  ]),
];
