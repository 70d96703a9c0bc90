/** From what a member fills in to the `data` of a command's interaction, with the client's checks. */
import { z } from 'zod';

import { storeFile } from './cdn.ts';
import { memberJson } from './guild-json.ts';
import { userJson, type JsonWriter } from './message-json.ts';
import { NotOffered } from './not-offered.ts';
import { OPTION_TYPE, optionSchema, type CommandOption } from './rest/command-rules.ts';
import type { ChannelRecord, CommandRecord, Json, Store } from './store.ts';

/** A file a member picks. With `url` its attachment claims to lie there instead of on our CDN. */
export interface SandboxFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly contentType?: string | undefined;
  readonly url?: string | undefined;
}

export type OptionValue = string | number | boolean | SandboxFile;

/** A file to be given as an attachment option. */
export function file(
  name: string,
  bytes: Uint8Array,
  { contentType, url }: { contentType?: string | undefined; url?: string | undefined } = {},
): SandboxFile {
  return { name, bytes: Buffer.from(bytes), contentType, url };
}

interface Resolved {
  readonly attachments: Record<string, Json>;
  readonly users: Record<string, Json>;
  readonly members: Record<string, Json>;
  readonly roles: Record<string, Json>;
  readonly channels: Record<string, Json>;
}

interface FilledCommand {
  readonly command: CommandRecord;
  readonly commandName: string;
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly channel: ChannelRecord;
  readonly focusedOption?: string | undefined;
}

interface Desk {
  readonly store: Store;
  readonly writer: JsonWriter;
}

const optionsSchema = z.array(optionSchema);

/** Throws `NotOffered` for anything the client would not send. */
export function commandData(desk: Desk, filled: FilledCommand): Json {
  const [, ...path] = filled.commandName.split(' ');
  const { definitions, wrap } = descend(filled.command, path);
  const resolved: Resolved = { attachments: {}, users: {}, members: {}, roles: {}, channels: {} };
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
      value: isFocused ? value : valueOf(desk, { definition, value, resolved, filled }),
      ...(isFocused ? { focused: true } : {}),
    };
  });
  return {
    id: filled.command.id,
    name: filled.command.name,
    type: filled.command.type,
    options: wrap(values),
    resolved: Object.fromEntries(
      Object.entries(resolved).filter(([, entries]) => Object.keys(entries).length > 0),
    ),
  };
}

/** The options of the (sub)command, and how its values are wrapped. */
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
  if (definitions.some(({ type }) => type <= OPTION_TYPE.subcommandGroup))
    throw new NotOffered(`/${command.name} needs a subcommand`);
  const wrap = (values: Json[]): Json[] =>
    levels.reduceRight<Json[]>((inner, level) => [{ ...level, options: inner }], values);
  return { definitions, wrap };
}

interface Filling {
  readonly definition: CommandOption;
  readonly value: OptionValue;
  readonly resolved: Resolved;
  readonly filled: FilledCommand;
}

function valueOf(desk: Desk, { definition, value, resolved, filled }: Filling) {
  const refuse = (why: string): never => {
    throw new NotOffered(`Discord would not take ${definition.name}: ${why}`);
  };
  if (typeof value === 'object') {
    if (definition.type !== OPTION_TYPE.attachment) return refuse('it is no attachment option');
    const attachment = attachmentOption(desk, value, filled.channel);
    resolved.attachments[attachment.id] = attachment.json;
    return attachment.id;
  }
  const fault = scalarFault(definition, value);
  if (fault !== undefined) return refuse(fault);
  if (typeof value === 'string') resolve(desk.store, { definition, id: value, resolved, filled });
  return value;
}

const TYPE_OF_VALUE: Readonly<Record<number, string>> = {
  [OPTION_TYPE.integer]: 'number',
  [OPTION_TYPE.number]: 'number',
  [OPTION_TYPE.boolean]: 'boolean',
};

function scalarFault(definition: CommandOption, value: string | number | boolean) {
  if (definition.type === OPTION_TYPE.attachment) return 'it wants a file';
  if (typeof value !== (TYPE_OF_VALUE[definition.type] ?? 'string'))
    return `a ${typeof value} does not fit its type`;
  const choices = definition.choices ?? [];
  if (choices.length > 0 && !choices.some((choice) => choice.value === value))
    return `${String(value)} is none of its choices`;
  if (typeof value === 'number') return numberFault(definition, value);
  return typeof value === 'string' ? textFault(definition, value) : undefined;
}

function numberFault(definition: CommandOption, value: number): string | undefined {
  if (definition.type === OPTION_TYPE.integer && !Number.isInteger(value)) return 'no integer';
  if (value < (definition.min_value ?? -Infinity)) return `less than ${definition.min_value}`;
  if (value > (definition.max_value ?? Infinity)) return `more than ${definition.max_value}`;
  return undefined;
}

function textFault(definition: CommandOption, value: string): string | undefined {
  if (definition.type !== OPTION_TYPE.string) return undefined;
  if (value === '') return 'empty';
  if (value.length < (definition.min_length ?? 0)) return 'too short';
  if (value.length > (definition.max_length ?? Infinity)) return 'too long';
  return undefined;
}

interface Reference {
  readonly definition: CommandOption;
  readonly id: string;
  readonly resolved: Resolved;
  readonly filled: FilledCommand;
}

/** Users, roles and channels are given by id; Discord sends what they are along. */
function resolve(store: Store, { definition, id, resolved, filled }: Reference): void {
  const guild = store.guildOf(filled.channel);
  if (definition.type === OPTION_TYPE.user) {
    const member = guild.members.get(id);
    if (member === undefined) throw new NotOffered(`No member ${id} here`);
    resolved.users[id] = userJson(member.user);
    resolved.members[id] = { ...memberJson(member), user: undefined };
  }
  if (definition.type === OPTION_TYPE.role) {
    const role = guild.roles.find((one) => one.id === id);
    if (role === undefined) throw new NotOffered(`No role ${id} here`);
    resolved.roles[id] = { id, name: role.name, permissions: role.permissions.toString() };
  }
  if (definition.type === OPTION_TYPE.channel) {
    const channel = guild.channels.find((one) => one.id === id);
    if (channel === undefined) throw new NotOffered(`No channel ${id} here`);
    resolved.channels[id] = { id, type: 0, name: channel.name, parent_id: null };
  }
}

/** Stores the file where Discord puts what people upload into options and forms. */
export function attachmentOption(
  { store, writer }: Desk,
  picked: SandboxFile,
  channel: ChannelRecord,
): { id: string; json: Json } {
  const stored = storeFile(store, { ...picked, channelId: channel.id, isEphemeral: true });
  return { id: stored.id, json: writer.attachment(stored) };
}
