/**
 * Re-encodes finished videos that cannot be posted as they are. Runs as its own stage: an encoding uses
 * all processors for minutes, so only a few run at once, shared fairly between servers, and they occupy
 * no delivery slot.
 */
import { MINUTE, type Clock } from '../../clock.ts';
import { JobWorker } from '../../jobs/job-worker.ts';
import type { JobStore } from '../../jobs/record/job-store.ts';
import type { Job, JobEncoding, JobVideo, WantedEncoding } from '../../jobs/record/job.ts';
import type { Transition } from '../../jobs/record/transition.ts';
import type { Logger } from '../../logger.ts';
import type { VideoFitter } from '../../media/ffmpeg/fit-video.ts';
import { FfmpegError } from '../../media/ffmpeg/run-ffmpeg.ts';
import { DiskFullError } from '../../media/files/disk.ts';
import type { FileStore } from '../../media/files/file-store.ts';
import type { Leases } from '../../storage/leases/leases.ts';
import { encodingTarget } from './choose-encoding.ts';

/** How long a process without ffmpeg leaves an encoding to a process that has it. */
const ELSEWHERE_MS = 5 * MINUTE;

export interface EncoderDependencies {
  store: JobStore;
  leases: Leases;
  files: Pick<FileStore, 'stat' | 'path'>;
  fitter: Pick<VideoFitter, 'fit' | 'concurrency' | 'isAvailable'>;
  transition: Transition;
  clock: Clock;
  logger: Logger;
}

export function createEncoder(dependencies: EncoderDependencies): JobWorker {
  const { store, leases, files, fitter, transition, clock, logger } = dependencies;
  let isInstalled = false;
  return new JobWorker({
    name: 'encode',
    concurrency: fitter.concurrency,
    async find(limit) {
      const jobs = await store.toEncode(limit);
      if (jobs.length > 0) isInstalled = await fitter.isAvailable();
      return jobs;
    },
    waitMs: ({ wantedEncoding }, nowMs) =>
      isInstalled ? 0 : (wantedEncoding?.sinceMs ?? 0) + ELSEWHERE_MS - nowMs,
    holderOf: ({ guildId }) => guildId,
    leases,
    lease: 'encode',
    isCurrent: async (job) => store.isNewest(job),
    async step(job, signal) {
      const { wantedEncoding: wanted, video } = job;
      if (wanted === undefined || video === undefined) return;
      if ((await files.stat(video.file)) === undefined) {
        await transition(job, { type: 'video-gone' });
        return;
      }
      const made = await encode(job, { wanted, video, signal }, dependencies);
      const { kind, maxBytes } = wanted;
      const encoding = { kind, maxBytes, endedAtMs: clock.now(), ...(made && { made }) };
      await transition(job, { type: 'encoded', encoding });
    },
    clock,
    logger,
  });
}

interface Encode {
  wanted: WantedEncoding;
  video: JobVideo;
  signal: AbortSignal;
}

/**
 * Makes the encoding, or reuses a file that an earlier process made but did not record before it stopped.
 *
 * @returns undefined when there is no file that can be posted
 * @throws the signal's reason
 */
async function encode(
  job: Job,
  { wanted, video, signal }: Encode,
  { files, fitter, logger }: EncoderDependencies,
): Promise<JobEncoding['made']> {
  const { kind, maxBytes } = wanted;
  const file = `videos/${job.id}-${kind === 'sound' ? 'aac-' : ''}at-most-${maxBytes}.mp4`;
  const target = encodingTarget(video, maxBytes);
  if (target === undefined) return undefined;
  try {
    const earlier = await files.stat(file);
    if (earlier !== undefined) return { file, bytes: earlier.byteLength };
    const options = { ...target, keepsPictures: kind === 'sound', signal };
    const outcome = await fitter.fit(files.path(video.file), files.path(file), options);
    return outcome === 'cannot-fit' ? undefined : { file, bytes: outcome.bytes };
  } catch (error) {
    signal.throwIfAborted();
    // A member is waiting, so every failure falls back to the link.
    const isExpected = error instanceof FfmpegError || error instanceof DiskFullError;
    logger[isExpected ? 'warn' : 'error'](
      { err: error, jobId: job.id, kind },
      'video not re-encoded; posting the original or a link instead',
    );
    return undefined;
  }
}
