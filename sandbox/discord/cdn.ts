/**
 * Files: signed addresses that expire, and serving them. The signature has Discord’s parts
 * (`ex` expiry and `is` issued, hexadecimal Unix seconds; `hm`): Discord developer docs, reference,
 * "Signed Attachment CDN URLs".
 */
import { createHmac } from 'node:crypto';

import { imageSize } from 'image-size';

import { SECOND } from '../../src/clock.ts';
import type { Store, StoredFile } from './store.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  bmp: 'image/bmp',
  tiff: 'image/tiff',
  heic: 'image/heic',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  mp3: 'audio/mpeg',
  csv: 'text/csv; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  json: 'application/json; charset=utf-8',
};

/** Discord uses the file’s name, not its bytes, so this type is not to be trusted. */
function contentTypeOf(name: string): string | undefined {
  return CONTENT_TYPES[name.split('.').at(-1)?.toLowerCase() ?? ''];
}

/** Names as Discord stores them: spaces become `_`, anything outside `[A-Za-z0-9_.-]` is removed. */
export function sanitizedFileName(name: string): string {
  const clean = name.replaceAll(/\s+/g, '_').replaceAll(/[^\w.-]/g, '');
  return clean === '' ? 'unknown' : clean;
}

export interface NewFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly contentType?: string | undefined;
  readonly channelId: string;
  readonly isEphemeral: boolean;
  readonly description?: string | undefined;
  readonly url?: string | undefined;
}

export function storeFile(store: Store, file: NewFile): StoredFile {
  const contentType = file.contentType ?? contentTypeOf(file.name);
  const size = contentType?.startsWith('image/') === true ? dimensions(file.bytes) : undefined;
  const stored: StoredFile = {
    ...file,
    id: store.nextId(),
    name: sanitizedFileName(file.name),
    contentType,
    width: size?.width,
    height: size?.height,
  };
  store.files.set(stored.id, stored);
  return stored;
}

function dimensions(bytes: Buffer): { width: number; height: number } | undefined {
  try {
    return imageSize(bytes);
  } catch {
    // Not an image after all: Discord then returns no width and height either.
    return undefined;
  }
}

/** Returns a fresh address of the file, as in each of Discord’s payloads. */
export function signedUrl(store: Store, cdnHost: string, file: StoredFile): string {
  if (file.url !== undefined) return file.url;
  const path = filePath(file);
  const issued = hexSeconds(store.now());
  const expiry = hexSeconds(store.now() + store.settings.cdnUrlLifeMs);
  const query = new URLSearchParams({ ex: expiry, is: issued, hm: sign(store, path, expiry) });
  return `http://${cdnHost}${path}?${query.toString()}`;
}

/**
 * The address of Discord’s media proxy, where clients load external pictures, with a signature and the
 * original address in the path. Pictures on the CDN have no other address.
 */
export function proxyUrl(store: Store, cdnHost: string, file: StoredFile): string {
  if (file.url === undefined) return signedUrl(store, cdnHost, file);
  return `http://${cdnHost}/external/${proxyKey(store, file)}/${file.url.replace('://', '/')}`;
}

function proxyKey(store: Store, file: StoredFile): string {
  return `${file.id}-${sign(store, file.url ?? '', file.id)}`;
}

/** Returns the picture behind a media proxy address, or undefined when the address is wrong or forged. */
export function proxiedFile(store: Store, key: string): StoredFile | undefined {
  const file = store.files.get(key.split('-')[0] ?? '');
  return file !== undefined && file.url !== undefined && proxyKey(store, file) === key
    ? file
    : undefined;
}

function filePath(file: StoredFile): string {
  const root = file.isEphemeral ? 'ephemeral-attachments' : 'attachments';
  return `/${root}/${file.channelId}/${file.id}/${file.name}`;
}

function sign(store: Store, path: string, expiry: string): string {
  return createHmac('sha256', store.settings.token).update(`${path}:${expiry}`).digest('hex');
}

function hexSeconds(ms: number): string {
  return Math.floor(ms / SECOND).toString(16);
}

/** Returns the file at this address, or undefined when the address is wrong, forged or expired. */
export function fileAt(store: Store, url: URL): StoredFile | undefined {
  const id = url.pathname.split('/')[3];
  const file = id === undefined ? undefined : store.files.get(id);
  const expiry = url.searchParams.get('ex') ?? '';
  if (file === undefined || filePath(file) !== decodeURIComponent(url.pathname)) return undefined;
  if (url.searchParams.get('hm') !== sign(store, filePath(file), expiry)) return undefined;
  return Number.parseInt(expiry, 16) * SECOND < store.now() ? undefined : file;
}

/** Returns the stored file of a CDN address, signed or not: Discord signs returned addresses again. */
export function fileNamedBy(
  store: Store,
  cdnHost: string,
  address: string,
): StoredFile | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  const file = store.files.get(url.pathname.split('/')[3] ?? '');
  return url.host === cdnHost && file !== undefined && url.pathname === filePath(file)
    ? file
    : undefined;
}
