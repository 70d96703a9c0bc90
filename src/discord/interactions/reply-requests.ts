/**
 * The requests that an interaction's token allows once it is acknowledged. The answers are read only as
 * far as they are needed: the library builds a whole message of each, and where it cannot, a request that
 * Discord carried out looks like one that failed.
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
  /** Named by a component as `attachment://` and the name. */
  readonly files?: readonly { readonly name: string; readonly data: Buffer }[] | undefined;
}

/** Only `id` is promised for certain (Discord's OpenAPI file: callback answers promise no message at all). */
const replySchema = z.looseObject({ id: z.string(), flags: z.int().nullish().catch(undefined) });

/** Each throws DiscordAPIError or HTTPError for a refusal, and what the socket throws. */
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
