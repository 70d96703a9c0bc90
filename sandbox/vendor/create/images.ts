/** Reads the pictures of a create call, and checks the vendor’s limits for them. */
import { imageSize } from 'image-size';

import { ArkRefusal, notValid } from '../errors.ts';
import { fetchMedia, isSample } from '../media/fetch-media.ts';
import { plainPng } from '../results/still.ts';
import type { MediaItem } from './content.ts';
import type { Size } from './models.ts';

export interface Picture {
  readonly bytes: Uint8Array;
  readonly size: Size;
}

/** BytePlus ModelArk, image requirements: all bounds exclusive. */
const IMAGE_LIMITS = {
  maxBytes: 30 * 1024 * 1024,
  sides: [300, 6_000],
  ratio: [0.4, 2.5],
} as const;

const FORMATS: ReadonlySet<string> = new Set(['jpg', 'png', 'webp', 'bmp', 'tiff', 'gif']);
const DATA_URI = /^data:image\/(?<format>[a-z+.-]+);base64,(?<payload>[\sA-Za-z0-9+/=_-]+)$/u;

/** @throws ArkRefusal, at once and not inside the task, as measured. */
export async function readPicture(item: MediaItem, takesHeif: boolean): Promise<Picture> {
  if (isSample(item.url)) return { bytes: plainPng(1280, 720), size: [1280, 720] };
  const bytes = item.url.startsWith('data:')
    ? decode(item)
    : await fetchMedia(item.url, paramOf(item));
  const param = paramOf(item);
  if (bytes.length >= IMAGE_LIMITS.maxBytes) throw notValid(param, 'image size exceeds 30 MB');
  const { type, width, height } = measure(bytes, param);
  const isHeif = type === 'heif' || type === 'heic';
  if (!FORMATS.has(type) && !(isHeif && takesHeif)) throw notValid(param, 'invalid image format');
  checkSides(param, [width, height]);
  return { bytes, size: [width, height] };
}

function paramOf(item: MediaItem): string {
  return `content[${item.index}].image_url`;
}

function decode(item: MediaItem): Uint8Array {
  const payload = DATA_URI.exec(item.url)?.groups?.['payload'];
  if (payload !== undefined) return Buffer.from(payload, 'base64');
  const isEmpty = /^data:[^,]*,?$/u.test(item.url);
  throw new ArkRefusal({
    status: 400,
    code: isEmpty ? 'InvalidImageURL.EmptyURL' : 'InvalidImageURL.InvalidFormat',
    param: paramOf(item),
    message: isEmpty ? 'Empty base64 image url.' : 'Invalid base64 image url.',
  });
}

function measure(bytes: Uint8Array, param: string) {
  try {
    const { type = '', width, height } = imageSize(bytes);
    return { type, width, height };
  } catch {
    throw notValid(param, 'invalid image format');
  }
}

function checkSides(param: string, [width, height]: Size): void {
  const [least, most] = IMAGE_LIMITS.sides;
  if (Math.min(width, height) <= least || Math.max(width, height) >= most) {
    throw notValid(param, `image width and height must be within (${least}, ${most}) px`);
  }
  const [narrowest, widest] = IMAGE_LIMITS.ratio;
  const ratio = width / height;
  if (ratio <= narrowest || ratio >= widest) {
    throw notValid(param, `image aspect ratio must be within (${narrowest}, ${widest})`);
  }
}
