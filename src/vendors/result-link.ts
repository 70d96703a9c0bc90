/**
 * Finds the links to a finished task's files. Each vendor documents one place, but some answers use
 * another dialect's place, an object, a list or a plain string, or a link without an origin. Pure.
 */
import { z } from 'zod';

import { DAY } from '../clock.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import type { TaskStatus } from './vendor.ts';

/** From the task's success; or less, after 100 downloads (BytePlus ModelArk, video generation tutorial). */
export const LINK_LIFE_MS = DAY;

/** The official dialect and Pixazo; kyyAiPower; AI/ML API; Pixazo's newer gateway; lists of relays. */
const VIDEO_PLACES: ReadonlyArray<(answer: JsonObject) => unknown> = [
  ({ content }) => (isJsonObject(content) ? content['video_url'] : content),
  ({ video_url: videoUrl }) => videoUrl,
  ({ video }) => video,
  ({ output }) => (isJsonObject(output) ? (output['media_url'] ?? output['video_url']) : output),
  ({ videos }) => videos,
  ({ video_urls: videoUrls }) => videoUrls,
];

const absoluteUrlSchema = z.url({ protocol: /^https?$/ }).max(8_192);
/** A path, or a URL without its scheme. A first segment with a dot is ambiguous (host or file) and does not match. */
const RELATIVE = /^(?:\/{1,2}[^\s\\/?#]|\.{1,2}\/[^\s\\/?#]|[\p{L}\p{N}_-]+\/)[^\s\\]{1,8000}$/u;

/** Returns the link to the video, possibly relative; undefined if no place has a usable one. */
export function videoLinkIn(answer: JsonObject): string | undefined {
  for (const read of VIDEO_PLACES) {
    const link = linkIn(read(answer));
    if (link !== undefined) return link;
  }
  return undefined;
}

/**
 * Returns a web address or a relative path, unchanged. The download decides whether it may be fetched.
 *
 * @param written a URL, an object with one in `url`, or a list of either, of which the first counts
 */
export function linkIn(written: unknown): string | undefined {
  const [first]: unknown[] = Array.isArray(written) ? written : [written];
  const link = isJsonObject(first) ? (first['url'] ?? first['video_url']) : first;
  if (typeof link !== 'string') return undefined;
  const trimmed = link.trim();
  const isUsable = absoluteUrlSchema.safeParse(trimmed).success || RELATIVE.test(trimmed);
  return isUsable ? trimmed : undefined;
}

/** Completes relative links with the vendor's own origin. */
export function withFullLinks(status: TaskStatus, origin: string): TaskStatus {
  if (status.status !== 'succeeded') return status;
  const { videoUrl, lastFrameUrl } = status;
  return {
    ...status,
    videoUrl: onOrigin(videoUrl, origin),
    ...(lastFrameUrl === undefined ? {} : { lastFrameUrl: onOrigin(lastFrameUrl, origin) }),
  };
}

/** Completes a relative link. An absolute link stays unchanged, because a signature may cover its spelling. */
function onOrigin(link: string, origin: string): string {
  return /^https?:/i.test(link) ? link : new URL(link, origin).href;
}
