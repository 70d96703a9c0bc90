/**
 * The displayed queue position. Large positions are rounded up, so that the end of one job updates at
 * most about 20 messages instead of every waiting job's. Pure.
 */

/** Larger positions are rounded up to a multiple of `step`. */
const EXACT_UP_TO = 10;
const STEPS = [
  { most: 50, step: 10 },
  { most: 500, step: 50 },
  { most: Number.POSITIVE_INFINITY, step: 500 },
] as const;

/** @param position from 1 */
export function shownPosition(position: number): number {
  if (position <= EXACT_UP_TO) return position;
  const { step } = STEPS.find(({ most }) => position <= most) ?? STEPS[2];
  return Math.ceil(position / step) * step;
}

/** Returns whether a shown position is exact rather than "about". */
export function isExactPosition(shown: number): boolean {
  return shown <= EXACT_UP_TO;
}
