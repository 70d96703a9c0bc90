/**
 * The arithmetic of an account, as pure functions. Every step is a signed change of what is left:
 *
 *   left = limit − used + extra
 *   limit + extra brought into the period + Σ changes in the period = left
 *
 * `used` counts what jobs accepted in the current period drew from the allowance; `extra` is
 * unspent grants, which do not expire. A hold draws the allowance first and remembers both shares;
 * whatever comes back goes to `extra` first.
 */

/** The limit of an account that has none of its own. */
export const NO_LIMIT = Number.POSITIVE_INFINITY;

/** A sum above this is a slip of the finger; every sum of sums stays an exact integer. */
export const MAX_CREDITS = 1_000_000_000;

export interface AccountState {
  /** Whole credits per period, or `NO_LIMIT`. */
  readonly limit: number;
  readonly used: number;
  /** Negative after more was taken than had been granted. */
  readonly extra: number;
}

/** Whole credits by the pot they belong to: unsigned as the shares of a hold, signed as a change. */
export interface ByPot {
  readonly allowance: number;
  readonly extra: number;
}

/** @throws RangeError unless it is a whole number from 0 to `MAX_CREDITS` */
export function checkCredits(credits: number): number {
  if (Number.isInteger(credits) && credits >= 0 && credits <= MAX_CREDITS) return credits;
  throw new RangeError(`${credits} is not a whole number of credits from 0 to ${MAX_CREDITS}`);
}

/** Negative when the limit was set below what is already used. */
export function leftOf({ limit, used, extra }: AccountState): number {
  return limit - used + extra;
}

export function totalOf({ allowance, extra }: ByPot): number {
  return allowance + extra;
}

/**
 * The shares a hold draws.
 *
 * @throws RangeError when that much is not left: whoever holds has asked first
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

/** What comes back when the job cost `cost`: nothing when that is the hold or more. */
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
 * Forgives one job that has ended what it still counts for, so that after all of them `used` is the
 * open holds. By job, because a later change of the limit's period or time zone must move the
 * forgiveness together with what it forgives.
 *
 * @param changes the changes of the allowance the job has made so far
 */
export function resetChange(changes: readonly number[]): ByPot {
  const counted = changes.reduce((sum, change) => sum + change, 0);
  return { allowance: 0 - counted, extra: 0 };
}
