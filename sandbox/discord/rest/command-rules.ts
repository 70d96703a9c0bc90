/**
 * What Discord refuses when commands are registered. Source: Discord developer docs, "Application
 * Commands" (structure, naming, limits).
 */
import { z } from 'zod';

import { lengthFault } from '../components.ts';
import {
  MAX_DESCRIPTION_LENGTH,
  nameFaults,
  optionListFaults,
  optionSchema,
  type CommandOption,
  type Path,
} from './option-rules.ts';
import type { FieldFault } from './refusals.ts';

export const COMMAND_TYPE = { chatInput: 1, user: 2, message: 3 } as const;

/** Over names, descriptions and values of a command together. */
const MAX_COMMAND_LENGTH = 8000;
/** Menu commands may have capitals and spaces; only their length is limited. */
const MAX_NAME_LENGTH = 32;
/** 100 chat-input, 15 user and 15 message commands (raised from 5 on 2026-03-03). */
const MAX_COMMANDS = { 1: 100, 2: 15, 3: 15 } as const;

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
  if (command.name.length < 1 || command.name.length > MAX_NAME_LENGTH)
    faults.push(lengthFault([...path, 'name'], 1, MAX_NAME_LENGTH));
  if ((command.description ?? '') !== '' || (command.options ?? []).length > 0)
    faults.push({
      path,
      code: 'APPLICATION_COMMAND_MENU_FIELDS',
      message: 'Context menu commands have no description and no options',
    });
  return faults;
}

interface Texts {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly options?: readonly CommandOption[] | null | undefined;
  readonly choices?: readonly { name: string; value: string | number }[] | null | undefined;
}

function textLength({ name, description, options, choices }: Texts): number {
  const own = name.length + (description ?? '').length;
  const ofChoices = (choices ?? []).reduce(
    (sum, choice) => sum + choice.name.length + String(choice.value).length,
    0,
  );
  return (options ?? []).reduce((sum, option) => sum + textLength(option), own + ofChoices);
}
