/**
 * What Discord refuses in the options of a command. Source: Discord developer docs, "Application
 * Commands" (option structure and types, subcommands and groups, naming).
 */
import { z } from 'zod';

import { lengthFault, required } from '../components.ts';
import { fileTypeFaults } from '../file-types.ts';
import type { FieldFault } from './refusals.ts';

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
export const MAX_DESCRIPTION_LENGTH = 100;
const MAX_CHOICE_LENGTH = 100;
const MAX_STRING_OPTION_LENGTH = 6000;
/** Numbers are doubles: beyond this, integers are not exact. */
const MAX_NUMBER = 2 ** 53;
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
  required?: boolean | null | undefined;
  choices?: z.infer<typeof choiceSchema>[] | null | undefined;
  options?: CommandOption[] | null | undefined;
  autocomplete?: boolean | null | undefined;
  min_value?: number | null | undefined;
  max_value?: number | null | undefined;
  min_length?: number | null | undefined;
  max_length?: number | null | undefined;
  channel_types?: number[] | null | undefined;
  file_types?: string[] | null | undefined;
}

export const optionSchema: z.ZodType<CommandOption> = z.lazy(() =>
  z.looseObject({
    type: z.int().min(1).max(11),
    name: z.string(),
    description: z.string(),
    required: z.boolean().nullish(),
    choices: z.array(choiceSchema).nullish(),
    options: z.array(optionSchema).nullish(),
    autocomplete: z.boolean().nullish(),
    min_value: z.number().nullish(),
    max_value: z.number().nullish(),
    min_length: z.int().nullish(),
    max_length: z.int().nullish(),
    channel_types: z.array(z.int()).nullish(),
    file_types: z.array(z.string()).nullish(),
  }),
);

export type Path = readonly (string | number)[];

export function nameFaults(name: string, path: Path): FieldFault[] {
  if (NAME.test(name) && name === name.toLowerCase()) return [];
  return [
    {
      path: [...path, 'name'],
      code: 'APPLICATION_COMMAND_INVALID_NAME',
      message: 'Command name is invalid',
    },
  ];
}

interface Place {
  readonly path: Path;
  /** Undefined for the options of the command itself. */
  readonly parent: CommandOption | undefined;
}

export function optionListFaults(
  options: readonly CommandOption[],
  { path, parent }: Place,
): FieldFault[] {
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
  return [...faults, ...nestingFaults(options, { path, parent }), ...mixedFaults(options, path)];
}

/** A group may only be in the command, and contains subcommands; a subcommand contains values. */
function nestingFaults(options: readonly CommandOption[], { path, parent }: Place): FieldFault[] {
  return options.flatMap(({ type }, index) => {
    const isGroup = type === OPTION_TYPE.subcommandGroup;
    const isSubcommand = type === OPTION_TYPE.subcommand;
    const isInGroup = parent?.type === OPTION_TYPE.subcommandGroup;
    const isFit = isInGroup ? isSubcommand : parent === undefined || !(isGroup || isSubcommand);
    return isFit
      ? []
      : [
          {
            path: [...path, index, 'type'],
            code: 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
            message: 'Sub-commands and sub-command groups cannot be nested like this',
          },
        ];
  });
}

/** A list contains subcommands and groups, or values, never both. */
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
  return [
    ...faults,
    ...boundFaults(option, path),
    ...fileTypeFaults(option.file_types ?? [], [...path, 'file_types']),
    ...choiceFaults(option, [...path, 'choices']),
    ...optionListFaults(option.options ?? [], { path: [...path, 'options'], parent: option }),
  ];
}

function boundFaults(option: CommandOption, path: Path): FieldFault[] {
  const limit = option.type === OPTION_TYPE.integer ? Number.MAX_SAFE_INTEGER : MAX_NUMBER;
  const { min_length: shortest, max_length: longest } = option;
  return [
    ...rangeFaults(shortest, [0, MAX_STRING_OPTION_LENGTH], [...path, 'min_length']),
    ...rangeFaults(longest, [1, MAX_STRING_OPTION_LENGTH], [...path, 'max_length']),
    ...rangeFaults(option.min_value, [-limit, limit], [...path, 'min_value']),
    ...rangeFaults(option.max_value, [-limit, limit], [...path, 'max_value']),
    ...wholeFaults(option, path),
    ...orderFaults([shortest, longest], [...path, 'min_length']),
    ...orderFaults([option.min_value, option.max_value], [...path, 'min_value']),
  ];
}

type Maybe = number | null | undefined;

function rangeFaults(value: Maybe, [min, max]: readonly [number, number], path: Path) {
  if (value === undefined || value === null || (value >= min && value <= max)) return [];
  return [
    { path, code: 'NUMBER_TYPE_RANGE', message: `Value should be between ${min} and ${max}.` },
  ];
}

function orderFaults([min, max]: readonly [Maybe, Maybe], path: Path): FieldFault[] {
  return (min ?? -Infinity) <= (max ?? Infinity)
    ? []
    : [{ path, code: 'NUMBER_TYPE_RANGE', message: 'The minimum is above the maximum.' }];
}

/** An integer option has integer bounds and choices. */
function wholeFaults(option: CommandOption, path: Path): FieldFault[] {
  if (option.type !== OPTION_TYPE.integer) return [];
  const values = [option.min_value ?? 0, option.max_value ?? 0];
  const chosen = (option.choices ?? []).map(({ value }) => value);
  return [...values, ...chosen].every(
    (value) => typeof value === 'string' || Number.isInteger(value),
  )
    ? []
    : [{ path, code: 'NUMBER_TYPE_COERCE', message: 'Value is not an integer.' }];
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
  if (new Set(choices.map(({ name }) => name)).size < choices.length)
    faults.push({
      path,
      code: 'APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS',
      message: 'Choice names must be unique',
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
