/**
 * The one door for answers to interactions. Refusals are seen by the asker only; nothing said here
 * can ping anybody.
 */
import {
  ComponentType,
  MessageFlags,
  type AutocompleteInteraction,
  type APIMessageTopLevelComponent,
  type ButtonInteraction,
} from 'discord.js';

import type { CommandInteraction } from './command.ts';

/** What Discord said when the reply was opened. */
export interface OpenedReply {
  readonly messageId: string;
  /** Whether only the asker sees it, by Discord's own answer and not by what was asked for. */
  readonly isEphemeral: boolean;
}

/** Acknowledges within Discord's 3 seconds; the message is filled later by the job's presenter. */
export async function openReply(interaction: CommandInteraction): Promise<OpenedReply> {
  const response = await interaction.deferReply({ withResponse: true });
  const { responseMessageId, responseMessageEphemeral } = response.interaction;
  if (responseMessageId === null) throw new Error('Discord acknowledged without a message id');
  return { messageId: responseMessageId, isEphemeral: responseMessageEphemeral ?? false };
}

/** Says it to the asker only, whether or not the interaction was acknowledged in public before. */
export async function refuse(
  interaction: CommandInteraction | ButtonInteraction,
  sentence: string,
): Promise<void> {
  if (!interaction.deferred && !interaction.replied) return tellPrivately(interaction, [sentence]);
  // A public "thinking" message cannot become private: it goes, and a private one takes its place.
  if (interaction.isChatInputCommand()) await interaction.deleteReply();
  await interaction.followUp({ ...privately([sentence]) });
}

/** Answers the asker only. Each text is a paragraph of its own. */
export async function tellPrivately(
  interaction: CommandInteraction | ButtonInteraction,
  texts: readonly string[],
): Promise<void> {
  await interaction.reply(privately(texts));
}

/** @param choices at most 25, Discord's limit */
export async function suggest(
  interaction: AutocompleteInteraction,
  choices: ReadonlyArray<{ name: string; value: string }>,
): Promise<void> {
  await interaction.respond(choices.slice(0, 25));
}

function privately(texts: readonly string[]) {
  const components: APIMessageTopLevelComponent[] = texts.map((content) => ({
    type: ComponentType.TextDisplay,
    content,
  }));
  return {
    flags: [MessageFlags.Ephemeral, MessageFlags.IsComponentsV2],
    components,
    allowedMentions: { parse: [] },
  } as const;
}
