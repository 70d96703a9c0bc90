/**
 * Copies the video of a `succeeded` job to our own disk at once. The vendor's link expires within 24
 * hours and after 100 downloads (BytePlus ModelArk, video generation tutorial).
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

/** An upper bound, far above what any model makes (about 60 MB for 12 s at 1080p). */
const MAX_VIDEO_BYTES = 1024 * 1024 * 1024;
const LAST_FRAME_TIMEOUT_MS = MINUTE;
const DOWNLOAD_TIMEOUT_MS = 10 * MINUTE;
/** A file that is not a readable video is accepted as the vendor's result only after repeated downloads. */
const BELIEVED = { afterMs: 5 * MINUTE, afterTries: 5 } as const;
/** The message reports a delay once the video has been ready for this long. */
const DELAYED_AFTER_MS = MINUTE;
/** Used while the link cannot be opened at all, which uses up none of its downloads. */
const BLOCKED: BackoffPolicy = { firstMs: SECOND, maxMs: 5 * MINUTE };
/** Requests per step: more at first, for broken connections, then fewer; see `DOWNLOAD_AGAIN`. */
const TRIES = { first: 5, later: 2, laterAfter: 4 } as const;
/** Bounds the map: a job that another process ends is not removed from it. */
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

/** Returns when the vendor's link stops working, in Unix milliseconds. */
export function linkDiesAtMs(job: Job): number {
  return (job.result?.succeededAtMs ?? 0) + LINK_LIFE_MS;
}

export type CollectVideo = (job: Job, signal: AbortSignal) => Promise<void>;

/** The failed attempts of one job in this process. Counting starts again after a restart. */
interface Attempts {
  readonly failures: number;
  /** How many downloads gave a file that is not a video. */
  readonly unwanted: number;
  readonly unwantedSinceMs: number;
}

/**
 * Creates the step for a succeeded job whose video is not on disk. A temporary failure is thrown, so
 * that the step is retried. The job ends without a video when the link has expired or the failure is
 * permanent.
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
    // A first failure in the future means that the clock was set back.
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
      return giveUp(job, undefined, 'finished video not copied before its link expired');
    }
    const { videoUrl: url, succeededAtMs } = result;
    if (!isWebAddress(url)) {
      return giveUp(job, undefined, 'finished video link is not a web address');
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
        return giveUp(job, error, 'vendor result is not a video');
      }
      // A full disk is reported where it is detected.
      if (!(error instanceof DiskFullError)) reportHost({ error, url, jobId: job.id });
      if (clock.now() - succeededAtMs > DELAYED_AFTER_MS) {
        await transition(job, { type: 'fetch-delayed' });
      }
      if (!isLinkUnopened(error)) throw error;
      const waitMs = backoffMs(BLOCKED, attempts.failures);
      throw new RetryDelay(waitMs, 'finished video cannot be fetched yet', { cause: error });
    }
  };
}

/** Whether the file itself is wrong: not a temporary error page, nor an address that may yet be allowed. */
function isOtherFile(error: unknown): error is UntrustedContentError {
  if (error instanceof UnexpectedContentError) return error.mimeType !== undefined;
  return error instanceof UntrustedContentError && !(error instanceof RefusedAddressError);
}

function isBelieved({ unwanted, unwantedSinceMs }: Attempts, nowMs: number): boolean {
  return unwanted >= BELIEVED.afterTries && nowMs - unwantedSinceMs >= BELIEVED.afterMs;
}

/** Whether a rule, the network or the disk failed before the link was opened, so that no download was used up. */
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

/** Stores the last frame beside the video. A failure is logged only: the video is complete without it. */
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
    logger.warn({ err: error, jobId: job.id }, 'last frame not stored');
    return {};
  }
}

/** Not refusable: a paid video is stored even when the server is over its storage limit. */
function newFile({ id: jobId, guildId }: Job, ending: string): NewFile {
  return { jobId, guildId, folder: 'videos', ending, isRefusable: false };
}

/** Leaves out facts that the file does not contain: a size of 0, an undefined length. */
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
