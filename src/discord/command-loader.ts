/**
 * Loads the command files of a folder, for both the router and the registration. A malformed or misnamed
 * file fails the start with its path; nothing is skipped silently.
 */
import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { ApplicationCommandType } from 'discord.js';
import { z } from 'zod';

import { ConfigError } from '../errors.ts';
import { fileNameOf, type Command } from './command.ts';

/**
 * Names have 1–32 characters, lower case for slash commands (Discord developer docs, Application
 * Commands).
 */
const SLASH_NAME = /^[a-z0-9_-]{1,32}$/;
const MENU_NAME = /^[A-Za-z0-9 ]{1,32}$/;

const slashDataSchema = z.looseObject({
  type: z.literal(ApplicationCommandType.ChatInput).optional(),
  name: z.string().regex(SLASH_NAME),
  description: z.string().min(1).max(100),
});
const menuDataSchema = z.looseObject({
  type: z.literal(ApplicationCommandType.Message),
  name: z.string().regex(MENU_NAME),
});
const commandSchema = z.object({
  data: z.union([slashDataSchema, menuDataSchema]),
  execute: z.function(),
  autocomplete: z.function().optional(),
  press: z.function().optional(),
  submit: z.function().optional(),
});
const moduleSchema = z.object({
  default: z.custom<Command>((value) => commandSchema.safeParse(value).success, {
    error: 'must export default { data, execute }',
  }),
});

/** Command files have this file's extension: `.ts` in a checkout, `.js` in the build. */
const EXTENSION = extname(import.meta.url);

/** @throws ConfigError naming a file that is not a command */
export async function loadCommands(folder: string): Promise<ReadonlyMap<string, Command>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(EXTENSION)).toSorted();
  const commands = new Map<string, Command>();
  for (const file of files) {
    const path = join(folder, file);
    const command = await loadCommand(path);
    commands.set(command.data.name, command);
  }
  return commands;
}

async function loadCommand(path: string): Promise<Command> {
  const parsed = moduleSchema.safeParse(await import(pathToFileURL(path).href));
  if (!parsed.success) {
    throw new ConfigError([
      `${path}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`,
    ]);
  }
  const command = parsed.data.default;
  const fileName = fileNameOf(command);
  if (fileName !== basename(path, EXTENSION)) {
    throw new ConfigError([
      `${path}: holds the command /${command.data.name}; name the file ${fileName}${EXTENSION}`,
    ]);
  }
  return command;
}
