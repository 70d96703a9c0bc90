/**
 * What Discord refuses when commands are registered. Source: Discord developer docs, "Application
 * Commands" (structure, naming, limits).
 */
import { z } from 'zod';

import { lengthFault, required } from '../components.ts';
import type { FieldFault } from './refusals.ts';

export const COMMAND_TYPE = { chatInput: 1, user: 2, message: 3 } as const;
export const OPTION_TYPE = {
  subcommand: 1,
  subcommandGroup: 2,
  string: 3,
  integer: 4,
  boolean: 5,
  user: 6,
  channel: 7,
  role: 8,
  mentionable: 9,
  number: 10,
  attachment: 11,
} as const;

const MAX_OPTIONS = 25;
const MAX_CHOICES = 25;
const MAX_DESCRIPTION_LENGTH = 100;
const MAX_CHOICE_LENGTH = 100;
/** Over names, descriptions and values of a command together. */
const MAX_COMMAND_LENGTH = 8000;
const MAX_STRING_OPTION_LENGTH = 6000;
/** 100 chat-input, 15 user and 15 message commands (raised from 5 on 2026-03-03). */
const MAX_COMMANDS = { 1: 100, 2: 15, 3: 15 } as const;
/** Docs, "Application Command Naming": checked for chat input, where letters must be lower case too. */
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

const choiceSchema = z.looseObject({
  name: z.string(),
  value: z.union([z.string(), z.number()]),
});

export interface CommandOption {
  [key: string]: unknown;
  type: number;
  name: string;
  description: string;
  required?: boolean | undefined;
  choices?: z.infer<typeof choiceSchema>[] | undefined;
  options?: CommandOption[] | undefined;
  autocomplete?: boolean | undefined;
  min_value?: number | undefined;
  max_value?: number | undefined;
  min_length?: number | undefined;
  max_length?: number | undefined;
  channel_types?: number[] | undefined;
  file_types?: string[] | undefined;
}

export const optionSchema: z.ZodType<CommandOption> = z.lazy(() =>
  z.looseObject({
    type: z.int().min(1).max(11),
    name: z.string(),
    description: z.string(),
    required: z.boolean().optional(),
    choices: z.array(choiceSchema).optional(),
    options: z.array(optionSchema).optional(),
    autocomplete: z.boolean().optional(),
    min_value: z.number().optional(),
    max_value: z.number().optional(),
    min_length: z.int().optional(),
    max_length: z.int().optional(),
    channel_types: z.array(z.int()).optional(),
    file_types: z.array(z.string()).optional(),
  }),
);

export const commandSchema = z.looseObject({
  name: z.string(),
  type: z.int().min(1).max(3).nullish(),
  description: z.string().nullish(),
  options: z.array(optionSchema).nullish(),
  default_member_permissions: z.union([z.string(), z.int()]).nullish(),
  contexts: z.array(z.int().min(0).max(2)).min(1).nullish(),
  integration_types: z.array(z.int().min(0).max(1)).min(1).nullish(),
});
export type CommandBody = z.infer<typeof commandSchema>;

type Path = readonly (string | number)[];

export function commandListFaults(commands: readonly CommandBody[]): FieldFault[] {
  const faults: FieldFault[] = [];
  for (const type of [1, 2, 3] as const) {
    const names = commands.filter((item) => (item.type ?? 1) === type).map(({ name }) => name);
    if (names.length > MAX_COMMANDS[type]) faults.push(lengthFault([], 0, MAX_COMMANDS[type]));
    if (new Set(names).size < names.length)
      faults.push({
        path: [],
        code: 'APPLICATION_COMMANDS_DUPLICATE_NAME',
        message: 'Application command names must be unique',
      });
  }
  return [...faults, ...commands.flatMap((command, index) => commandFaults(command, [index]))];
}

function commandFaults(command: CommandBody, path: Path): FieldFault[] {
  const isChatInput = (command.type ?? COMMAND_TYPE.chatInput) === COMMAND_TYPE.chatInput;
  const description = command.description ?? '';
  const options = command.options ?? [];
  const faults = isChatInput ? nameFaults(command.name, path) : menuFaults(command, path);
  if (isChatInput && (description.length < 1 || description.length > MAX_DESCRIPTION_LENGTH))
    faults.push(lengthFault([...path, 'description'], 1, MAX_DESCRIPTION_LENGTH));
  if (textLength(command) > MAX_COMMAND_LENGTH)
    faults.push({
      path,
      code: 'APPLICATION_COMMAND_TOO_LARGE',
      message: `Command exceeds maximum size (${MAX_COMMAND_LENGTH})`,
    });
  const list = optionListFaults(options, { path: [...path, 'options'], parent: undefined });
  return [...faults, ...list];
}

function menuFaults(command: CommandBody, path: Path): FieldFault[] {
  const faults: FieldFault[] = [];
  if (command.name.length < 1 || command.name.length > 32)
    faults.push(lengthFault([...path, 'name'], 1, 32));
  if ((command.description ?? '') !== '' || (command.options ?? []).length > 0)
    faults.push({
      path,
      code: 'APPLICATION_COMMAND_MENU_FIELDS',
      message: 'Context menu commands have no description and no options',
    });
  return faults;
}

function nameFaults(name: string, path: Path): FieldFault[] {
  if (NAME.test(name) && name === name.toLowerCase()) return [];
  return [
    {
      path: [...path, 'name'],
      code: 'APPLICATION_COMMAND_INVALID_NAME',
      message: 'Command name is invalid',
    },
  ];
}

function optionListFaults(options: readonly CommandOption[], path: Path): FieldFault[] {
  const faults: FieldFault[] = [];
  if (options.length > MAX_OPTIONS) faults.push(lengthFault(path, 0, MAX_OPTIONS));
  if (new Set(options.map(({ name }) => name)).size < options.length)
    faults.push({
      path,
      code: 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS',
      message: 'Option names must be unique',
    });
  const firstOptional = options.findIndex((option) => option.required !== true);
  for (const [index, option] of options.entries()) {
    const here = [...path, index];
    if (option.required === true && firstOptional !== -1 && index > firstOptional)
      faults.push({
        path: here,
        code: 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        message: 'Required options must be placed before non-required options',
      });
    faults.push(...nameFaults(option.name, here), ...optionFaults(option, here));
  }
  return [...faults, ...mixedFaults(options, path)];
}

/** A list holds subcommands and groups, or values, never both. */
function mixedFaults(options: readonly CommandOption[], path: Path): FieldFault[] {
  const nested = options.filter((option) => option.type <= OPTION_TYPE.subcommandGroup).length;
  if (nested === 0 || nested === options.length) return [];
  return [
    {
      path,
      code: 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
      message:
        'Sub-command and sub-command group option types are mutually exclusive to all other types',
    },
  ];
}

function optionFaults(option: CommandOption, path: Path): FieldFault[] {
  const faults: FieldFault[] = [];
  if (option.description.length < 1 || option.description.length > MAX_DESCRIPTION_LENGTH)
    faults.push(lengthFault([...path, 'description'], 1, MAX_DESCRIPTION_LENGTH));
  for (const field of ['min_length', 'max_length'] as const)
    if ((option[field] ?? 0) < 0 || (option[field] ?? 0) > MAX_STRING_OPTION_LENGTH)
      faults.push(lengthFault([...path, field], 0, MAX_STRING_OPTION_LENGTH));
  return [
    ...faults,
    ...choiceFaults(option, [...path, 'choices']),
    ...optionListFaults(option.options ?? [], [...path, 'options']),
  ];
}

function choiceFaults(option: CommandOption, path: Path): FieldFault[] {
  const choices = option.choices ?? [];
  const faults: FieldFault[] = [];
  if (choices.length > MAX_CHOICES) faults.push(lengthFault(path, 0, MAX_CHOICES));
  if (choices.length > 0 && option.autocomplete === true)
    faults.push({
      path,
      code: 'APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES',
      message: 'Options with autocomplete cannot have choices',
    });
  for (const [index, { name, value }] of choices.entries()) {
    if (name.length < 1 || name.length > MAX_CHOICE_LENGTH)
      faults.push(lengthFault([...path, index, 'name'], 1, MAX_CHOICE_LENGTH));
    if (typeof value === 'string' && value.length > MAX_CHOICE_LENGTH)
      faults.push(lengthFault([...path, index, 'value'], 0, MAX_CHOICE_LENGTH));
    if ((option.type === OPTION_TYPE.string) !== (typeof value === 'string'))
      faults.push(required([...path, index, 'value']));
  }
  return faults;
}

interface Texts {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly options?: readonly CommandOption[] | null | undefined;
  readonly choices?: readonly { name: string; value: string | number }[] | undefined;
}

function textLength({ name, description, options, choices }: Texts): number {
  const own = name.length + (description ?? '').length;
  const ofChoices = (choices ?? []).reduce(
    (sum, choice) => sum + choice.name.length + String(choice.value).length,
    0,
  );
  return (options ?? []).reduce((sum, option) => sum + textLength(option), own + ofChoices);
}
