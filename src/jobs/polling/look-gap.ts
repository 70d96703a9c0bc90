/** How long a task may go unseen. Pure. */
import type { Tier } from '../../catalogue/request.ts';
import { MINUTE, SECOND } from '../../clock.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import type { OpenTask } from '../record/vendor-tasks.ts';

/** Around the expected end, looks come this often instead. */
const DUE_LOOK_MS = SECOND;
const DUE_BEFORE_MS = 5 * SECOND;
const DUE_AFTER_MS = 20 * SECOND;
const BY_ID_LATER_AFTER_MS = 5 * MINUTE;

/**
 * The longest gap between looks at a task: shorter, where looks are cheap, around the time it is
 * expected to end.
 */
export function gapMs(
  { cadence, checkMany }: Pick<Vendor, 'cadence' | 'checkMany'>,
  task: Pick<OpenTask, 'submittedAtMs' | 'expectedAtMs'> & { readonly tier?: Tier | undefined },
  nowMs: number,
): number {
  const economyMs = task.tier === 'flex' ? cadence.economyMs : undefined;
  if (checkMany === undefined) {
    const isLong = nowMs - task.submittedAtMs > BY_ID_LATER_AFTER_MS;
    return economyMs ?? (isLong ? cadence.byIdLaterMs : cadence.byIdMs);
  }
  const usualMs = economyMs ?? cadence.byListMs;
  const { expectedAtMs } = task;
  const isAboutDue =
    expectedAtMs !== undefined &&
    nowMs >= expectedAtMs - DUE_BEFORE_MS &&
    nowMs <= expectedAtMs + DUE_AFTER_MS;
  return isAboutDue ? Math.min(DUE_LOOK_MS, usualMs) : usualMs;
}
