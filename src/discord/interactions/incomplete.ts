/**
 * Interactions that come without what the member gave. To go on without it would do something else than
 * what was asked for: a public video instead of a private one, a grant to the server instead of a member.
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
/** Errors by which the library says that an option or field is missing, or of another type. */
const INCOMPLETE_CODES =
  /^(?:CommandInteractionOption|ModalSubmitInteractionField|AutocompleteInteractionOption)/;

type Resolved = ChatInputCommandInteraction['options']['resolved'];

/**
 * @throws UserError for an option without its value, or without the user, role, channel or file it
 *   names; and where one is missing that names what came along
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
  // By its id alone, or by a mention in a text: Discord sends along those too.
  const named = typed.map(({ value }) => String(value)).join(' ');
  if (idsIn(resolved).some((id) => !named.includes(id))) throw new UserError(INCOMPLETE);
}

/** The options themselves, out of their subcommand. */
function typedOptionsIn(option: CommandInteractionOption): readonly CommandInteractionOption[] {
  return isGroup(option) ? (option.options ?? []).flatMap(typedOptionsIn) : [option];
}

/** Of all that Discord sends because an option names it. */
function idsIn(resolved: Resolved): string[] {
  const { users, roles, channels, attachments } = resolved ?? {};
  return [users, roles, channels, attachments].flatMap((entries) => [...(entries?.keys() ?? [])]);
}

/** Whether the library could not find in an interaction what its command always has. */
export function isIncomplete(error: unknown): boolean {
  const isOfLibrary = error instanceof DiscordjsError || error instanceof DiscordjsTypeError;
  return isOfLibrary && INCOMPLETE_CODES.test(error.code);
}

export const INCOMPLETE: Text = text('errors:incomplete');

/** The option that the member is typing into, and what is typed; both empty where Discord does not say. */
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
  // Typed as absent or there; what it is comes unchecked from Discord.
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

/** Typed as always there; what it is comes unchecked from Discord. */
function isOptionName(name: unknown): boolean {
  return typeof name === 'string' && OPTION_NAME.test(name);
}

function sentenceFor({ name }: CommandInteractionOption): Text {
  return isOptionName(name)
    ? text('errors:optionMissing', { option: name })
    : text('errors:someOptionMissing');
}
