/**
 * Which file of a finished video goes up: as it came, re-encoded to fit where it is too large or of
 * a kind that Discord does not play, or none, and then a link is shown instead.
 */
import type { Job, JobVideo } from '../../jobs/record/job.ts';
import type { Logger } from '../../logger.ts';
import type { VideoFitter } from '../../media/ffmpeg/fit-video.ts';
import { FfmpegError } from '../../media/ffmpeg/run-ffmpeg.ts';
import { DiskFullError } from '../../media/files/disk.ts';
import type { FileStore } from '../../media/files/file-store.ts';
import type { UploadFile } from './messenger.ts';

export interface UploadFileDependencies {
  files: FileStore;
  fitter: VideoFitter;
  logger: Logger;
}

/** The plain name that the video has in Discord; it holds the job's id, by which its message is found again. */
export function videoFileName(job: Pick<Job, 'id'>): string {
  return `seedance-${job.id}.mp4`;
}

/** Whether the video is still where it was put: a disk may be changed, or emptied by hand. */
export async function isOnDisk(
  { video }: Pick<Job, 'video'>,
  { files }: Pick<UploadFileDependencies, 'files'>,
): Promise<boolean> {
  return video !== undefined && (await files.stat(video.file)) !== undefined;
}

/** @returns undefined when no file of it fits `maxBytes` */
export async function uploadFile(
  job: Job,
  maxBytes: number,
  dependencies: UploadFileDependencies,
): Promise<UploadFile | undefined> {
  const { video } = job;
  if (video === undefined) return undefined;
  const fileName = videoFileName(job);
  const fitting = { job, video, maxBytes, ...dependencies };
  if (video.bytes > maxBytes || video.needsReencoding === true) {
    const made = await reencoded(fitting, { name: `at-most-${maxBytes}`, keepsPictures: false });
    return made && { ...made, fileName };
  }
  const asItCame = { path: dependencies.files.path(video.file), fileName, bytes: video.bytes };
  if (video.needsOtherSound !== true) return asItCame;
  const made = await reencoded(fitting, { name: `aac-at-most-${maxBytes}`, keepsPictures: true });
  return { ...asItCame, ...made };
}

interface Fitting extends UploadFileDependencies {
  job: Job;
  video: JobVideo;
  maxBytes: number;
}

/** Made once for a limit; a later try finds it on disk. */
async function reencoded(
  { job, video, maxBytes, files, fitter, logger }: Fitting,
  { name: suffix, keepsPictures }: { name: string; keepsPictures: boolean },
): Promise<Omit<UploadFile, 'fileName'> | undefined> {
  const { file, width, height, seconds, hasAudio = true } = video;
  const name = `videos/${job.id}-${suffix}.mp4`;
  const earlier = await files.stat(name);
  if (earlier !== undefined) return { path: files.path(name), bytes: earlier.byteLength };
  const isKnown = width !== undefined && height !== undefined && seconds !== undefined;
  if (!isKnown || !(await fitter.isAvailable())) return undefined;
  try {
    const target = { maxBytes, seconds, width, height, hasAudio, keepsPictures };
    const outcome = await fitter.fit(files.path(file), files.path(name), target);
    if (outcome === 'cannot-fit') return undefined;
    return { path: files.path(name), bytes: outcome.bytes };
  } catch (error) {
    if (!(error instanceof FfmpegError || error instanceof DiskFullError)) throw error;
    logger.warn(
      { err: error, jobId: job.id, keepsPictures },
      'a video could not be re-encoded; posting the original or a link instead',
    );
    return undefined;
  }
}
