/** Tells Discord which commands there are: the whole global list at once, which repeating leaves as it is. */
import { Routes, type Client } from 'discord.js';

import type { Command } from './command.ts';

/** @throws DiscordAPIError when Discord does not accept a command */
export async function registerCommands(
  client: Client<true>,
  commands: Iterable<Command>,
): Promise<void> {
  const body = [...commands].map((command) => command.data);
  await client.rest.put(Routes.applicationCommands(client.application.id), { body });
}
