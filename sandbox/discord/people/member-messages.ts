/** Messages from people and other bots: text, files, links with pictures, forwards. */
import { storeFile } from '../cdn.ts';
import { componentSchema } from '../component-schema.ts';
import { FLAG } from '../message-json.ts';
import { NotOffered } from '../not-offered-error.ts';
import { memberPermissions } from '../permissions.ts';
import { composeState } from '../rest/compose.ts';
import { addMessage, findMessage } from '../rest/deliver.ts';
import { parseMessageBody } from '../rest/message-body.ts';
import { Refusal } from '../rest/refusals.ts';
import {
  currentState,
  emptyState,
  type ForwardedMessage,
  type Json,
  type MessageRecord,
  type StoredFile,
} from '../store.ts';
import type { FillContext, SandboxFile } from './resolved.ts';

/**
 * A person’s embed is what Discord makes of a link in their message; only bots have `rich` ones.
 * A picture with a `url` is external, and also available from Discord’s proxy.
 */
export interface SandboxEmbed {
  readonly type: 'rich' | 'image' | 'gifv' | 'video' | 'article' | 'link';
  readonly url?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly image?: SandboxFile | undefined;
  readonly thumbnail?: SandboxFile | undefined;
}

/**
 * What Discord makes of a link to a picture: an embed of type `image` with the picture as its thumbnail.
 * Throws for a file without `url`.
 */
export function linkedPicture(picture: SandboxFile): SandboxEmbed {
  if (picture.url === undefined) throw new Error(`${picture.name} has no web address`);
  return { type: 'image', url: picture.url, thumbnail: picture };
}

export interface Said {
  readonly content: string;
  readonly attachments?: readonly SandboxFile[] | undefined;
  readonly embeds?: readonly SandboxEmbed[] | undefined;
  /** Components V2, for bots; their media name the attachments. */
  readonly components?: readonly unknown[] | undefined;
}

type Writing = FillContext & { readonly cdnHost: string; readonly authorId: string };

/** Throws `NotOffered` for what the client, or Discord, would refuse. */
export function say(context: Writing, said: Said): MessageRecord {
  const isBot = context.store.users.get(context.authorId)?.isBot === true;
  if (!isBot) refuseBotsOnly(said);
  const embedFiles: StoredFile[] = [];
  const embeds = (said.embeds ?? []).map((embed) => embedJson(context, embed, embedFiles));
  try {
    const state = composed(context, said, embeds);
    const { channel, authorId } = context;
    return addMessage(context.store, { channel, authorId, state: { ...state, embedFiles } });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const why = `${error.message} (${error.code}) ${JSON.stringify(error.errors ?? {})}`;
    throw new NotOffered(`Discord would refuse the message: ${why}`, { cause: error });
  }
}

function composed(context: Writing, said: Said, embeds: Json[]) {
  const { store, channel, guild, member } = context;
  const components = said.components?.map((component) => componentSchema.parse(component));
  return composeState({
    store,
    cdnHost: context.cdnHost,
    channel,
    body: parseMessageBody({ content: said.content, embeds, components }),
    uploads: (said.attachments ?? []).map(({ contentType, url, ...file }, index) => ({
      ...file,
      index: String(index),
      contentType: '',
      claims: {
        ...(contentType === undefined ? {} : { contentType }),
        ...(url === undefined ? {} : { url }),
      },
    })),
    limitBytes: context.limitBytes,
    flags: components === undefined ? 0 : FLAG.componentsV2,
    isByInteraction: false,
    authorPermissions:
      guild === undefined || member === undefined ? 0n : memberPermissions(guild, member),
    path: [],
  });
}

function refuseBotsOnly({ content, embeds = [], components }: Said): void {
  if (components !== undefined) throw new NotOffered('Only bots send components');
  for (const embed of embeds) {
    if (embed.type === 'rich') throw new NotOffered('Only bots send rich embeds');
    if (embed.url === undefined || !content.includes(embed.url))
      throw new NotOffered("A person's embed comes from a link in their message");
    const pictures = [embed.image, embed.thumbnail].filter((picture) => picture !== undefined);
    if (pictures.some(({ url }) => url === undefined))
      throw new NotOffered('The picture of a link is external and needs a url');
  }
}

function embedJson(
  context: Writing,
  { image, thumbnail, ...embed }: SandboxEmbed,
  files: StoredFile[],
) {
  const picture = (name: string, file: SandboxFile | undefined): Json => {
    if (file === undefined) return {};
    const stored = storeFile(context.store, {
      ...file,
      channelId: context.channel.id,
      isEphemeral: false,
    });
    files.push(stored);
    return { [name]: { fileId: stored.id } };
  };
  return { ...embed, ...picture('image', image), ...picture('thumbnail', thumbnail) };
}

/**
 * A forward carries a snapshot of the message at that time. Forwarding a forward refers to the
 * original message (Discord developer docs, "Forwards"). Throws `NotOffered` for messages that are
 * deleted or not visible.
 */
export function forward({ store, channel, authorId }: Writing, messageId: string): MessageRecord {
  const message = findMessage(store, messageId);
  if (message === undefined) throw new NotOffered(`No message ${messageId}`);
  if (message.viewerId !== undefined)
    throw new NotOffered('An ephemeral message cannot be forwarded');
  const state = emptyState(store.now(), FLAG.hasSnapshot);
  return addMessage(store, { channel, authorId, state, forwarded: snapshotOf(message) });
}

function snapshotOf(message: MessageRecord): ForwardedMessage {
  const { id, channelId, guildId, createdAtMs } = message;
  return (
    message.forwarded ?? {
      messageId: id,
      channelId,
      guildId,
      createdAtMs,
      state: currentState(message),
    }
  );
}
