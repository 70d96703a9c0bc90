/** Decides which re-encoding of a finished video can be posted, or has to be made first. Pure. */
import { MINUTE } from '../../clock.ts';
import { linkDiesAtMs } from '../../jobs/collector.ts';
import type { Job, JobEncoding, JobVideo, WantedEncoding } from '../../jobs/record/job.ts';
import { planEncoding, type FitTarget } from '../../media/ffmpeg/encode-plan.ts';

/** Bounds the encodings per video: each delivery route may have its own size limit, and limits change. */
const MAX_ENCODINGS = 6;
/**
 * Delay added per failed encoding before the next try. Applies once the link has expired and nothing else
 * can show the video.
 */
const RETRY_AFTER_MS = 10 * MINUTE;

export type EncodingChoice =
  | {
      readonly kind: 'made';
      readonly encoding: JobEncoding;
      readonly made: NonNullable<JobEncoding['made']>;
    }
  | { readonly kind: 'encoding-needed'; readonly wanted: WantedEncoding }
  /** No encoding can be posted. */
  | { readonly kind: 'none' };

/** @returns undefined when the original file can be posted */
export function neededKind(video: JobVideo, maxBytes: number): WantedEncoding['kind'] | undefined {
  if (video.bytes > maxBytes || video.needsReencoding === true) return 'whole';
  return video.needsOtherSound === true ? 'sound' : undefined;
}

/** @param wanted the kind and the maximum size */
export function chooseEncoding(job: Job, wanted: WantedEncoding, nowMs: number): EncodingChoice {
  const { video, encodings = [] } = job;
  const { kind, maxBytes } = wanted;
  const ofKind = encodings.filter((each) => each.kind === kind);
  const [best] = ofKind
    .flatMap((encoding) => (encoding.made === undefined ? [] : [{ encoding, made: encoding.made }]))
    .filter(({ made }) => made.bytes <= maxBytes)
    .toSorted((one, other) => other.made.bytes - one.made.bytes);
  if (best !== undefined) return { kind: 'made', ...best };
  if (encodings.length >= MAX_ENCODINGS || video === undefined) return { kind: 'none' };
  const target = encodingTarget(video, maxBytes);
  if (target === undefined) return { kind: 'none' };
  if (kind === 'whole' && planEncoding(target) === 'cannot-fit') return { kind: 'none' };
  const failed = ofKind.filter((each) => each.made === undefined && each.maxBytes === maxBytes);
  return isWorthwhile(job, failed, nowMs) ? { kind: 'encoding-needed', wanted } : { kind: 'none' };
}

/** Returns undefined when the file's dimensions or length are unknown. */
export function encodingTarget(video: JobVideo, maxBytes: number): FitTarget | undefined {
  const { width, height, seconds, hasAudio = true } = video;
  if (width === undefined || height === undefined || seconds === undefined) return undefined;
  return { maxBytes, seconds, width, height, hasAudio };
}

/** Returns whether to repeat a failed encoding: only once no link can replace the video. */
function isWorthwhile(job: Job, failed: readonly JobEncoding[], nowMs: number): boolean {
  const last = failed.at(-1);
  if (last === undefined) return true;
  const retryAtMs = last.endedAtMs + failed.length * RETRY_AFTER_MS;
  return nowMs >= linkDiesAtMs(job) && nowMs >= retryAtMs;
}
