/**
 * All answers to interactions. Only the member sees refusals, and no answer can mention anyone.
 */
import {
  ComponentType,
  DiscordAPIError,
  MessageFlags,
  RESTJSONErrorCodes,
  type AutocompleteInteraction,
  type APIMessageTopLevelComponent,
  type InteractionCallbackResponse,
} from 'discord.js';

import { isDeferredDespiteError, markDeferred, markReplied } from '../discord-js-workarounds.ts';
import { acknowledge, retryOnDisconnect } from './acknowledgement.ts';
import type { ButtonPress, CommandInteraction, FormSubmission, MenuInteraction } from './kinds.ts';
import {
  deleteReply,
  editReply,
  fetchReply,
  sendFollowUp,
  type ReplyMessage,
} from './reply-requests.ts';

const PRIVATE_V2 = MessageFlags.Ephemeral | MessageFlags.IsComponentsV2;

/** Interactions that are answered with a message. */
export type Answerable = CommandInteraction | MenuInteraction | ButtonPress | FormSubmission;
/** Interactions that may open a video's reply. */
export type ReplyOpener = CommandInteraction | FormSubmission | ButtonPress;

/** Discord's answer when the reply was opened. */
export interface OpenedReply {
  readonly messageId: string;
  /** Whether only the member sees it, according to Discord's answer rather than our request. */
  readonly isEphemeral: boolean;
}

/**
 * Acknowledges within Discord's 3 seconds; the job's presenter fills the message later.
 *
 * @returns `unheard` when our try succeeded but its answer was lost, or lacks the message's id and
 *   visibility (neither is guaranteed); `elsewhere` when another handler has acknowledged the interaction
 */
export type ReplyOpening =
  | { readonly kind: 'opened'; readonly reply: OpenedReply }
  | { readonly kind: 'unheard' | 'elsewhere' };

/** Acknowledges within Discord's 3 seconds; the message is filled later by the job's presenter. */
export async function openReply(
  interaction: ReplyOpener,
  { isPrivate = false }: { isPrivate?: boolean } = {},
): Promise<ReplyOpening> {
  const outcome = await acknowledge(interaction, async () => deferReply(interaction, isPrivate));
  if (outcome.by !== 'us') return { kind: outcome.by };
  const { responseMessageId, responseMessageEphemeral } = outcome.answer?.interaction ?? {};
  const messageId = textOf(responseMessageId);
  if (messageId === undefined || typeof responseMessageEphemeral !== 'boolean')
    return { kind: 'unheard' };
  return { kind: 'opened', reply: { messageId, isEphemeral: responseMessageEphemeral } };
}

/** @returns undefined when Discord accepted it but the library cannot read the answer */
async function deferReply(
  interaction: ReplyOpener,
  isPrivate: boolean,
): Promise<InteractionCallbackResponse | undefined> {
  try {
    return await interaction.deferReply({
      withResponse: true,
      ...(isPrivate ? { flags: MessageFlags.Ephemeral } : {}),
    });
  } catch (error) {
    if (isDeferredDespiteError(interaction)) return undefined;
    throw error;
  }
}

/** Checks a value that is typed as string but comes unchecked from Discord. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Acknowledges a button press whose message is updated elsewhere.
 *
 * @throws DiscordAPIError, also when another handler has acknowledged it (40060)
 */
export async function acknowledgePress(interaction: ButtonPress): Promise<void> {
  const outcome = await acknowledge(interaction, async () => interaction.deferUpdate());
  if (outcome.by === 'us') return;
  if (outcome.by === 'elsewhere') throw outcome.refusal;
  markDeferred(interaction, null);
}

/**
 * Fetches the reply that was opened by an acknowledgement whose answer was lost or incomplete.
 *
 * @param isPrivate the requested visibility, used if Discord does not state it
 */
export async function fetchExistingReply(
  interaction: ReplyOpener,
  { isPrivate }: { isPrivate: boolean },
): Promise<OpenedReply> {
  markDeferred(interaction, isPrivate);
  const { id: messageId, flags } = await retryOnDisconnect(async () => fetchReply(interaction));
  const isEphemeral =
    typeof flags === 'number' ? (flags & MessageFlags.Ephemeral) !== 0 : isPrivate;
  markDeferred(interaction, isEphemeral);
  return { messageId, isEphemeral };
}

/**
 * Acknowledges an interaction whose answer only the member will see, before slow work starts. A button's
 * answer replaces the private message it is on.
 *
 * Continues if Discord already had an acknowledgement (40060): most likely our own, whose answer was lost.
 * If another handler is active, the same answer is sent twice to the same place, which is harmless: private
 * answers only read data or make a change once per interaction.
 */
export async function openPrivateReply(
  interaction: CommandInteraction | ButtonPress,
): Promise<void> {
  const outcome = await acknowledge(interaction, async () =>
    interaction.isButton()
      ? interaction.deferUpdate()
      : interaction.deferReply({ flags: MessageFlags.Ephemeral }),
  );
  if (outcome.by !== 'us') markDeferred(interaction, interaction.isButton() ? null : true);
}

/** Sends a sentence to the member only, whether or not the interaction was acknowledged publicly. */
export async function refuse(interaction: Answerable, sentence: string): Promise<void> {
  await followUpPrivately(interaction, paragraphs([sentence]));
}

/** Like `refuse`, with any components. */
export async function followUpPrivately(
  interaction: Answerable,
  components: readonly APIMessageTopLevelComponent[],
): Promise<void> {
  const isOpen = interaction.deferred || interaction.replied;
  if (!isOpen || interaction.ephemeral === true)
    return showPrivateReply(interaction, { components });
  // A public "thinking" message cannot become private, so delete it and send a private one. A button
  // without a reply of its own has nothing to delete.
  if (interaction.ephemeral !== null) await deletePublicReply(interaction);
  // If only the answer is lost, the message is sent twice, which is better than not at all.
  await retryOnDisconnect(async () => sendFollowUp(interaction, { components, flags: PRIVATE_V2 }));
}

async function deletePublicReply(interaction: Answerable): Promise<void> {
  try {
    await retryOnDisconnect(async () => deleteReply(interaction));
  } catch (error) {
    const isGone =
      error instanceof DiscordAPIError && error.code === RESTJSONErrorCodes.UnknownMessage;
    if (!isGone) throw error;
  }
}

/** Sends a further message to the member only, beside an existing answer. */
export async function addPrivateNote(
  interaction: Answerable,
  texts: readonly string[],
): Promise<void> {
  const message = {
    components: paragraphs(texts),
    allowedMentions: { parse: [] },
    flags: PRIVATE_V2,
  };
  // If only the answer is lost, the message is sent twice, which is better than not at all.
  await retryOnDisconnect(async () => interaction.followUp(message));
}

/** Answers the member only, in the private reply if one is open. Each text is a paragraph. */
export async function replyPrivately(
  interaction: Answerable,
  texts: readonly string[],
): Promise<void> {
  await showPrivateReply(interaction, { components: paragraphs(texts) });
}

export type PrivateAnswer = Omit<ReplyMessage, 'flags'>;

/** Like `replyPrivately`, with any components and files. */
export async function showPrivateReply(
  interaction: Answerable,
  { components, files = [] }: PrivateAnswer,
): Promise<void> {
  if (interaction.deferred) {
    // The acknowledgement already made it private; Discord accepts that flag only once.
    const edit = { components, files, flags: MessageFlags.IsComponentsV2 };
    await retryOnDisconnect(async () => editReply(interaction, edit));
    markReplied(interaction);
    return;
  }
  await interaction.reply({
    components,
    allowedMentions: { parse: [] },
    flags: [MessageFlags.Ephemeral, MessageFlags.IsComponentsV2],
    ...(files.length === 0
      ? {}
      : { files: files.map(({ name, data }) => ({ name, attachment: data })) }),
  });
}

export function paragraphs(texts: readonly string[]): APIMessageTopLevelComponent[] {
  return texts.map((content) => ({ type: ComponentType.TextDisplay, content }));
}

/** @param choices at most 25, Discord's limit */
export async function suggest(
  interaction: AutocompleteInteraction,
  choices: ReadonlyArray<{ name: string; value: string }>,
): Promise<void> {
  await interaction.respond(choices.slice(0, 25));
}
