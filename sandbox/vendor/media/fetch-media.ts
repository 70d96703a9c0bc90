/** Fetches the files that a create call names by address: from this machine only. */
import { notValid } from '../errors.ts';

const FETCH_TIMEOUT_MS = 5_000;

/**
 * The hosts of pictures, videos and audio in the vendors' documentation. Accepted without fetching them:
 * the documented samples must work unchanged, and a sandbox should not call external hosts.
 */
const SAMPLE_HOSTS: ReadonlySet<string> = new Set([
  'ark-doc.tos-ap-southeast-1.bytepluses.com',
  'ark-project.tos-cn-beijing.volces.com',
  'example.com',
]);

export function isSample(url: string): boolean {
  return SAMPLE_HOSTS.has(URL.parse(url)?.host ?? '');
}

/** Documented samples, and files in the vendor’s own library. */
export function isTakenAtItsWord(url: string): boolean {
  return isSample(url) || url.startsWith('asset://');
}

/** @throws ArkRefusal, at once and not inside the task, as measured. */
export async function fetchMedia(url: string, param: string): Promise<Buffer> {
  const failed = notValid(param, 'resource download failed');
  if (URL.parse(url)?.hostname !== '127.0.0.1') throw failed;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (!response.ok) throw failed;
    return Buffer.from(await response.arrayBuffer());
  } catch {
    throw failed;
  }
}
