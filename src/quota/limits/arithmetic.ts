/**
 * The arithmetic of an account, as pure functions. Every step is a signed change of the remaining credits:
 *
 *   left = limit − used + extra
 *   limit + extra brought into the period + Σ changes in the period = left
 *
 * `used` counts what jobs accepted in the current period drew from the allowance; `extra` is
 * unspent grants, which do not expire. A hold draws from the allowance first and records both shares;
 * returned credits go to `extra` first.
 */

/** The limit of an account without a limit of its own. */
export const NO_LIMIT = Number.POSITIVE_INFINITY;

/** A larger amount is a typing error. Totals of such amounts remain exact integers. */
export const MAX_CREDITS = 1_000_000_000;

export interface AccountState {
  /** Whole credits per period, or `NO_LIMIT`. */
  readonly limit: number;
  readonly used: number;
  /** Negative when more was deducted than granted. */
  readonly extra: number;
}

/** Whole credits per pot: unsigned as the shares of a hold, signed as a change. */
export interface ByPot {
  readonly allowance: number;
  readonly extra: number;
}

/** @throws RangeError unless it is a whole number from 0 to `MAX_CREDITS` */
export function checkCredits(credits: number): number {
  if (Number.isInteger(credits) && credits >= 0 && credits <= MAX_CREDITS) return credits;
  throw new RangeError(`${credits} is not a whole number of credits from 0 to ${MAX_CREDITS}`);
}

/** Returns what is left; negative when the limit was set below what is already used. */
export function leftOf({ limit, used, extra }: AccountState): number {
  return limit - used + extra;
}

export function totalOf({ allowance, extra }: ByPot): number {
  return allowance + extra;
}

/**
 * Returns the shares that a hold draws.
 *
 * @throws RangeError when not enough is left; callers check first
 */
export function splitHold(account: AccountState, credits: number): ByPot {
  const left = leftOf(account);
  if (checkCredits(credits) > left) throw new RangeError(`${credits} of ${left} cannot be held`);
  const allowance = Math.min(credits, Math.max(0, account.limit - account.used));
  return { allowance, extra: credits - allowance };
}

export function holdChange(hold: ByPot): ByPot {
  return { allowance: 0 - hold.allowance, extra: 0 - hold.extra };
}

/** Returns what comes back when the job cost `cost`; nothing if that is the hold or more. */
export function settleChange(hold: ByPot, cost: number): ByPot {
  const returned = Math.max(0, totalOf(hold) - checkCredits(cost));
  const extra = Math.min(returned, hold.extra);
  return { allowance: returned - extra, extra };
}

export function grantChange(credits: number): ByPot {
  return { allowance: 0, extra: checkCredits(credits) };
}

export function deductChange(credits: number): ByPot {
  return { allowance: 0, extra: 0 - checkCredits(credits) };
}

/**
 * Returns the change that cancels what one ended job still counts for. After a reset of all ended jobs,
 * `used` is the open holds. Each job is reset separately, because a later change of the limit's period
 * or time zone must move the reset together with the job.
 *
 * @param changes the job's changes of the allowance so far
 */
export function resetChange(changes: readonly number[]): ByPot {
  const counted = changes.reduce((sum, change) => sum + change, 0);
  return { allowance: 0 - counted, extra: 0 };
}
