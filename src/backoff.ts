/** Exponential backoff: doubles from `firstMs` up to `maxMs`, with jitter. */
export interface BackoffPolicy {
  firstMs: number;
  maxMs: number;
}

/**
 * Returns the delay before try number `attempt` + 1. The jitter is between 50 % and 100 % of the doubled
 * delay, so that jobs that failed together are not retried together.
 *
 * @param attempt the number of failed tries so far, from 1
 * @param random a number in [0, 1)
 */
export function backoffMs(policy: BackoffPolicy, attempt: number, random = Math.random()): number {
  const doubled = policy.firstMs * 2 ** Math.min(attempt - 1, 30);
  const capped = Math.min(doubled, policy.maxMs);
  return Math.round(capped * (0.5 + random / 2));
}

/**
 * Returns the rest of a pause in milliseconds; 0 or less when it is over. More than the whole pause means
 * that the clock was set back, and counts as over.
 */
export function pauseLeftMs(
  { untilMs, waitMs }: { readonly untilMs: number; readonly waitMs: number },
  nowMs: number,
): number {
  const leftMs = untilMs - nowMs;
  // Floating-point rounding may make the rest slightly longer than the pause.
  return leftMs > waitMs + 1 ? 0 : leftMs;
}
