/**
 * Detects interactions that lack something the member entered. Ignoring that would do something other than
 * requested: a public video instead of a private one, a grant to the server instead of a member.
 */
import {
  ApplicationCommandOptionType,
  DiscordjsError,
  DiscordjsTypeError,
  type ChatInputCommandInteraction,
  type CommandInteractionOption,
} from 'discord.js';

import { UserError } from '../../errors.ts';
import { text, type Text } from '../../text/text.ts';
import type { Autocompletion } from './kinds.ts';

const OPTION_NAME = /^[a-z_0-9-]{1,32}$/;
/** Errors of the library for an option or field that is missing or has the wrong type. */
const INCOMPLETE_CODES =
  /^(?:CommandInteractionOption|ModalSubmitInteractionField|AutocompleteInteractionOption)/;

type Resolved = ChatInputCommandInteraction['options']['resolved'];

/**
 * @throws UserError for an option without its value, or without the user, role, channel or file that it
 *   refers to; and for a resolved object that no option refers to
 */
export function checkOptions({
  data,
  resolved,
}: {
  readonly data: readonly CommandInteractionOption[];
  readonly resolved: Resolved;
}): void {
  const typed = data.flatMap(typedOptionsIn);
  const incomplete = typed.find((option) => !isComplete(option));
  if (incomplete !== undefined) throw new UserError(sentenceFor(incomplete));
  // Options may refer to an object by id or by a mention in text; Discord resolves both.
  const named = typed.map(({ value }) => String(value)).join(' ');
  if (idsIn(resolved).some((id) => !named.includes(id))) throw new UserError(INCOMPLETE);
}

/** Returns the options without their subcommand or group. */
function typedOptionsIn(option: CommandInteractionOption): readonly CommandInteractionOption[] {
  return isGroup(option) ? (option.options ?? []).flatMap(typedOptionsIn) : [option];
}

/** Returns the ids of all resolved objects. */
function idsIn(resolved: Resolved): string[] {
  const { users, roles, channels, attachments } = resolved ?? {};
  return [users, roles, channels, attachments].flatMap((entries) => [...(entries?.keys() ?? [])]);
}

/** Returns whether the library failed to find something that the command always has. */
export function isIncomplete(error: unknown): boolean {
  const isOfLibrary = error instanceof DiscordjsError || error instanceof DiscordjsTypeError;
  return isOfLibrary && INCOMPLETE_CODES.test(error.code);
}

export const INCOMPLETE: Text = text('errors:incomplete');

/** Returns the focused option and its text; both empty if Discord does not send them. */
export function focusedOption({ options }: Autocompletion): {
  readonly name: string;
  readonly text: string;
} {
  try {
    const focused: { readonly name: string; readonly value: unknown } = options.getFocused(true);
    const { name, value } = focused;
    return { name, text: typeof value === 'string' ? value : '' };
  } catch (error) {
    if (isIncomplete(error)) return { name: '', text: '' };
    throw error;
  }
}

function isGroup({ type }: CommandInteractionOption): boolean {
  return (
    type === ApplicationCommandOptionType.Subcommand ||
    type === ApplicationCommandOptionType.SubcommandGroup
  );
}

function isComplete({ name, type, value, ...resolved }: CommandInteractionOption): boolean {
  if (!isOptionName(name)) return false;
  // The type excludes null, but the value comes unchecked from Discord.
  if (value === undefined || Object.is(value, null)) return false;
  switch (type) {
    case ApplicationCommandOptionType.User:
      return hasId(resolved.user);
    case ApplicationCommandOptionType.Role:
      return hasId(resolved.role);
    case ApplicationCommandOptionType.Channel:
      return hasId(resolved.channel);
    case ApplicationCommandOptionType.Attachment:
      return typeof resolved.attachment?.url === 'string';
    default:
      return true;
  }
}

function hasId(resolved: { readonly id: string } | null | undefined): boolean {
  return typeof resolved?.id === 'string';
}

/** Checks a name that the library types as string but does not check. */
function isOptionName(name: unknown): boolean {
  return typeof name === 'string' && OPTION_NAME.test(name);
}

function sentenceFor({ name }: CommandInteractionOption): Text {
  return isOptionName(name)
    ? text('errors:optionMissing', { option: name })
    : text('errors:someOptionMissing');
}
