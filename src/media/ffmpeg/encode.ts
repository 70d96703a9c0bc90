/** Encodes one video to fit a maximum size, into a temporary file. */
import { open, stat } from 'node:fs/promises';

import { UntrustedContentError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { probeVideo } from '../formats/probe-video.ts';
import { planEncoding, type EncodePlan, type FitTarget } from './encode-plan.ts';
import { labelArguments } from './generated-label.ts';
import { FfmpegError, runFfmpeg } from './run-ffmpeg.ts';

/** The bit rate ceiling normally suffices; further tries cover exceptions. */
const MAX_TRIES = 3;
const RETRY_SHARE = 0.95;
/** A result much shorter than the original has lost pictures. */
const LEAST_LENGTH_SHARE = 0.95;
const MAX_MISSING_SECONDS = 0.5;
/** A 4k picture has 25 MB; a file that needs far larger allocations is not one of our videos. */
const MAX_ALLOCATION_BYTES = 256 * 1024 * 1024;
const MAX_INPUT_PIXELS = 4096 * 4096;
const THREADS = '2';
/** x264's CRF: 18 is almost indistinguishable from the original, 23 is the default. */
const QUALITY = '20';
/** For AAC in stereo. */
const GOOD_AUDIO_BITS_PER_SECOND = 128_000;
/** Compared with `fast` and `medium`: a third of the time, and SSIM at most 0.003 lower (measured). */
const PRESET = 'veryfast';

export interface EncodeJob {
  readonly ffmpegPath: string;
  /** Absolute path of a stored file. */
  readonly inputPath: string;
  /** Absolute path of a file that does not exist yet. */
  readonly partPath: string;
  readonly target: FitTarget;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

export interface FittedVideo {
  readonly bytes: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** @throws the signal's reason; FfmpegError */
export async function encode(job: EncodeJob): Promise<FittedVideo | 'cannot-fit'> {
  const { maxBytes } = job.target;
  const label = await labelArguments(job.inputPath);
  let aimedBytes = maxBytes;
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const plan = planEncoding({ ...job.target, maxBytes: aimedBytes });
    if (plan === 'cannot-fit') return plan;
    const made = await run(job, [
      ...pictureArguments(plan),
      ...soundArguments(job, plan),
      ...label,
    ]);
    if (made !== 'too-large') return made;
    aimedBytes = Math.floor(
      aimedBytes * (maxBytes / (await stat(job.partPath)).size) * RETRY_SHARE,
    );
  }
  return 'cannot-fit';
}

/**
 * Re-encodes the sound and copies the pictures unchanged.
 *
 * @throws like `encode`
 */
export async function replaceSound(job: EncodeJob): Promise<FittedVideo | 'cannot-fit'> {
  const sound = soundArguments(job, { audioBitsPerSecond: GOOD_AUDIO_BITS_PER_SECOND });
  const label = await labelArguments(job.inputPath);
  const made = await run(job, ['-c:v', 'copy', ...sound, ...label]);
  return made === 'too-large' ? 'cannot-fit' : made;
}

/**
 * Runs ffmpeg. The input is always opened as a local MP4 or MOV file; otherwise a playlist could make
 * ffmpeg read other files and addresses.
 */
async function run(job: EncodeJob, coding: readonly string[]): Promise<FittedVideo | 'too-large'> {
  const { inputPath, partPath, target, logger } = job;
  const args = [
    ['-loglevel', 'error', '-nostats', '-y', '-max_alloc', MAX_ALLOCATION_BYTES.toString()],
    ['-threads', THREADS, '-max_pixels', MAX_INPUT_PIXELS.toString()],
    ['-protocol_whitelist', 'file', '-f', 'mov', '-i', `file:${inputPath}`],
    ['-map', '0:v:0', '-map_chapters', '-1', ...coding],
    ['-movflags', '+faststart+use_metadata_tags', '-f', 'mp4', `file:${partPath}`],
  ].flat();
  await runFfmpeg(job.ffmpegPath, args, job.signal);
  const { size: bytes } = await stat(partPath);
  if (bytes <= target.maxBytes) return { bytes, ...(await finishedSize(job)) };
  logger.warn({ bytes, maxBytes: target.maxBytes }, 'encoded video too large');
  return 'too-large';
}

function pictureArguments({ width, height, videoBitsPerSecond }: EncodePlan): string[] {
  const rate = videoBitsPerSecond.toString();
  return [
    ['-vf', `scale=${width}:${height}:flags=lanczos,setsar=1,format=yuv420p`],
    ['-c:v', 'libx264', '-preset', PRESET, '-profile:v', 'high', '-threads', THREADS],
    ['-crf', QUALITY, '-maxrate', rate, '-bufsize', rate],
  ].flat();
}

function soundArguments(
  { target }: EncodeJob,
  { audioBitsPerSecond }: Pick<EncodePlan, 'audioBitsPerSecond'>,
): string[] {
  if (!target.hasAudio) return [];
  return ['-map', '0:a:0?', '-c:a', 'aac', '-ac', '2', '-b:a', audioBitsPerSecond.toString()];
}

/** Checks that the result is complete, and syncs it to disk. */
async function finishedSize({ partPath, target }: EncodeJob) {
  const { width, height, seconds = 0 } = await probeMade(partPath);
  const leastSeconds = Math.min(
    target.seconds * LEAST_LENGTH_SHARE,
    target.seconds - MAX_MISSING_SECONDS,
  );
  if (seconds < leastSeconds) {
    throw new FfmpegError('failed', `made ${seconds} s out of ${target.seconds} s`);
  }
  await using file = await open(partPath, 'r+');
  await file.sync();
  return { width, height };
}

async function probeMade(path: string) {
  try {
    return await probeVideo(path);
  } catch (error) {
    if (!(error instanceof UntrustedContentError)) throw error;
    throw new FfmpegError('failed', 'what it made is not a video', { cause: error });
  }
}
