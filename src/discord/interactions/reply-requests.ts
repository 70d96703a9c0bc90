/**
 * Requests with an interaction's token after its acknowledgement. Only the needed fields of the answers are
 * parsed. The library would parse the whole message, and if that failed, a successful request would look
 * like a failed one.
 */
import { Routes, type APIMessageTopLevelComponent, type Client } from 'discord.js';
import { z } from 'zod';

const ORIGINAL = '@original';

export interface Acknowledged {
  readonly applicationId: string;
  readonly token: string;
  readonly client: Pick<Client, 'rest'>;
}

export interface ReplyMessage {
  readonly components: readonly APIMessageTopLevelComponent[];
  /** Bits of `MessageFlags`. */
  readonly flags: number;
  /** Components refer to a file as `attachment://` and its name. */
  readonly files?: readonly { readonly name: string; readonly data: Buffer }[] | undefined;
}

/** Only `id` is guaranteed (Discord's OpenAPI file; callback answers do not guarantee a message at all). */
const replySchema = z.looseObject({ id: z.string(), flags: z.int().nullish().catch(undefined) });

/** @throws like all requests here: DiscordAPIError or HTTPError for a refusal, and socket errors */
export async function fetchReply({
  applicationId,
  token,
  client,
}: Acknowledged): Promise<z.infer<typeof replySchema>> {
  const route = Routes.webhookMessage(applicationId, token, ORIGINAL);
  return replySchema.parse(await client.rest.get(route, { auth: false }));
}

export async function editReply(
  { applicationId, token, client }: Acknowledged,
  message: ReplyMessage,
): Promise<void> {
  const route = Routes.webhookMessage(applicationId, token, ORIGINAL);
  await client.rest.patch(route, requestOf(message));
}

export async function deleteReply({ applicationId, token, client }: Acknowledged): Promise<void> {
  await client.rest.delete(Routes.webhookMessage(applicationId, token, ORIGINAL), { auth: false });
}

export async function sendFollowUp(
  { applicationId, token, client }: Acknowledged,
  message: ReplyMessage,
): Promise<void> {
  await client.rest.post(Routes.webhook(applicationId, token), requestOf(message));
}

function requestOf({ components, flags, files = [] }: ReplyMessage) {
  const attachments = files.map(({ name }, index) => ({ id: String(index), filename: name }));
  return {
    auth: false,
    body: {
      components,
      flags,
      allowed_mentions: { parse: [] },
      ...(files.length === 0 ? {} : { attachments }),
    },
    ...(files.length === 0 ? {} : { files: [...files] }),
  };
}
