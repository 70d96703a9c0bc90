/**
 * The one door for answers to interactions. Refusals are seen by the asker only; nothing said here
 * can ping anybody.
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

/** What Discord said when the reply was opened. */
export interface OpenedReply {
  readonly messageId: string;
  /** Whether only the asker sees it, by Discord's own answer and not by what was asked for. */
  readonly isEphemeral: boolean;
}

/**
 * `unheard`: a try of ours opened it whose answer was lost, or does not say which message that is and who
 * sees it (neither field is promised). `elsewhere`: another handling of the interaction has acknowledged it.
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

/** @returns undefined when Discord took it and answered something that the library cannot read */
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

/** What is typed as text comes unchecked from Discord. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Acknowledges the press of a button, whose message will be changed by somebody else.
 *
 * @throws DiscordAPIError also when another handling has acknowledged it (40060)
 */
export async function acknowledgePress(interaction: ButtonPress): Promise<void> {
  const outcome = await acknowledge(interaction, async () => interaction.deferUpdate());
  if (outcome.by === 'us') return;
  if (outcome.by === 'elsewhere') throw outcome.refusal;
  markDeferred(interaction, null);
}

/**
 * Reads which reply an acknowledgement opened whose answer was lost or incomplete.
 *
 * @param isPrivate what was asked for, should Discord not say who sees it
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
 * Acknowledges an answer that only the asker will see, before anything slow is done for it. A button's
 * answer takes the place of the private message it is under.
 *
 * Goes on where Discord has had an acknowledgement already (40060): most likely a try of ours whose
 * answer was lost. Should another handling be at it, the same is said twice in one place: what is
 * answered in private is read only, or is changed once for its interaction.
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

/** Says it to the asker only, whether or not the interaction was acknowledged in public before. */
export async function refuse(interaction: Answerable, sentence: string): Promise<void> {
  await followUpPrivately(interaction, paragraphs([sentence]));
}

/** As `refuse`, with more than a sentence. */
export async function followUpPrivately(
  interaction: Answerable,
  components: readonly APIMessageTopLevelComponent[],
): Promise<void> {
  const isOpen = interaction.deferred || interaction.replied;
  if (!isOpen || interaction.ephemeral === true)
    return showPrivateReply(interaction, { components });
  // A public "thinking" message cannot become private: it goes, and a private one takes its place.
  // A button that opened no reply of its own has none to take away.
  if (interaction.ephemeral !== null) await deletePublicReply(interaction);
  // Where only the answer was lost it is said twice: better than not at all.
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

/** Says more to the asker only, beside an answer that is there already. */
export async function addPrivateNote(
  interaction: Answerable,
  texts: readonly string[],
): Promise<void> {
  const message = {
    components: paragraphs(texts),
    allowedMentions: { parse: [] },
    flags: PRIVATE_V2,
  };
  // Where only the answer was lost it is said twice: better than not at all.
  await retryOnDisconnect(async () => interaction.followUp(message));
}

/** Answers the asker only, in the private reply where one was opened. Each text is a paragraph of its own. */
export async function replyPrivately(
  interaction: Answerable,
  texts: readonly string[],
): Promise<void> {
  await showPrivateReply(interaction, { components: paragraphs(texts) });
}

export type PrivateAnswer = Omit<ReplyMessage, 'flags'>;

/** As `tellPrivately`, with more than text. */
export async function showPrivateReply(
  interaction: Answerable,
  { components, files = [] }: PrivateAnswer,
): Promise<void> {
  if (interaction.deferred) {
    // Private it is already, by the acknowledgement; Discord takes that flag only once.
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
