/** How long to wait before try number `attempt` + 1: doubling from `firstMs`, capped, with jitter. */
export interface BackoffPolicy {
  firstMs: number;
  maxMs: number;
}

/**
 * Full-range jitter over the upper half: between 50 % and 100 % of the doubled delay, so that jobs
 * that failed together do not come back together.
 *
 * @param attempt how many tries have failed so far, from 1
 * @param random a number in [0, 1)
 */
export function backoffMs(policy: BackoffPolicy, attempt: number, random = Math.random()): number {
  const doubled = policy.firstMs * 2 ** Math.min(attempt - 1, 30);
  const capped = Math.min(doubled, policy.maxMs);
  return Math.round(capped * (0.5 + random / 2));
}

/**
 * What is left of a pause, in milliseconds; 0 or less when it is over. None where more seems left than
 * there ever was: the clock was set back, and is not waited for.
 */
export function pauseLeftMs(
  { untilMs, waitMs }: { readonly untilMs: number; readonly waitMs: number },
  nowMs: number,
): number {
  const leftMs = untilMs - nowMs;
  // A sum of fractions of a millisecond is rounded, and may give back more than went into it.
  return leftMs > waitMs + 1 ? 0 : leftMs;
}
