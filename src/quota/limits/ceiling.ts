/** The one check of an account's limit and grants against what the operator allows its server. Pure. */
import { UserError } from '../../errors.ts';
import { text } from '../../text/text.ts';
import type { Limit } from './limits.ts';

const DAYS_IN_LONGEST_MONTH = 31;

/** What decides how much an account can come to. Whole credits. */
export interface Reach {
  /** The server's own account, or a member's. */
  readonly of: 'server' | 'member';
  /** Undefined where a member shares the server's. */
  readonly limit: Pick<Limit, 'credits' | 'per'> | undefined;
  /** Unspent grants, and those that open holds have drawn: they may come back. Negative after deductions. */
  readonly extra: number;
}

/**
 * Returns what the limit and the grants come to at most: of a server in a month, for a limit per day
 * is had on each of its days; of a member in a period of their own, for the server's account bounds
 * all of them together in a month. A deduction makes no room for a higher limit.
 */
export function reachOf({ of, limit, extra }: Reach): number {
  return limitReach(of, limit) + Math.max(0, extra);
}

function limitReach(of: Reach['of'], limit: Reach['limit']): number {
  if (limit === undefined) return 0;
  return of === 'server' && limit.per === 'day'
    ? limit.credits * DAYS_IN_LONGEST_MONTH
    : limit.credits;
}

/**
 * Checks a change of a limit. What was above the ceiling before, because the operator lowered it, may
 * stay or come down.
 *
 * @throws UserError
 */
export function checkReach(before: Reach, after: Reach, ceiling: number): void {
  const reach = reachOf(after);
  if (reach <= ceiling || reach <= reachOf(before)) return;
  const extra = Math.max(0, after.extra);
  const most = Math.max(0, ceiling - extra);
  const values = { ceiling, most };
  if (after.of === 'server') {
    const perDay = Math.floor(most / DAYS_IN_LONGEST_MONTH);
    throw new UserError(
      extra === 0
        ? text('quota:reachLimitPer', { ...values, perDay })
        : text('quota:reachLimitGrantedPer', { ...values, perDay, granted: extra }),
    );
  }
  throw new UserError(
    extra === 0
      ? text('quota:reachLimit', values)
      : text('quota:reachLimitGranted', { ...values, granted: extra }),
  );
}

/**
 * Returns how many more credits can be granted.
 *
 * @returns 0 or more
 */
export function grantable(account: Reach, ceiling: number): number {
  return Math.max(0, ceiling - limitReach(account.of, account.limit) - account.extra);
}
