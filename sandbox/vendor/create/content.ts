/** The `content` array of a create call: its items, their roles, and the resulting mode. */
import { z } from 'zod';

import { invalidParameter, missingParameter, notValid } from '../errors.ts';
import type { Mode } from './models.ts';

export interface MediaItem {
  /** Its position in `content`; part of the vendor’s error messages. */
  readonly index: number;
  readonly url: string;
  readonly role: string | undefined;
}

export interface Content {
  readonly mode: Mode;
  readonly text: string;
  readonly images: readonly MediaItem[];
  readonly videos: readonly MediaItem[];
  readonly audios: readonly MediaItem[];
  readonly firstFrame: MediaItem | undefined;
  readonly lastFrame: MediaItem | undefined;
}

const mediaSchema = z.object({ url: z.string() });
const itemSchema = z.object({
  type: z.string(),
  text: z.unknown().optional(),
  image_url: z.unknown().optional(),
  video_url: z.unknown().optional(),
  audio_url: z.unknown().optional(),
  role: z.string().optional(),
});
type Item = z.infer<typeof itemSchema>;

const IMAGE_ROLES: ReadonlySet<string> = new Set(['first_frame', 'last_frame', 'reference_image']);

/** @throws ArkRefusal with the vendor’s own text for the first fault. */
export function readContent(items: readonly unknown[]): Content {
  const texts: string[] = [];
  const media: Record<MediaKind, MediaItem[]> = { image_url: [], video_url: [], audio_url: [] };
  for (const [index, raw] of items.entries()) {
    const item = itemSchema.safeParse(raw);
    if (!item.success) throw notValid(`content[${index}]`);
    const { type } = item.data;
    if (type === 'text') texts.push(textOf(item.data, index));
    else if (isMediaKind(type)) media[type].push(mediaOf(item.data, type, index));
    else throw notValid(`content[${index}].type`);
  }
  return { text: texts.join('\n'), ...arrange(media, texts) };
}

type MediaKind = 'image_url' | 'video_url' | 'audio_url';

function isMediaKind(type: string): type is MediaKind {
  return type === 'image_url' || type === 'video_url' || type === 'audio_url';
}

function textOf(item: Item, index: number): string {
  if (item.text === undefined) throw missingParameter(`content[${index}].text`);
  if (typeof item.text !== 'string') throw notValid(`content[${index}].text`);
  return item.text;
}

function mediaOf(item: Item, kind: MediaKind, index: number): MediaItem {
  if (item[kind] === undefined) throw missingParameter(`content[${index}].${kind}`);
  // A bare string is one reseller’s own dialect; the vendor requires an object.
  const parsed = mediaSchema.safeParse(item[kind]);
  if (!parsed.success) throw notValid(`content.${kind}`);
  return { index, url: parsed.data.url, role: item.role };
}

type Arranged = Omit<Content, 'text'>;

function arrange(media: Record<MediaKind, MediaItem[]>, texts: readonly string[]): Arranged {
  const { image_url: images, video_url: videos, audio_url: audios } = media;
  checkImageRoles(images);
  checkReferenceRoles(videos, audios);
  const withRole = (role: string) => images.filter((image) => image.role === role);
  const lone = images.length === 1 && images[0]?.role === undefined ? images : [];
  const first = [...withRole('first_frame'), ...lone];
  const last = withRole('last_frame');
  const isReference = withRole('reference_image').length + videos.length + audios.length > 0;
  checkMix({ first: first.length, last: last.length, isReference });
  if (
    images.length + videos.length + audios.length === 0 &&
    texts.every((text) => text.trim() === '')
  ) {
    throw missingParameter('content.text');
  }
  const frames: Mode = last.length > 0 ? 'flf2v' : first.length > 0 ? 'i2v' : 't2v';
  return {
    mode: isReference ? 'r2v' : frames,
    images,
    videos,
    audios,
    firstFrame: first[0],
    lastFrame: last[0],
  };
}

function checkImageRoles(images: readonly MediaItem[]): void {
  if (images.some(({ role }) => role !== undefined && !IMAGE_ROLES.has(role))) {
    throw refuseContent('invalid role specified for image content');
  }
  if (images.length > 1 && images.some(({ role }) => role === undefined)) {
    throw refuseContent('role must be specified for image contents');
  }
}

function checkReferenceRoles(videos: readonly MediaItem[], audios: readonly MediaItem[]): void {
  if (videos.some(({ role }) => role !== 'reference_video')) {
    throw refuseContent('reference media mode requires video role to be reference_video');
  }
  if (audios.some(({ role }) => role !== 'reference_audio')) {
    throw refuseContent('reference media mode requires audio role to be reference_audio');
  }
}

function checkMix(counts: { first: number; last: number; isReference: boolean }): void {
  const { first, last, isReference } = counts;
  if (isReference && first + last > 0) {
    throw refuseContent('first/last frame content cannot be mixed with reference media content.');
  }
  if (first > 1) throw refuseContent(tooMany('first', first));
  if (last > 1) throw refuseContent(tooMany('last', last));
  if (last === 1 && first === 0) {
    throw refuseContent(
      'last frame image content cannot be mixed with first frame or reference image content',
    );
  }
}

function tooMany(which: 'first' | 'last', count: number): string {
  return `expected at most one ${which} frame image content but got ${count} instead.`;
}

function refuseContent(message: string) {
  return invalidParameter('content', message);
}
