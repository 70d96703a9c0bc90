/** Converts what a member fills in to the `data` of a command’s interaction, with the client’s checks. */
import { z } from 'zod';

import { NotOffered } from './not-offered-error.ts';
import {
  nothingResolved,
  resolveChannel,
  resolvedField,
  resolveFile,
  resolveMentionable,
  resolveMentions,
  resolveRole,
  resolveUser,
  type FillContext,
  type Resolved,
  type SandboxFile,
} from './people/resolved.ts';
import { OPTION_TYPE, optionSchema, type CommandOption } from './rest/option-rules.ts';
import type { CommandRecord, Json } from './store.ts';

export type { SandboxFile } from './people/resolved.ts';

/** Users, roles and channels are given by their ids. */
export type OptionValue = string | number | boolean | SandboxFile;

/** A file for an attachment option. */
export function file(
  name: string,
  bytes: Uint8Array,
  { contentType, url }: { contentType?: string | undefined; url?: string | undefined } = {},
): SandboxFile {
  return { name, bytes: Buffer.from(bytes), contentType, url };
}

interface FilledCommand {
  readonly command: CommandRecord;
  readonly commandName: string;
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly focusedOption?: string | undefined;
}

const optionsSchema = z.array(optionSchema);

/** Throws `NotOffered` for anything the client would not send. */
export function commandData(context: FillContext, filled: FilledCommand): Json {
  const [, ...path] = filled.commandName.split(' ');
  const { definitions, wrap } = descend(filled.command, path);
  const resolved = nothingResolved();
  const isComplete = filled.focusedOption === undefined;
  for (const definition of definitions)
    if (isComplete && definition.required === true && !(definition.name in filled.options))
      throw new NotOffered(`${filled.commandName} needs the option ${definition.name}`);
  const values = Object.entries(filled.options).map(([name, value]) => {
    const definition = definitions.find((one) => one.name === name);
    if (definition === undefined)
      throw new NotOffered(`${filled.commandName} has no option ${name}`);
    const isFocused = name === filled.focusedOption;
    if (isFocused && definition.autocomplete !== true)
      throw new NotOffered(`${name} has no autocompletion`);
    return {
      name,
      type: definition.type,
      value: isFocused ? value : valueOf(context, { definition, value, resolved }),
      ...(isFocused ? { focused: true } : {}),
    };
  });
  return {
    ...commandFields(filled.command),
    options: wrap(values),
    ...resolvedField(resolved),
  };
}

/** What every command’s interaction contains about the command. */
export function commandFields({ id, name, type, guild_id: guildId }: CommandRecord): Json {
  return { id, name, type, ...(guildId === undefined ? {} : { guild_id: guildId }) };
}

/** The options of the (sub)command, and how its values are nested. */
function descend(command: CommandRecord, path: readonly string[]) {
  let definitions = optionsSchema.parse(command['options'] ?? []);
  const levels: { name: string; type: number }[] = [];
  for (const name of path) {
    const level = definitions.find((one) => one.name === name);
    if (level === undefined || level.type > OPTION_TYPE.subcommandGroup)
      throw new NotOffered(`/${command.name} has no subcommand ${name}`);
    levels.push({ name, type: level.type });
    definitions = level.options ?? [];
  }
  const isGroup = levels.at(-1)?.type === OPTION_TYPE.subcommandGroup;
  if (isGroup || definitions.some(({ type }) => type <= OPTION_TYPE.subcommandGroup))
    throw new NotOffered(`/${[command.name, ...path].join(' ')} needs a subcommand`);
  const wrap = (values: Json[]): Json[] =>
    levels.reduceRight<Json[]>((inner, level) => [{ ...level, options: inner }], values);
  return { definitions, wrap };
}

interface Filling {
  readonly definition: CommandOption;
  readonly value: OptionValue;
  readonly resolved: Resolved;
}

function valueOf(context: FillContext, { definition, value, resolved }: Filling) {
  const refuse = (why: string): never => {
    throw new NotOffered(`Discord would refuse ${definition.name}: ${why}`);
  };
  if (typeof value === 'object') {
    if (definition.type !== OPTION_TYPE.attachment) return refuse('it is not an attachment option');
    return resolveFile(context, { file: value, types: definition.file_types }, resolved);
  }
  const fault = scalarFault(definition, value);
  if (fault !== undefined) return refuse(fault);
  if (typeof value === 'string') resolve(context, { definition, id: value, resolved });
  return value;
}

const TYPE_OF_VALUE: Readonly<Record<number, string>> = {
  [OPTION_TYPE.integer]: 'number',
  [OPTION_TYPE.number]: 'number',
  [OPTION_TYPE.boolean]: 'boolean',
};

function scalarFault(definition: CommandOption, value: string | number | boolean) {
  if (definition.type === OPTION_TYPE.attachment) return 'it needs a file';
  if (typeof value !== (TYPE_OF_VALUE[definition.type] ?? 'string'))
    return `a ${typeof value} does not fit its type`;
  const choices = definition.choices ?? [];
  if (choices.length > 0 && !choices.some((choice) => choice.value === value))
    return `${String(value)} is not one of its choices`;
  if (typeof value === 'number') return numberFault(definition, value);
  return typeof value === 'string' ? textFault(definition, value) : undefined;
}

/** Discord developer docs, "Application Command Option Type": whole numbers are safe ones only. */
const MAX_NUMBER = 2 ** 53;

function numberFault(definition: CommandOption, value: number): string | undefined {
  if (definition.type === OPTION_TYPE.integer && !Number.isSafeInteger(value))
    return 'not an integer';
  if (!(Math.abs(value) <= MAX_NUMBER)) return 'beyond Discord’s range';
  if (value < (definition.min_value ?? -Infinity)) return `less than ${definition.min_value}`;
  if (value > (definition.max_value ?? Infinity)) return `more than ${definition.max_value}`;
  return undefined;
}

function textFault(definition: CommandOption, value: string): string | undefined {
  if (definition.type !== OPTION_TYPE.string) return undefined;
  if (value === '') return 'empty';
  if (value.length < (definition.min_length ?? 0)) return 'too short';
  if (value.length > (definition.max_length ?? MAX_TEXT_LENGTH)) return 'too long';
  return undefined;
}

/** Discord developer docs, "Application Command Option Structure": the maximum length of a string. */
const MAX_TEXT_LENGTH = 6000;

interface Reference {
  readonly definition: CommandOption;
  readonly id: string;
  readonly resolved: Resolved;
}

/** Users, roles and channels are given by id; Discord adds their resolved objects. */
function resolve(context: FillContext, { definition, id, resolved }: Reference): void {
  switch (definition.type) {
    case OPTION_TYPE.user:
      resolveUser(context, id, resolved);
      break;
    case OPTION_TYPE.role:
      resolveRole(context, id, resolved);
      break;
    case OPTION_TYPE.mentionable:
      resolveMentionable(context, id, resolved);
      break;
    case OPTION_TYPE.channel:
      resolveChannel(context, { id, types: definition.channel_types ?? [] }, resolved);
      break;
    case OPTION_TYPE.string:
      resolveMentions(context, id, resolved);
      break;
    default:
  }
}
