/** When a video may be expected, from this bot's own history. Never an invented figure. */
import type { Job } from '../record/job.ts';
import { lengthKey, type RenderTime } from '../record/render-times.ts';

/** Fewer finished videos than this say nothing. */
const LEAST_SAMPLES = 3;

/**
 * The median time from submission to the vendor's success among videos of the same resolution and
 * length, else among all given ones, in milliseconds.
 *
 * @param history of the same model and vendor, newest first
 * @returns undefined while there are too few to tell
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
