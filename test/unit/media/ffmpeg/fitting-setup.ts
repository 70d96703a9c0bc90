/** A video fitter with a scripted program in place of ffmpeg. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { systemClock } from '#src/clock.ts';
import { createLogger } from '#src/logger.ts';
import {
  createVideoFitter,
  type FitOptions,
  type VideoFitter,
  type VideoFitterDependencies,
} from '#src/media/ffmpeg/fit-video.ts';
import { FfmpegError, type FfmpegFailure } from '#src/media/ffmpeg/run-ffmpeg.ts';

import { temporaryFolder } from '../../../fakes/temporary-folder.ts';
import { fakeFfmpeg, putVideo, type FakeFfmpeg } from './fake-ffmpeg.ts';

export const HANG = 'echo half > "$out"; exec sleep 1000';
export const GIVE_VIDEO = 'cp "$folder/made.mp4" "$out"';
const MAX_BYTES = 1_000_000;
export const VIDEO = { maxBytes: MAX_BYTES, seconds: 5, width: 1280, height: 720, hasAudio: true };

export interface FittingSetup extends AsyncDisposable {
  readonly ffmpeg: FakeFfmpeg;
  readonly fitter: VideoFitter;
  /** The folder of the program’s own files. */
  readonly folder: string;
  /** All log lines. */
  readonly logged: string[];
  fit(options?: Partial<FitOptions>): ReturnType<VideoFitter['fit']>;
  /** Returns the files in the folder for results. */
  results(): Promise<string[]>;
}

/** A fitter with a scripted program, which finds `made.mp4` in its folder. */
export async function fitterWith(
  body: string,
  dependencies: Partial<VideoFitterDependencies> = {},
): Promise<FittingSetup> {
  const folder = await temporaryFolder();
  const ffmpeg = await fakeFfmpeg(folder.path, body);
  await putVideo(folder.path, 'made.mp4', { width: 1280, height: 720, seconds: 5 });
  await putVideo(folder.path, 'input.mp4', { width: 1280, height: 720, seconds: 5 });
  const inputPath = join(folder.path, 'input.mp4');
  const outputs = join(folder.path, 'videos');
  await mkdir(outputs);
  const logged: string[] = [];
  const logger = createLogger('debug', { write: (line) => void logged.push(line) });
  const fitter = createVideoFitter({
    ffmpegPath: ffmpeg.path,
    logger,
    clock: systemClock,
    ...dependencies,
  });
  const outputPath = join(outputs, 'job.mp4');
  return {
    ffmpeg,
    fitter,
    folder: folder.path,
    logged,
    fit: async (options = {}) => fitter.fit(inputPath, outputPath, { ...VIDEO, ...options }),
    results: async () => readdir(outputs),
    [Symbol.asyncDispose]: async () => folder[Symbol.asyncDispose](),
  };
}

export async function failureOf(work: Promise<unknown>): Promise<FfmpegFailure | 'none'> {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (error instanceof FfmpegError) return error.failure;
    throw error;
  }
}
