/**
 * Finds every picture of a message: in attachments, embeds, forwarded messages and components. Works
 * without the Message Content intent, because a message command includes the message.
 */
import type { Attachment, Embed, Message, MessageSnapshot } from 'discord.js';
import { z } from 'zod';

import { declaredFile, fileNameIn, isDeclaredPicture, type DeclaredFile } from './declared-file.ts';

/** A picture as Discord describes it; type and size are unverified. */
export type FoundPicture = DeclaredFile;

/** The maximum number of options in a Discord select menu. */
const MOST_PICTURES = 25;

/** An unreadable field counts as missing, because the fields beside it may still describe a picture. */
const text = z.string().optional().catch(undefined);
const side = z.number().optional().catch(undefined);
const list = z.array(z.unknown()).optional().catch(undefined);

const mediaSchema = z.object({
  url: text,
  proxy_url: text,
  content_type: text,
  width: side,
  height: side,
});
const componentSchema = z.object({
  media: mediaSchema.optional().catch(undefined),
  file: mediaSchema.optional().catch(undefined),
  items: list,
  components: list,
  accessory: z.unknown().optional(),
});

type EmbedMedia = Embed['image'];
type MessageLike = Pick<Message | MessageSnapshot, 'attachments' | 'embeds' | 'components'>;

/** Returns each picture once, in display order; those of forwarded messages come last. */
export function picturesOfMessage(message: Message): FoundPicture[] {
  const found = [message, ...message.messageSnapshots.values()].flatMap(picturesOf);
  const byUrl = new Map(found.map((picture) => [withoutQuery(picture.url), picture]));
  return [...byUrl.values()].slice(0, MOST_PICTURES);
}

function picturesOf({ attachments, embeds, components }: MessageLike): FoundPicture[] {
  const attached = [...attachments.values()]
    .filter(isAttachedPicture)
    .map((attachment) => declaredFile(attachment));
  const embedded = embeds
    .flatMap(({ image, thumbnail }) => [image, thumbnail])
    .flatMap((media) => mediaSchema.safeParse(snakeCased(media)).data ?? []);
  return [
    ...attached,
    ...embedded.flatMap(foundIn),
    ...components.flatMap((one) => picturesOfComponent(one.toJSON())),
  ];
}

function isAttachedPicture({ url, name, contentType, width, height }: Attachment): boolean {
  // Always present in discord.js's types, but a file without a URL cannot be fetched.
  const isThere: boolean = typeof url === 'string';
  return isThere && isDeclaredPicture({ url, fileName: name, contentType, width, height });
}

/** Renames the fields of an embed's media to Discord's names for component media. */
function snakeCased(media: EmbedMedia) {
  return { url: media?.url, proxy_url: media?.proxyURL };
}

/** Finds media in galleries, thumbnails and file components, at any depth. */
function picturesOfComponent(component: unknown): FoundPicture[] {
  const { data } = componentSchema.safeParse(component);
  if (data === undefined) return [];
  const media = [data.media, data.file].flatMap((one) => one ?? []);
  const inside = [...(data.items ?? []), ...(data.components ?? []), data.accessory];
  return [
    ...media
      .filter(({ content_type: contentType, ...one }) => isDeclaredPicture({ ...one, contentType }))
      .flatMap(foundIn),
    ...inside.flatMap(picturesOfComponent),
  ];
}

/** Prefers Discord's proxy URL, because the medium itself may be hosted elsewhere. */
function foundIn({ url, proxy_url: proxyUrl }: z.infer<typeof mediaSchema>): FoundPicture[] {
  const used = proxyUrl ?? url;
  if (used === undefined) return [];
  return [{ url: used, fileName: fileNameIn(used), declaredBytes: 0 }];
}

function withoutQuery(url: string): string {
  return url.split('?')[0] ?? url;
}
