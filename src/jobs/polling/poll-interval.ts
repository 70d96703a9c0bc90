/** Decides how often to check a task. Pure. */
import type { Tier } from '../../catalogue/request.ts';
import { MINUTE, SECOND } from '../../clock.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import type { OpenTask } from '../record/task-queries.ts';

/** The interval around the expected end of a task. */
const DUE_LOOK_MS = SECOND;
const DUE_BEFORE_MS = 5 * SECOND;
const DUE_AFTER_MS = 20 * SECOND;
/** Without a history: when a task is likely to end, measured from its submission. */
const UNKNOWN_DUE_FROM_MS = 10 * SECOND;
const UNKNOWN_DUE_UNTIL_MS = 2 * MINUTE;
const BY_ID_LATER_AFTER_MS = 5 * MINUTE;

/**
 * Returns the poll interval of a task. It is shorter around the expected end, where the vendor can
 * check many tasks in one request.
 */
export function pollIntervalMs(
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
  const isDue =
    task.expectedAtMs === undefined
      ? economyMs === undefined && mayBeDue(task, nowMs)
      : isAboutDue(task.expectedAtMs, nowMs);
  return isDue ? Math.min(DUE_LOOK_MS, usualMs) : usualMs;
}

function isAboutDue(expectedAtMs: number, nowMs: number): boolean {
  return nowMs >= expectedAtMs - DUE_BEFORE_MS && nowMs <= expectedAtMs + DUE_AFTER_MS;
}

function mayBeDue({ submittedAtMs }: Pick<OpenTask, 'submittedAtMs'>, nowMs: number): boolean {
  const ageMs = nowMs - submittedAtMs;
  return ageMs >= UNKNOWN_DUE_FROM_MS && ageMs <= UNKNOWN_DUE_UNTIL_MS;
}
