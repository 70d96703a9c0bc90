/** The commands that the bot registered, as the client lists them: subcommands written out. */
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  type APIApplicationCommand,
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandOption,
  type LocalizationMap,
} from 'discord-api-types/v10';

import { state } from '../state.ts';

export type Option = APIApplicationCommandBasicOption & { readonly file_types?: string[] };

export interface Runnable {
  /** With its subcommands: `quota user`. */
  readonly path: string;
  readonly description: string;
  readonly options: readonly Option[];
}

interface Named {
  readonly name: string;
  readonly description: string;
  readonly name_localizations?: LocalizationMap | null;
  readonly description_localizations?: LocalizationMap | null;
}

/** The name or description in the reader's language, where the bot gave one. */
export function localized(of: Named, what: 'name' | 'description'): string {
  const others = what === 'name' ? of.name_localizations : of.description_localizations;
  const texts = new Map(Object.entries(others ?? {}));
  return texts.get(state.locale) ?? of[what];
}

/** Every slash command, by name. */
export function runnableCommands(commands: readonly APIApplicationCommand[]): Runnable[] {
  return commands
    .filter(({ type }) => type === ApplicationCommandType.ChatInput)
    .flatMap((command) => descend(command.name, command, command.options ?? []))
    .sort((a, b) => a.path.localeCompare(b.path));
}

function descend(
  path: string,
  named: Named,
  options: readonly APIApplicationCommandOption[],
): Runnable[] {
  const below: Runnable[] = [];
  const own: Option[] = [];
  for (const option of options)
    if (
      option.type === ApplicationCommandOptionType.Subcommand ||
      option.type === ApplicationCommandOptionType.SubcommandGroup
    )
      below.push(...descend(`${path} ${option.name}`, option, option.options ?? []));
    else own.push(option);
  if (below.length > 0) return below;
  return [{ path, description: localized(named, 'description'), options: own }];
}
