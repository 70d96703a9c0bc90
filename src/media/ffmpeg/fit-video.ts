/**
 * Makes a video fit: small enough for an upload, and in the coding that Discord plays everywhere
 * (H.264 in 8 bits, AAC). Done by ffmpeg where it is installed, bounded in time, memory and number.
 */
import { rm } from 'node:fs/promises';
import { isAbsolute } from 'node:path';

import { nanoid } from 'nanoid';

import { MINUTE, SECOND, type Clock } from '../../clock.ts';
import { UntrustedContentError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { Semaphore } from '../../semaphore.ts';
import { moveIntoPlace, PART_SUFFIX } from '../files/disk.ts';
import type { VideoFacts } from '../formats/probe-video.ts';
import { isPlayedSound } from '../formats/sound-coding.ts';
import { planEncoding, type FitTarget } from './encode-plan.ts';
import { encode, replaceSound, type FittedVideo } from './encode.ts';
import { FfmpegError, runFfmpeg } from './run-ffmpeg.ts';

/** 30 s at 1080p took 17 s on two shared cores (measured); a loaded small machine may need far more. */
const FIT_TIMEOUT_MS = 5 * MINUTE;
const MAX_ENCODINGS_AT_ONCE = 4;
const QUESTION_TIMEOUT_MS = 10 * SECOND;
/** Baseline, main, extended and high, by `profile_idc`. */
const PLAYED_H264_PROFILES: ReadonlySet<number> = new Set([66, 77, 88, 100]);

export interface FitOptions extends FitTarget {
  /** Whether the pictures are copied as they are, and only the sound is re-encoded. */
  readonly keepsPictures?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface VideoFitter {
  /** How many videos are encoded at the same time. */
  readonly concurrency: number;
  /** Whether ffmpeg is installed with the encoders that are needed; found out once. Never throws. */
  isAvailable(): Promise<boolean>;
  /**
   * Re-encodes a video in its turn, so that it has at most `maxBytes`. Leaves the whole new file at
   * `outputPath`, whose folder exists, or nothing. Both paths are absolute and ours.
   *
   * @returns `cannot-fit` when it would look too bad at that size; mostly known before any work
   * @throws the signal's reason; FfmpegError, whose `failure` is `missing`, `timeout` or `failed`
   */
  fit(
    inputPath: string,
    outputPath: string,
    options: FitOptions,
  ): Promise<FittedVideo | 'cannot-fit'>;
}

export interface VideoFitterDependencies {
  /** A name to be found in the usual folders for programs, or an absolute path. */
  readonly ffmpegPath?: string | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
  /** How many videos are encoded at the same time; the others wait. */
  readonly concurrency?: number | undefined;
  /** For one video, not counting its wait; after it ffmpeg is killed. */
  readonly timeoutMs?: number | undefined;
}

/** How many encodings a machine takes beside a bot that still answers: each of them uses two processors. */
export function encodingsAtOnce(processors: number): number {
  return Math.min(MAX_ENCODINGS_AT_ONCE, Math.max(1, Math.floor(processors / 4)));
}

/** Whether some of Discord's clients would not play it: H.265, 10 bits, another coding. */
export function needsReencoding({
  codec,
  profile,
  bitDepth,
}: Pick<VideoFacts, 'codec' | 'profile' | 'bitDepth'>): boolean {
  const isPlayedProfile = profile === undefined || PLAYED_H264_PROFILES.has(profile);
  return codec !== 'avc1' || !isPlayedProfile || (bitDepth ?? 8) > 8;
}

/** Whether the sound of a video that is played otherwise is silent on iPhones. */
export function needsOtherSound({ sound }: Pick<VideoFacts, 'sound'>): boolean {
  return sound !== undefined && !isPlayedSound(sound);
}

export function createVideoFitter({
  ffmpegPath = 'ffmpeg',
  logger,
  clock,
  concurrency = 1,
  timeoutMs = FIT_TIMEOUT_MS,
}: VideoFitterDependencies): VideoFitter {
  const encodings = new Semaphore(concurrency);
  let available: Promise<boolean> | undefined;

  const fitNow = async (
    { inputPath, outputPath }: { inputPath: string; outputPath: string },
    { keepsPictures = false, ...target }: Omit<FitOptions, 'signal'>,
    signal: AbortSignal,
  ): Promise<FittedVideo | 'cannot-fit'> => {
    const startedAtMs = clock.now();
    // A name of its own, with the ending that is swept away should we die.
    const partPath = `${outputPath}.${nanoid()}${PART_SUFFIX}`;
    try {
      const job = { ffmpegPath, inputPath, partPath, target, signal, logger };
      const fitted = await (keepsPictures ? replaceSound(job) : encode(job));
      if (fitted === 'cannot-fit') return fitted;
      await moveIntoPlace(partPath, outputPath);
      logger.info({ ...fitted, tookMs: clock.now() - startedAtMs }, 'a video was made to fit');
      return fitted;
    } finally {
      await rm(partPath, { force: true });
    }
  };

  return {
    concurrency,
    async isAvailable() {
      available ??= hasEncoders(ffmpegPath, clock);
      return available;
    },
    async fit(inputPath, outputPath, { signal = new AbortController().signal, ...target }) {
      if (!isAbsolute(inputPath) || !isAbsolute(outputPath)) {
        throw new UntrustedContentError('A video is fitted from and to absolute paths only');
      }
      const isPlanned = target.keepsPictures === true || planEncoding(target) !== 'cannot-fit';
      if (!isPlanned) return 'cannot-fit';
      return encodings.run(signal, async () =>
        inTime({ clock, timeoutMs, signal }, async (bounded) =>
          fitNow({ inputPath, outputPath }, target, bounded),
        ),
      );
    },
  };
}

async function hasEncoders(ffmpegPath: string, clock: Clock): Promise<boolean> {
  const limits = { clock, timeoutMs: QUESTION_TIMEOUT_MS, signal: new AbortController().signal };
  try {
    const list = await inTime(limits, async (signal) =>
      runFfmpeg(ffmpegPath, ['-loglevel', 'error', '-encoders'], signal),
    );
    return list.includes(' libx264 ') && list.includes(' aac ');
  } catch (error) {
    if (error instanceof FfmpegError) return false;
    throw error;
  }
}

/** Aborts what `work` is given when the time is over, or when `signal` does. Leaves no timer. */
async function inTime<T>(
  { clock, timeoutMs, signal }: { clock: Clock; timeoutMs: number; signal: AbortSignal },
  work: (bounded: AbortSignal) => Promise<T>,
): Promise<T> {
  const [late, done] = [new AbortController(), new AbortController()];
  const timer = clock.sleep(timeoutMs, done.signal).then(() => {
    if (!done.signal.aborted) late.abort(new FfmpegError('timeout', `after ${timeoutMs} ms`));
  });
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } finally {
    done.abort();
    await timer;
  }
}
