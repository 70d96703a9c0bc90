/**
 * The reference videos and audio of a create call: fetched, recognised by their bytes, and checked against
 * the vendor’s limits. Source of every number: BytePlus ModelArk tutorial, video generation, reference
 * inputs. The wording of the refusals is inferred.
 */
import type { MediaItem } from '../create/content.ts';
import type { ClipLimits } from '../create/models.ts';
import { invalidParameter, notValid } from '../errors.ts';
import { fetchMedia, isTakenAtItsWord } from './fetch-media.ts';
import { videoFacts } from './mp4.ts';
import { soundMs } from './sound.ts';

export type ClipKind = 'video' | 'audio';

const MEGABYTE = 1024 * 1024;
const MAX_BYTES = { video: 200 * MEGABYTE, audio: 15 * MEGABYTE } as const;
/** "480p–4k", read generously: the models' own 480p goes down to 416 lines. */
const SIDES = { least: 400, most: 4_096 } as const;
const FRAMES_PER_SECOND = { least: 24, most: 60 } as const;
/** Files differ from their round lengths by a frame or a few padding samples. */
const SLACK_MS = 250;

/**
 * @returns their total length, in milliseconds
 * @throws ArkRefusal for the first fault
 */
export async function readClips(
  items: readonly MediaItem[],
  { kind, limits }: { readonly kind: ClipKind; readonly limits: ClipLimits },
): Promise<number> {
  let togetherMs = 0;
  for (const item of items) togetherMs += await readClip(item, kind, limits);
  const { maxSecondsTogether, maxSoundSecondsTogether = maxSecondsTogether } = limits;
  const most = kind === 'audio' ? maxSoundSecondsTogether : maxSecondsTogether;
  if (togetherMs > most * 1_000 + SLACK_MS) {
    throw invalidParameter(
      'content',
      `the total duration of reference ${kind} contents must be less than or equal to ${most} seconds`,
    );
  }
  return togetherMs;
}

/** An unfetched file has no length here, and is not billed. */
async function readClip(item: MediaItem, kind: ClipKind, limits: ClipLimits): Promise<number> {
  if (isTakenAtItsWord(item.url)) return 0;
  const param = `content[${item.index}].${kind}_url`;
  const bytes = await bytesOf(item, kind, param);
  if (bytes.length > MAX_BYTES[kind]) {
    throw notValid(param, `${kind} size exceeds ${MAX_BYTES[kind] / MEGABYTE} MB`);
  }
  const ms = kind === 'video' ? videoMs(bytes, param, limits) : soundMs(bytes);
  if (ms === undefined) throw notValid(param, `invalid ${kind} format`);
  const [least, most] = [limits.minSeconds * 1_000, limits.maxSeconds * 1_000];
  if (ms < least - SLACK_MS || ms > most + SLACK_MS) {
    throw notValid(
      param,
      `${kind} duration must be within [${limits.minSeconds}, ${limits.maxSeconds}] seconds`,
    );
  }
  return ms;
}

/** Audio may come in the body, videos only by their address. */
async function bytesOf(item: MediaItem, kind: ClipKind, param: string): Promise<Buffer> {
  if (!item.url.startsWith('data:')) return fetchMedia(item.url, param);
  const payload = /^data:audio\/[a-z0-9.+-]+;base64,(?<payload>[A-Za-z0-9+/=]+)$/u.exec(item.url)
    ?.groups?.['payload'];
  if (kind === 'video' || payload === undefined) throw notValid(param, 'invalid url');
  return Buffer.from(payload, 'base64');
}

function videoMs(bytes: Buffer, param: string, limits: ClipLimits): number | undefined {
  const facts = videoFacts(bytes);
  if (facts === undefined) return undefined;
  const { width, height, framesPerSecond } = facts;
  if (Math.min(width, height) < SIDES.least || Math.max(width, height) > SIDES.most) {
    throw notValid(param, 'video resolution must be within [480p, 4k]');
  }
  const [least, most] = limits.videoPixels;
  if (width * height < least || width * height > most) {
    throw notValid(param, `video pixels must be within [${least}, ${most}]`);
  }
  const isRateGood =
    framesPerSecond === undefined ||
    (framesPerSecond > FRAMES_PER_SECOND.least - 0.1 &&
      framesPerSecond < FRAMES_PER_SECOND.most + 0.1);
  if (!isRateGood) throw notValid(param, 'video fps must be within [24, 60]');
  return facts.ms;
}
