/**
 * Every picture of a message: attachments, embeds, what it forwards, and media inside components.
 * Works without the Message Content intent, because a message menu brings the message along.
 */
import type { Message, MessageSnapshot } from 'discord.js';
import { z } from 'zod';

/** A picture as Discord describes it; type and size are its word, not facts. */
export interface FoundPicture {
  readonly url: string;
  readonly fileName: string;
  readonly declaredBytes: number;
}

/** A select menu of Discord has no room for more. */
const MOST_PICTURES = 25;

const mediaSchema = z.object({
  url: z.string(),
  proxy_url: z.string().nullish(),
  content_type: z.string().nullish(),
});
const componentSchema = z.object({
  media: mediaSchema.optional(),
  file: mediaSchema.optional(),
  items: z.array(z.unknown()).optional(),
  components: z.array(z.unknown()).optional(),
  accessory: z.unknown().optional(),
});

type MessageLike = Pick<Message | MessageSnapshot, 'attachments' | 'embeds' | 'components'>;

/** In the order they are seen, each once, the forwarded message's after the message's own. */
export function picturesOfMessage(message: Message): FoundPicture[] {
  const found = [message, ...message.messageSnapshots.values()].flatMap(picturesOf);
  const byUrl = new Map(found.map((picture) => [withoutQuery(picture.url), picture]));
  return [...byUrl.values()].slice(0, MOST_PICTURES);
}

function picturesOf({ attachments, embeds, components }: MessageLike): FoundPicture[] {
  const attached = [...attachments.values()]
    .filter(({ contentType }) => isPicture(contentType))
    .map(({ url, name, size }) => ({ url, fileName: name, declaredBytes: size }));
  const embedded = embeds
    .flatMap(({ image, thumbnail }) => [image, thumbnail])
    .flatMap((media) => (media === null ? [] : [named(media.proxyURL ?? media.url)]));
  return [
    ...attached,
    ...embedded,
    ...components.flatMap((one) => picturesOfComponent(one.toJSON())),
  ];
}

/** Media lie in galleries, thumbnails and file components, at any depth. */
function picturesOfComponent(component: unknown): FoundPicture[] {
  const { data } = componentSchema.safeParse(component);
  if (data === undefined) return [];
  const media = [data.media, data.file].flatMap((one) => one ?? []);
  const inside = [...(data.items ?? []), ...(data.components ?? []), data.accessory];
  return [
    // By way of Discord: a medium of a component may lie elsewhere in the web.
    ...media
      .filter((one) => isPicture(one.content_type))
      .map((one) => named(one.proxy_url ?? one.url)),
    ...inside.flatMap(picturesOfComponent),
  ];
}

function named(url: string): FoundPicture {
  return {
    url,
    fileName: URL.parse(url)?.pathname.split('/').at(-1) ?? 'picture',
    declaredBytes: 0,
  };
}

function isPicture(contentType: string | null | undefined): boolean {
  return contentType?.startsWith('image/') ?? false;
}

function withoutQuery(url: string): string {
  return url.split('?')[0] ?? url;
}
