/** A file as Discord declares it. Only the URL is trusted; the bytes are checked later. */
import type { Attachment } from 'discord.js';

/** Recognizes pictures by name, for attachments without a declared type. */
const PICTURE_EXTENSION = /\.(?:png|jpe?g|jfif|webp|gif|bmp|tiff?|heic|heif|avif)$/i;
const VIDEO_EXTENSION = /\.(?:mp4|m4v|mov|webm|mkv|avi|mpe?g|wmv|flv|3gp)$/i;
/** Types that servers send for unknown files. */
const UNKNOWN_TYPES = new Set(['', 'application/octet-stream', 'binary/octet-stream']);

export interface DeclaredFile {
  readonly url: string;
  readonly fileName: string;
  /** 0 when Discord does not report it. */
  readonly declaredBytes: number;
}

/**
 * Reads a declared file. A missing size or name is no reason to refuse, because the bytes and the URL
 * supply them.
 */
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

/** Returns width and height in pixels if Discord reports both. */
export function declaredSize({ width, height }: Pick<DeclaredMedium, 'width' | 'height'>): {
  width?: number;
  height?: number;
} {
  return isPositive(width) && isPositive(height) ? { width, height } : {};
}

/** The declared facts of a medium; each may be missing. */
export interface DeclaredMedium {
  readonly url?: string | undefined;
  readonly fileName?: string | undefined;
  readonly contentType?: string | null | undefined;
  readonly width?: number | null | undefined;
  readonly height?: number | null | undefined;
}

/**
 * Returns whether a medium is declared as a picture: by its type; without a known type, by its extension;
 * otherwise by having width and height.
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
