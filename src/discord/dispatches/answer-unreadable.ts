/** Answers an interaction that discord.js cannot read, with the two fields that an answer needs. */
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
import { closestLocale, type Locale } from '../../text/locales.ts';
import { text, translate } from '../../text/text.ts';

const answerableSchema = z.looseObject({
  id: z.string().min(1),
  token: z.string().min(1),
  type: z.int().optional().catch(undefined),
  locale: z.string().optional().catch(undefined),
  data: z.looseObject({ options: z.unknown().optional() }).optional().catch(undefined),
});

const optionSchema = z.looseObject({
  focused: z.unknown().optional(),
  options: z.unknown().optional(),
});

/** Returns whether the payload has an id and a token, which answering and deduplication need. */
export function isAnswerable(payload: unknown): boolean {
  return answerableSchema.safeParse(payload).success;
}

/** Answers the interaction if it has an id and a token. Never throws. */
export async function answerUnreadable(
  payload: unknown,
  { client, logger }: { readonly client: Client; readonly logger: Logger },
): Promise<void> {
  const read = answerableSchema.safeParse(payload);
  if (!read.success) return;
  const { id, token } = read.data;
  try {
    await client.rest.post(Routes.interactionCallback(id, token), {
      body: isTyping(read.data) ? noChoices() : sentence(closestLocale(read.data.locale)),
      auth: false,
    });
  } catch (error) {
    logger.warn({ err: error, interactionId: id }, 'unreadable interaction not answered');
  }
}

/** Returns whether it is an autocompletion, by its type or, for an unknown type, by a focused option. */
function isTyping({ type, data }: z.infer<typeof answerableSchema>): boolean {
  return type === InteractionType.ApplicationCommandAutocomplete || hasFocus(data?.options);
}

function hasFocus(options: unknown): boolean {
  const list = z.array(z.unknown()).safeParse(options).data ?? [];
  return list.some((option) => {
    const { data } = optionSchema.safeParse(option);
    return data !== undefined && (data.focused === true || hasFocus(data.options));
  });
}

function noChoices() {
  return {
    type: InteractionResponseType.ApplicationCommandAutocompleteResult,
    data: { choices: [] },
  };
}

function sentence(locale: Locale) {
  const content = translate(locale, text('errors:unreadable'));
  return {
    type: InteractionResponseType.ChannelMessageWithSource,
    data: {
      flags: MessageFlags.Ephemeral | MessageFlags.IsComponentsV2,
      components: [{ type: ComponentType.TextDisplay, content }],
      allowed_mentions: { parse: [] },
    },
  };
}
