/** External hosts in memory: pictures by their address, and one clip for every video. */
import { copyFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import type { SafeFetch } from '#src/media/download/safe-fetch.ts';

const CLIP = fileURLToPath(new URL('../../sandbox/vendor/clip.mp4', import.meta.url));

/** What the external hosts serve, and what they fail with. */
export interface Outside {
  readonly pictures: Map<string, Uint8Array>;
  readonly downloads: string[];
  /** Each fails one download of a video, in order. */
  readonly downloadFailures: Error[];
  /** Whether the download of an address never gets a response. */
  hangs?: (url: string) => boolean;
}

/** Never resolves; rejects when `signal` aborts. */
async function aborted(signal: AbortSignal | undefined): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal?.addEventListener('abort', () => reject(new Error('The download was stopped')), {
    once: true,
  });
  return promise;
}

/** @param death after it, no call gets a response */
export function fakeFetch(outside: Outside, death: AbortSignal): SafeFetch {
  const notUsed = async (): Promise<never> => {
    throw new Error('nobody in this room asks for this');
  };
  return {
    async downloadToFile(url, path, { signal }) {
      if (death.aborted) await new Promise(() => undefined);
      outside.downloads.push(url);
      if (outside.hangs?.(url) === true) await aborted(signal);
      const failure = outside.downloadFailures.shift();
      if (failure !== undefined) throw failure;
      const picture = outside.pictures.get(url);
      if (picture !== undefined) {
        await writeFile(path, picture);
        return { byteLength: picture.byteLength, contentType: 'image/png' };
      }
      await copyFile(CLIP, path);
      return { byteLength: 1000, contentType: 'video/mp4' };
    },
    safeFetch: notUsed,
    close: async () => undefined,
  };
}
