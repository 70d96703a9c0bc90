/** Checks an account's limit and grants against the operator's ceiling for its server. Pure. */
import { UserError } from '../../errors.ts';
import { text } from '../../text/text.ts';
import type { Limit } from './limits.ts';

const DAYS_IN_LONGEST_MONTH = 31;

/** What determines the maximum an account can spend. Whole credits. */
export interface Reach {
  /** The server's own account, or a member's. */
  readonly of: 'server' | 'member';
  /** Undefined when a member shares the server's limit. */
  readonly limit: Pick<Limit, 'credits' | 'per'> | undefined;
  /** Unspent grants, plus those drawn by open holds, which may come back. Negative after deductions. */
  readonly extra: number;
}

/**
 * Returns the most that the limit and the grants allow. For a server it is per month, so a daily limit
 * counts for every day. For a member it is per period of the member, because the server's account
 * bounds all members together per month. Deductions do not allow a higher limit.
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
 * Checks a change of a limit. An account that is already above the ceiling, because the operator lowered
 * it, may keep or lower its limit.
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
 * Returns how many more credits can be granted, 0 or more.
 */
export function grantable(account: Reach, ceiling: number): number {
  return Math.max(0, ceiling - limitReach(account.of, account.limit) - account.extra);
}
