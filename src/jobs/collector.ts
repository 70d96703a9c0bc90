/**
 * `succeeded` without a file: copies the finished video to our own disk at once, since the vendor's
 * link dies within 24 hours and after 100 downloads (BytePlus ModelArk, video generation tutorial).
 */
import { DAY, MINUTE, type Clock } from '../clock.ts';
import { UntrustedContentError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { needsReencoding } from '../media/ffmpeg/fit-video.ts';
import type { FileStore } from '../media/files/file-store.ts';
import { probeVideo, type VideoFacts } from '../media/formats/probe-video.ts';
import { MAX_IMAGE_BYTES } from '../media/inspection/inspect-image.ts';
import { UnexpectedContentError } from '../media/outside/downloads.ts';
import type { FetchOutside } from '../media/outside/fetch-outside.ts';
import type { Job, JobVideo } from './record/job.ts';
import type { Transition } from './record/transition.ts';

/** Far above what any model makes (about 60 MB for 12 s at 1080p); a bound, not an expectation. */
const MAX_VIDEO_BYTES = 1024 * 1024 * 1024;
const LAST_FRAME_TIMEOUT_MS = MINUTE;
const DOWNLOAD_TIMEOUT_MS = 10 * MINUTE;
const LINK_LIVES_MS = DAY;
/** A page instead of a video may be one that a busy host shows for a moment: not believed before all of this. */
const BELIEVED = { afterMs: 5 * MINUTE, afterTries: 5 } as const;

export interface CollectorDependencies {
  fetchOutside: FetchOutside;
  files: FileStore;
  transition: Transition;
  clock: Clock;
  logger: Logger;
}

/** When the vendor's link stops working. */
export function linkDiesAtMs(job: Job): number {
  return (job.result?.succeededAtMs ?? 0) + LINK_LIVES_MS;
}

export type CollectVideo = (job: Job, signal: AbortSignal) => Promise<void>;

/** How often something else than a video came, and since when. */
interface Doubt {
  readonly tries: number;
  readonly sinceMs: number;
}

/**
 * The step for a succeeded job whose video is not on disk. It throws DownloadError when that could
 * not be fetched this time, UnexpectedContentError when something else came that may pass, and
 * DiskFullError when there is no room for it: try again.
 */
export function createCollector(dependencies: CollectorDependencies): CollectVideo {
  const { transition, clock, logger } = dependencies;
  /** By job. Lost with the process: then it is doubted anew, for as long as the link lives. */
  const doubts = new Map<string, Doubt>();

  function isBelieved(jobId: string): boolean {
    const nowMs = clock.now();
    const before = doubts.get(jobId) ?? { tries: 0, sinceMs: nowMs };
    // A first sight that is yet to come: the clock was set back, and is not waited for.
    const sinceMs = Math.min(before.sinceMs, nowMs);
    const tries = before.tries + 1;
    doubts.set(jobId, { tries, sinceMs });
    return tries >= BELIEVED.afterTries && nowMs - sinceMs >= BELIEVED.afterMs;
  }

  async function giveUp(job: Job, error: Error | undefined, why: string): Promise<void> {
    logger.error({ err: error, jobId: job.id }, why);
    await transition(job, { type: 'video-lost' });
  }

  return async (job, signal) => {
    if (job.result === undefined || clock.now() > linkDiesAtMs(job)) {
      doubts.delete(job.id);
      const why = 'the link of a finished video died before it could be copied';
      return giveUp(job, undefined, why);
    }
    try {
      const video = await collect(job, job.result.videoUrl, { ...dependencies, signal });
      doubts.delete(job.id);
      await transition(job, { type: 'video-stored', video });
    } catch (error) {
      if (!(error instanceof UntrustedContentError)) throw error;
      if (error instanceof UnexpectedContentError && !isBelieved(job.id)) throw error;
      await giveUp(job, error, 'the vendor gave something that is not a video');
      doubts.delete(job.id);
    }
  };
}

async function collect(
  job: Job,
  videoUrl: string,
  { signal, ...dependencies }: CollectorDependencies & { signal: AbortSignal },
): Promise<JobVideo> {
  const { files, fetchOutside } = dependencies;
  const file = `videos/${job.id}.mp4`;
  await files.ensureRoom();
  const { byteLength } = await fetchOutside.downloadToFile(videoUrl, files.path(file), {
    kind: 'result',
    maxBytes: MAX_VIDEO_BYTES,
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
    expect: 'mp4',
    signal,
  });
  const facts = await probeVideo(files.path(file));
  return {
    file,
    bytes: byteLength,
    ...knownFacts(facts),
    ...(await keepLastFrame(job, signal, dependencies)),
  };
}

/** The picture is kept beside the video. A video without it is whole all the same. */
async function keepLastFrame(
  job: Job,
  signal: AbortSignal,
  { fetchOutside, files, logger }: CollectorDependencies,
): Promise<{ lastFrameFile?: string }> {
  const url = job.result?.lastFrameUrl;
  if (url === undefined) return {};
  const lastFrameFile = `videos/${job.id}-last-frame.png`;
  try {
    const bytes = await fetchOutside.fetchBytes(url, {
      kind: 'result',
      maxBytes: MAX_IMAGE_BYTES,
      timeoutMs: LAST_FRAME_TIMEOUT_MS,
      signal,
    });
    await files.put(lastFrameFile, bytes);
    return { lastFrameFile };
  } catch (error) {
    signal.throwIfAborted();
    logger.warn({ err: error, jobId: job.id }, 'the last frame of a video could not be kept');
    return {};
  }
}

/** Without what the file does not say: a size of 0, no length. */
function knownFacts(facts: VideoFacts): Omit<JobVideo, 'file' | 'bytes'> {
  const { width, height, seconds, hasAudio } = facts;
  return {
    ...(width > 0 && height > 0 ? { width, height } : {}),
    ...(seconds === undefined ? {} : { seconds }),
    hasAudio,
    needsReencoding: needsReencoding(facts),
  };
}
