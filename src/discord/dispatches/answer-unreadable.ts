/** Answers an interaction that discord.js cannot read, by the two fields that an answer needs. */
import {
  ComponentType,
  InteractionResponseType,
  InteractionType,
  MessageFlags,
  Routes,
  type Client,
} from 'discord.js';
import { z } from 'zod';

import type { Logger } from '../../logger.ts';

const answerableSchema = z.looseObject({
  id: z.string(),
  token: z.string(),
  type: z.int().optional().catch(undefined),
});

const SENTENCE =
  'Discord sent this command in a form that the bot cannot read. Nothing was started and nothing was charged. Please try again in a minute.';

/** Never throws. An interaction without id or token cannot be answered at all. */
export async function answerUnreadable(
  payload: unknown,
  { client, logger }: { readonly client: Client; readonly logger: Logger },
): Promise<void> {
  const read = answerableSchema.safeParse(payload);
  if (!read.success) return;
  const { id, token, type } = read.data;
  try {
    await client.rest.post(Routes.interactionCallback(id, token), {
      body: type === InteractionType.ApplicationCommandAutocomplete ? noChoices() : sentence(),
      auth: false,
    });
  } catch (error) {
    logger.warn({ err: error, interactionId: id }, 'an unreadable interaction was not answered');
  }
}

function noChoices() {
  return {
    type: InteractionResponseType.ApplicationCommandAutocompleteResult,
    data: { choices: [] },
  };
}

function sentence() {
  return {
    type: InteractionResponseType.ChannelMessageWithSource,
    data: {
      flags: MessageFlags.Ephemeral | MessageFlags.IsComponentsV2,
      components: [{ type: ComponentType.TextDisplay, content: SENTENCE }],
      allowed_mentions: { parse: [] },
    },
  };
}
