/** A file as Discord declares it: a claim, checked against the bytes later. Only the url is relied on. */
import type { Attachment } from 'discord.js';

/** Pictures by their name, for attachments whose type Discord does not tell. */
const PICTURE_EXTENSION = /\.(?:png|jpe?g|jfif|webp|gif|bmp|tiff?|heic|heif|avif)$/i;
const VIDEO_EXTENSION = /\.(?:mp4|m4v|mov|webm|mkv|avi|mpe?g|wmv|flv|3gp)$/i;
/** What servers say of files that they know nothing about. */
const UNKNOWN_TYPES = new Set(['', 'application/octet-stream', 'binary/octet-stream']);

export interface DeclaredFile {
  readonly url: string;
  readonly fileName: string;
  /** 0 where Discord does not tell. */
  readonly declaredBytes: number;
}

/** A size or name that is missing is no reason to refuse: the bytes and the url tell both. */
export function declaredFile({
  url,
  name,
  size,
}: Pick<Attachment, 'url' | 'name' | 'size'>): DeclaredFile {
  const said: { readonly name: unknown; readonly size: unknown } = { name, size };
  const bytes = typeof said.size === 'number' && Number.isSafeInteger(said.size) ? said.size : 0;
  const fileName = typeof said.name === 'string' && said.name !== '' ? said.name : fileNameIn(url);
  return { url, fileName, declaredBytes: Math.max(0, bytes) };
}

export function fileNameIn(url: string): string {
  const last = URL.parse(url)?.pathname.split('/').at(-1) ?? '';
  return last === '' ? 'picture' : last;
}

/** Width and height in pixels, where Discord tells both. */
export function declaredSize({ width, height }: Pick<DeclaredMedium, 'width' | 'height'>): {
  width?: number;
  height?: number;
} {
  return isPositive(width) && isPositive(height) ? { width, height } : {};
}

/** What is said of a medium; each field may be missing. */
export interface DeclaredMedium {
  readonly url?: string | undefined;
  readonly fileName?: string | undefined;
  readonly contentType?: string | null | undefined;
  readonly width?: number | null | undefined;
  readonly height?: number | null | undefined;
}

/**
 * Whether a medium is a picture, as far as is declared: by its type, where that says nothing by its
 * extension, else by its having a width and a height.
 */
export function isDeclaredPicture({
  url,
  fileName,
  contentType,
  width,
  height,
}: DeclaredMedium): boolean {
  const type = (contentType ?? '').trim().toLowerCase();
  if (!UNKNOWN_TYPES.has(type)) return type.startsWith('image/');
  const name = fileName ?? fileNameIn(url ?? '');
  if (PICTURE_EXTENSION.test(name)) return true;
  return isPositive(width) && isPositive(height) && !VIDEO_EXTENSION.test(name);
}

function isPositive(side: number | null | undefined): side is number {
  return typeof side === 'number' && side > 0;
}
