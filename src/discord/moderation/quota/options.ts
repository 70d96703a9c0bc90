/** What Discord is told of `/quota`: every option of its right type, so that most slips cannot be typed. */
import {
  ApplicationCommandOptionType,
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandSubcommandOption,
} from 'discord.js';

import { MAX_CREDITS } from '../../../quota/limits/arithmetic.ts';
import { MAX_NOTE_LENGTH, MAX_PLACES } from '../../../quota/moderation/checked-input.ts';

/** Ten years. */
const MAX_BLOCK_DAYS = 3650;

const subcommand = (
  name: string,
  description: string,
  options: APIApplicationCommandBasicOption[] = [],
): APIApplicationCommandSubcommandOption => ({
  type: ApplicationCommandOptionType.Subcommand,
  name,
  description,
  options,
});

const number = (
  name: string,
  description: string,
  bounds: { min_value: number; max_value: number },
): APIApplicationCommandBasicOption => ({
  type: ApplicationCommandOptionType.Integer,
  name,
  description,
  ...bounds,
});

const user = (description: string, required = true): APIApplicationCommandBasicOption => ({
  type: ApplicationCommandOptionType.User,
  name: 'user',
  description,
  required,
});

const note: APIApplicationCommandBasicOption = {
  type: ApplicationCommandOptionType.String,
  name: 'note',
  description: 'Why; it is kept in the log',
  max_length: MAX_NOTE_LENGTH,
};

const day = (name: string, description: string): APIApplicationCommandBasicOption => ({
  type: ApplicationCommandOptionType.String,
  name,
  description,
  min_length: 10,
  max_length: 10,
});

const credits = { min_value: 0, max_value: MAX_CREDITS };
const places = { min_value: 0, max_value: MAX_PLACES };
const amount: APIApplicationCommandBasicOption = {
  type: ApplicationCommandOptionType.Integer,
  name: 'amount',
  description: 'Credits; one is one US cent',
  required: true,
  min_value: 1,
  max_value: MAX_CREDITS,
};

const limits: APIApplicationCommandBasicOption[] = [
  number('credits', 'How many credits may be spent', credits),
  {
    type: ApplicationCommandOptionType.String,
    name: 'per',
    description: 'In which time; a month unless said otherwise',
    choices: [
      { name: 'day', value: 'day' },
      { name: 'month', value: 'month' },
    ],
  },
  number('at_once', 'How many videos may be made at the same time; more wait in turn', places),
  number('waiting', 'How many videos may wait for a place', places),
  number('max_cost', 'How many credits a single video may cost', credits),
  {
    type: ApplicationCommandOptionType.String,
    name: 'clear',
    description: 'Takes a limit away again',
    choices: ['credits', 'at_once', 'waiting', 'max_cost', 'all'].map((name) => ({
      name,
      value: name,
    })),
  },
];

export const QUOTA_OPTIONS: APIApplicationCommandSubcommandOption[] = [
  subcommand('server', 'The limits of this server; without options, shows them', limits),
  subcommand('role', 'The limits of each member with a role; without more, shows them', [
    {
      type: ApplicationCommandOptionType.Role,
      name: 'role',
      description: 'Of a member’s roles the most generous counts',
      required: true,
    },
    ...limits,
  ]),
  subcommand('user', 'A member’s own limits, above those of roles; without more, shows them', [
    user('Whose'),
    ...limits,
  ]),
  subcommand('grant', 'Gives credits on top of the limit; they do not expire', [
    amount,
    user('Who gets them; left out, this server', false),
    note,
  ]),
  subcommand('deduct', 'Takes credits away', [
    amount,
    user('From whom; left out, from this server', false),
    note,
  ]),
  subcommand('reset', 'Forgives what a member has used in this period', [user('Whose')]),
  subcommand('show', 'What a member has, used and may spend', [user('Whose')]),
  subcommand('block', 'Keeps a member from making videos', [
    user('Whom'),
    {
      type: ApplicationCommandOptionType.String,
      name: 'reason',
      description: 'The member is told',
      max_length: MAX_NOTE_LENGTH,
    },
    number('days', 'For how long; left out, until somebody lifts it', {
      min_value: 1,
      max_value: MAX_BLOCK_DAYS,
    }),
  ]),
  subcommand('unblock', 'Lets a member make videos again', [user('Whom')]),
  subcommand('report', 'Where the credits went, with a chart', [
    {
      type: ApplicationCommandOptionType.String,
      name: 'period',
      description: 'This month unless said otherwise',
      choices: [
        { name: 'today', value: 'today' },
        { name: 'this month', value: 'this_month' },
        { name: 'last month', value: 'last_month' },
      ],
    },
  ]),
  subcommand('log', 'Who changed what, newest first'),
  subcommand('export', 'Every entry of the ledger as a CSV file', [
    day('from', 'First day, such as 2026-11-01; left out, the first of the month'),
    day('to', 'Last day, such as 2026-11-30; left out, today'),
  ]),
];
