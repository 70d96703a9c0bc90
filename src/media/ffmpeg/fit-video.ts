/**
 * Re-encodes videos that are too large to upload, or in a format that not all Discord clients play
 * (H.264 with 8 bits and AAC work everywhere). Uses ffmpeg if installed, with limits on time, memory and
 * concurrency.
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

/** 30 s at 1080p took 17 s on two shared cores (measured); a busy small machine may need far longer. */
const FIT_TIMEOUT_MS = 5 * MINUTE;
const MAX_ENCODINGS_AT_ONCE = 4;
const QUESTION_TIMEOUT_MS = 10 * SECOND;
/** Baseline, main, extended and high, by `profile_idc`. */
const PLAYED_H264_PROFILES: ReadonlySet<number> = new Set([66, 77, 88, 100]);

export interface FitOptions extends FitTarget {
  /** Whether the pictures are copied unchanged and only the sound is re-encoded. */
  readonly keepsPictures?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface VideoFitter {
  /** How many videos are encoded at the same time. */
  readonly concurrency: number;
  /** Returns whether ffmpeg and the required encoders are installed. Checked once; never throws. */
  isAvailable(): Promise<boolean>;
  /**
   * Re-encodes a video to at most `maxBytes`, waiting for a free slot. Leaves the complete file at
   * `outputPath`, whose folder must exist, or nothing. Both paths must be absolute and chosen by the
   * program.
   *
   * @returns `cannot-fit` when the quality would be too low at that size; mostly known before any work
   * @throws the signal's reason; FfmpegError, whose `failure` is `missing`, `timeout` or `failed`
   */
  fit(
    inputPath: string,
    outputPath: string,
    options: FitOptions,
  ): Promise<FittedVideo | 'cannot-fit'>;
}

export interface VideoFitterDependencies {
  /** A program name in the usual folders, or an absolute path. */
  readonly ffmpegPath?: string | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
  /** How many videos are encoded at the same time; others wait. */
  readonly concurrency?: number | undefined;
  /** Per video, without the wait for a slot; then ffmpeg is killed. */
  readonly timeoutMs?: number | undefined;
}

/** Returns how many encodings a machine can run while the bot stays responsive; each uses two processors. */
export function encodingsAtOnce(processors: number): number {
  return Math.min(MAX_ENCODINGS_AT_ONCE, Math.max(1, Math.floor(processors / 4)));
}

/** Returns whether some Discord clients cannot play the pictures: H.265, 10 bits, other codecs. */
export function needsReencoding({
  codec,
  profile,
  bitDepth,
}: Pick<VideoFacts, 'codec' | 'profile' | 'bitDepth'>): boolean {
  const isPlayedProfile = profile === undefined || PLAYED_H264_PROFILES.has(profile);
  return codec !== 'avc1' || !isPlayedProfile || (bitDepth ?? 8) > 8;
}

/** Returns whether the sound is silent on iPhones. */
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
    // A unique name with the suffix that the sweep removes after a crash.
    const partPath = `${outputPath}.${nanoid()}${PART_SUFFIX}`;
    try {
      const job = { ffmpegPath, inputPath, partPath, target, signal, logger };
      const fitted = await (keepsPictures ? replaceSound(job) : encode(job));
      if (fitted === 'cannot-fit') return fitted;
      await moveIntoPlace(partPath, outputPath);
      logger.info({ ...fitted, tookMs: clock.now() - startedAtMs }, 'video re-encoded');
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

/** Runs `work` with a signal that aborts after the timeout or with `signal`. Leaves no timer behind. */
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
