/** Estimates when a video is due from past render times. Without enough of them there is no estimate. */
import type { Job } from '../record/job.ts';
import { lengthKey, type RenderTime } from '../record/render-times.ts';

/** Minimum number of finished videos for an estimate. */
const LEAST_SAMPLES = 3;

/**
 * Returns the median time from submission to the vendor's success, in milliseconds, among videos of the
 * same resolution and length, else among all given ones.
 *
 * @param history of the same model and vendor, newest first
 * @returns undefined when there are too few
 */
export function expectedRenderMs(
  { resolution, length }: Pick<Job['request'], 'resolution' | 'length'>,
  history: readonly RenderTime[],
): number | undefined {
  const alike = history.filter(
    (past) => past.resolution === resolution && past.length === lengthKey(length),
  );
  const samples = alike.length >= LEAST_SAMPLES ? alike : history;
  if (samples.length < LEAST_SAMPLES) return undefined;
  const sorted = samples.map(({ tookMs }) => tookMs).toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}
