/**
 * `succeeded` without a file: copies the finished video to our own disk at once, since the vendor's
 * link dies within 24 hours and after 100 downloads (BytePlus ModelArk, video generation tutorial).
 */
import { backoffMs, type BackoffPolicy } from '../backoff.ts';
import { MINUTE, SECOND, type Clock } from '../clock.ts';
import { UntrustedContentError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { DownloadError } from '../media/download/download-error.ts';
import { UnexpectedContentError } from '../media/download/downloads.ts';
import { createHostReport } from '../media/download/host-report.ts';
import type { SafeFetch } from '../media/download/safe-fetch.ts';
import { isWebAddress, RefusedAddressError } from '../media/download/url-rules.ts';
import { needsOtherSound, needsReencoding } from '../media/ffmpeg/fit-video.ts';
import { DiskFullError } from '../media/files/disk.ts';
import type { NewFile, StoredFiles } from '../media/files/stored-files.ts';
import { probeVideo, type VideoFacts } from '../media/formats/probe-video.ts';
import { MAX_IMAGE_BYTES } from '../media/inspection/inspect-image.ts';
import { LINK_LIFE_MS } from '../vendors/result-link.ts';
import { RetryDelay } from './job-worker.ts';
import type { FinalPrice, Job, JobVideo } from './record/job.ts';
import type { Transition } from './record/transition.ts';

/** Far above what any model makes (about 60 MB for 12 s at 1080p); a bound, not an expectation. */
const MAX_VIDEO_BYTES = 1024 * 1024 * 1024;
const LAST_FRAME_TIMEOUT_MS = MINUTE;
const DOWNLOAD_TIMEOUT_MS = 10 * MINUTE;
/** A file that is no video, or cannot be read as one: believed only when it came again and again. */
const BELIEVED = { afterMs: 5 * MINUTE, afterTries: 5 } as const;
/** The card says so once the video has been ready for this long. */
const DELAYED_AFTER_MS = MINUTE;
/** While the link is not opened at all, waiting costs none of its downloads. */
const BLOCKED: BackoffPolicy = { firstMs: SECOND, maxMs: 5 * MINUTE };
/** Requests of one step: several at first, for a connection that breaks; then few, see DOWNLOAD_AGAIN. */
const TRIES = { first: 5, later: 2, laterAfter: 4 } as const;
/** A job that another process ends is never forgotten otherwise. */
const MAX_REMEMBERED = 10_000;

export interface CollectorDependencies {
  safeFetch: SafeFetch;
  storedFiles: Pick<StoredFiles, 'keep'>;
  transition: Transition;
  /** What the buttons under a draft will cost; undefined for other jobs. */
  finalsOf: (job: Job) => readonly FinalPrice[] | undefined;
  clock: Clock;
  logger: Logger;
}

/** When the vendor's link stops working. */
export function linkDiesAtMs(job: Job): number {
  return (job.result?.succeededAtMs ?? 0) + LINK_LIFE_MS;
}

export type CollectVideo = (job: Job, signal: AbortSignal) => Promise<void>;

/** What this process has met so far, by job. Lost with it: then counting starts again. */
interface Attempts {
  readonly failures: number;
  /** How often a file came that is no video, and since when. */
  readonly unwanted: number;
  readonly unwantedSinceMs: number;
}

/**
 * The step for a succeeded job whose video is not on disk. A reason that may pass, here or at the
 * vendor, is thrown, for the step to be tried again; the job is given up when its link has died, or
 * for what cannot pass.
 *
 * @throws DownloadError, UntrustedContentError; RetryDelay when the link was not opened
 */
export function createCollector(dependencies: CollectorDependencies): CollectVideo {
  const { transition, clock, logger } = dependencies;
  const reportHost = createHostReport(clock, logger);
  const attemptsOf = new Map<string, Attempts>();

  function noteFailure(jobId: string, error: unknown): Attempts {
    const nowMs = clock.now();
    const before = attemptsOf.get(jobId);
    const isUnwanted = isOtherFile(error);
    const unwantedBefore = before?.unwanted ?? 0;
    // A first sight that is yet to come: the clock was set back, and is not waited for.
    const sinceMs =
      unwantedBefore === 0 ? nowMs : Math.min(before?.unwantedSinceMs ?? nowMs, nowMs);
    const attempts = {
      failures: (before?.failures ?? 0) + 1,
      unwanted: unwantedBefore + (isUnwanted ? 1 : 0),
      unwantedSinceMs: sinceMs,
    };
    attemptsOf.set(jobId, attempts);
    const [oldest] = attemptsOf.keys();
    if (attemptsOf.size > MAX_REMEMBERED && oldest !== undefined) attemptsOf.delete(oldest);
    return attempts;
  }

  async function giveUp(job: Job, error: Error | undefined, why: string): Promise<void> {
    attemptsOf.delete(job.id);
    logger.error({ err: error, jobId: job.id }, why);
    await transition(job, { type: 'video-lost' });
  }

  return async (job, signal) => {
    const { result } = job;
    if (result === undefined || clock.now() > linkDiesAtMs(job)) {
      return giveUp(job, undefined, 'the link of a finished video died before it could be copied');
    }
    const { videoUrl: url, succeededAtMs } = result;
    if (!isWebAddress(url)) {
      return giveUp(job, undefined, 'the link of a finished video is not a web address');
    }
    const failures = attemptsOf.get(job.id)?.failures ?? 0;
    try {
      const video = await collect(job, url, { ...dependencies, signal, failures });
      attemptsOf.delete(job.id);
      const finals = dependencies.finalsOf(job);
      await transition(job, { type: 'video-stored', video, finals });
    } catch (error) {
      signal.throwIfAborted();
      const attempts = noteFailure(job.id, error);
      if (isOtherFile(error) && isBelieved(attempts, clock.now())) {
        return giveUp(job, error, 'the vendor gave something that is not a video');
      }
      // A full disk says so itself.
      if (!(error instanceof DiskFullError)) reportHost({ error, url, jobId: job.id });
      if (clock.now() - succeededAtMs > DELAYED_AFTER_MS) {
        await transition(job, { type: 'fetch-delayed' });
      }
      if (!isLinkUnopened(error)) throw error;
      const waitMs = backoffMs(BLOCKED, attempts.failures);
      throw new RetryDelay(waitMs, 'a finished video cannot be fetched yet', { cause: error });
    }
  };
}

/** Neither a page that may go away nor an address that may be allowed: content that stays what it is. */
function isOtherFile(error: unknown): error is UntrustedContentError {
  if (error instanceof UnexpectedContentError) return error.mimeType !== undefined;
  return error instanceof UntrustedContentError && !(error instanceof RefusedAddressError);
}

function isBelieved({ unwanted, unwantedSinceMs }: Attempts, nowMs: number): boolean {
  return unwanted >= BELIEVED.afterTries && nowMs - unwantedSinceMs >= BELIEVED.afterMs;
}

/** Whether the failure used up none of the link's downloads: a rule, the network, or the disk is in the way. */
function isLinkUnopened(error: unknown): boolean {
  if (error instanceof DownloadError) return !error.wasAnswered;
  return error instanceof RefusedAddressError || error instanceof DiskFullError;
}

async function collect(
  job: Job,
  videoUrl: string,
  {
    signal,
    failures,
    ...dependencies
  }: CollectorDependencies & { signal: AbortSignal; failures: number },
): Promise<JobVideo> {
  const { storedFiles, safeFetch } = dependencies;
  const kept = await storedFiles.keep(newFile(job, '.mp4'), async (path) => {
    const { byteLength } = await safeFetch.downloadToFile(videoUrl, path, {
      kind: 'result',
      maxBytes: MAX_VIDEO_BYTES,
      timeoutMs: DOWNLOAD_TIMEOUT_MS,
      expect: 'mp4',
      tries: failures < TRIES.laterAfter ? TRIES.first : TRIES.later,
      signal,
    });
    return { bytes: byteLength, ...knownFacts(await probeVideo(path)) };
  });
  return {
    file: kept.name,
    ...kept.facts,
    ...(await keepLastFrame(job, signal, dependencies)),
  };
}

/** The picture is kept beside the video. A video without it is whole all the same. */
async function keepLastFrame(
  job: Job,
  signal: AbortSignal,
  { safeFetch, storedFiles, logger }: CollectorDependencies,
): Promise<{ lastFrameFile?: string }> {
  const url = job.result?.lastFrameUrl;
  if (url === undefined) return {};
  try {
    const { name } = await storedFiles.keep(newFile(job, '.png'), async (path) =>
      safeFetch.downloadToFile(url, path, {
        kind: 'result',
        maxBytes: MAX_IMAGE_BYTES,
        timeoutMs: LAST_FRAME_TIMEOUT_MS,
        tries: 1,
        signal,
      }),
    );
    return { lastFrameFile: name };
  } catch (error) {
    signal.throwIfAborted();
    logger.warn({ err: error, jobId: job.id }, 'the last frame of a video could not be kept');
    return {};
  }
}

/** What was paid for is kept, however much the server has. */
function newFile({ id: jobId, guildId }: Job, ending: string): NewFile {
  return { jobId, guildId, folder: 'videos', ending, isRefusable: false };
}

/** Without what the file does not say: a size of 0, no length. */
function knownFacts(facts: VideoFacts): Omit<JobVideo, 'file' | 'bytes'> {
  const { width, height, seconds, hasAudio } = facts;
  return {
    ...(width > 0 && height > 0 ? { width, height } : {}),
    ...(seconds === undefined ? {} : { seconds }),
    hasAudio,
    needsReencoding: needsReencoding(facts),
    needsOtherSound: needsOtherSound(facts),
  };
}
