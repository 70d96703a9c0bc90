/** When a video may be expected, from this bot's own history. Never an invented figure. */
import type { Job } from '../record/job.ts';
import { lastSubmission } from '../record/job.ts';

/** Fewer finished videos than this say nothing. */
const LEAST_SAMPLES = 3;

/**
 * The median time from submission to the vendor's success among like jobs (same resolution and
 * length), else among all given ones, in milliseconds.
 *
 * @param history finished jobs of the same model and vendor, newest first
 * @returns undefined while there are too few to tell
 */
export function expectedRenderMs(
  job: Pick<Job, 'request'>,
  history: readonly Job[],
): number | undefined {
  const alike = history.filter((past) => isAlike(past.request, job.request)).flatMap(renderMs);
  const samples = alike.length >= LEAST_SAMPLES ? alike : history.flatMap(renderMs);
  if (samples.length < LEAST_SAMPLES) return undefined;
  const sorted = samples.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

function isAlike(one: Job['request'], other: Job['request']): boolean {
  return (
    one.resolution === other.resolution &&
    JSON.stringify(one.length) === JSON.stringify(other.length)
  );
}

function renderMs(job: Job): number[] {
  const submittedAtMs = lastSubmission(job)?.submittedAtMs;
  if (submittedAtMs === undefined || job.result === undefined) return [];
  return [job.result.succeededAtMs - submittedAtMs];
}
