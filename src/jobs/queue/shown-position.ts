/**
 * The position in the queue that people see. Far back it is rounded up, so that a job that ends moves
 * some 20 messages at most, and not those of all who wait. Pure.
 */

/** Up to `most` it is exact; beyond, the position is rounded up to a multiple of `step`. */
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

/** Whether a shown position is exact, or says "about". */
export function isExactPosition(shown: number): boolean {
  return shown <= EXACT_UP_TO;
}
