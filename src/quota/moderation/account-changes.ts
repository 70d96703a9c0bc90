/** Grants, deductions and resets of an account, with its state before and after. */
import { z } from 'zod';

import { UserError } from '../../errors.ts';
import type { DatabaseTransaction } from '../../storage/database.ts';
import { text } from '../../text/text.ts';
import { memberBalance, serverBalance, type QuotaSettings, type Balance } from '../balance.ts';
import { stepNow } from '../holds.ts';
import { countedJobsOf } from '../ledgers/ledger-reader.ts';
import { append, lockAccounts } from '../ledgers/ledger.ts';
import {
  grantChange,
  leftOf,
  MAX_CREDITS,
  resetChange,
  deductChange,
  type ByPot,
} from '../limits/arithmetic.ts';
import { grantable, type Reach } from '../limits/ceiling.ts';
import { guildCeiling, limitRuleSchema, type Limit } from '../limits/limits.ts';
import { readRules } from '../limits/stored-limits.ts';
import { noteBudget } from '../warnings.ts';
import { changeOnce, type ChangeAction, type ChangeBy, type Changed } from './change-log.ts';
import { checkedAmount, checkedNote } from './checked-input.ts';
import { reachOfBalance } from './reach.ts';

/** A moderator's change of an account. */
export interface AccountChange {
  /** The interaction's id, for which the change is made only once. */
  readonly stepId: string;
  readonly guildId: string;
  /** Undefined: the server's own account. */
  readonly memberId?: string | undefined;
  /** The member's current roles, which determine the limit shown; undefined: those of their last order. */
  readonly roleIds?: readonly string[] | undefined;
  readonly actorId: string;
  /** The moderator's reason, at most 200 characters. */
  readonly reason?: string | undefined;
  readonly nowMs: number;
}

/** The state of an account at one time, in whole credits. */
export const accountSnapshotSchema = z.object({
  /** Absent if the member shares the server's limit: then only the server's account limits them. */
  limit: z
    .object({ credits: z.int(), per: z.enum(['day', 'month']), rule: limitRuleSchema })
    .optional(),
  used: z.int(),
  extra: z.int(),
  /** limit − used + extra; negative if a deduction or a lower limit took away more than was left. */
  left: z.int().optional(),
  resetsAtMs: z.int(),
});
export type AccountSnapshot = z.infer<typeof accountSnapshotSchema>;

export interface AccountChanges {
  /**
   * Adds credits to a member or the server; they do not expire.
   *
   * @throws UserError when the account would exceed the operator's ceiling for the server
   */
  grant(
    transaction: DatabaseTransaction,
    change: AccountChange & { readonly credits: number },
  ): Promise<Changed<AccountSnapshot>>;
  /**
   * Deducts credits, even more than were granted: `extra` is then negative and reduces the allowance of
   * every period until it is granted back.
   */
  deduct(
    transaction: DatabaseTransaction,
    change: AccountChange & { readonly credits: number },
  ): Promise<Changed<AccountSnapshot>>;
  /** Forgives the current period's use, except open holds. */
  reset(transaction: DatabaseTransaction, change: AccountChange): Promise<Changed<AccountSnapshot>>;
}

type Change = (balance: Balance, by: ChangeBy) => Promise<void>;

export function createAccountChanges(settings: QuotaSettings): AccountChanges {
  const make = async (
    transaction: DatabaseTransaction,
    { action, ...change }: AccountChange & { readonly action: ChangeAction },
    write: Change,
  ): Promise<Changed<AccountSnapshot>> => {
    const by = changeBy(change, action);
    return changeOnce(transaction, by, {
      state: accountSnapshotSchema,
      change: async () => {
        const before = await lockedBalance(transaction, settings, change);
        await write(before, by);
        const after = await lockedBalance(transaction, settings, change);
        if (change.memberId === undefined) await noteBudgetNow(transaction, settings, change);
        return { before: snapshot(before), after: snapshot(after) };
      },
    });
  };
  return {
    grant: async (transaction, { credits, ...change }) =>
      make(transaction, { ...change, action: 'grant' }, async (balance, by) => {
        const reach = await reachOfBalance(transaction, balance);
        checkGrant(reach, checkedAmount(credits), guildCeiling(settings.limits, by.guildId));
        checkMostExtra(balance, credits);
        await appendChange(transaction, balance, {
          by,
          kind: 'grant',
          change: grantChange(credits),
        });
      }),
    deduct: async (transaction, { credits, ...change }) =>
      make(transaction, { ...change, action: 'deduct' }, async (balance, by) => {
        checkDeduct(balance, checkedAmount(credits));
        await appendChange(transaction, balance, {
          by,
          kind: 'deduct',
          change: deductChange(credits),
        });
      }),
    reset: async (transaction, change) =>
      make(transaction, { ...change, action: 'reset' }, async (balance, by) =>
        resetAccount(transaction, balance, by),
      ),
  };
}

/** Records a warning if the change has nearly or fully used up the server's budget. */
export async function noteBudgetNow(
  transaction: DatabaseTransaction,
  settings: QuotaSettings,
  { guildId, nowMs }: { readonly guildId: string; readonly nowMs: number },
): Promise<void> {
  const rules = await readRules(transaction, { guildId });
  const balance = await serverBalance(transaction, settings, { guildId, rules, nowMs });
  await noteBudget(transaction, balance, { nowMs });
}

function changeBy(change: AccountChange, action: ChangeAction): ChangeBy {
  const { stepId, guildId, memberId, actorId, reason, nowMs } = change;
  if (memberId === '') throw new RangeError('A member needs an id');
  const target =
    memberId === undefined
      ? ({ scope: 'server' } as const)
      : ({ scope: 'user', memberId } as const);
  return { stepId, guildId, actorId, action, target, note: checkedNote(reason), nowMs };
}

async function appendChange(
  transaction: DatabaseTransaction,
  balance: Balance,
  { by, kind, change }: { by: ChangeBy; kind: 'grant' | 'deduct'; change: ByPot },
): Promise<void> {
  const { stepId: id, actorId, note: reason, nowMs } = by;
  const step = { ...stepNow(balance, nowMs), id, kind, actorId, reason };
  await append(transaction, [{ ...step, change: { extra: change.extra } }]);
}

async function resetAccount(
  transaction: DatabaseTransaction,
  balance: Balance,
  { stepId: id, actorId, note: reason, nowMs }: ChangeBy,
): Promise<void> {
  const by = { ...stepNow(balance, nowMs), id, kind: 'reset', actorId, reason } as const;
  const jobs = await countedJobsOf(transaction, balance.account, balance.period.startsAtMs);
  await append(transaction, [
    // This row changes nothing. It records the reset even if there was nothing to forgive.
    { ...by, change: { allowance: 0 } },
    ...jobs.map(({ allowance, ...job }) => {
      return { ...by, ...job, change: { allowance: resetChange([allowance]).allowance } };
    }),
  ]);
}

/** Checks that limit and grants together stay within the operator's ceiling, whichever was set last. */
function checkGrant(account: Reach, credits: number, ceiling: Limit): void {
  const most = grantable(account, ceiling.credits);
  if (credits <= most) return;
  const has = ceiling.credits - most;
  const values = { ceiling: ceiling.credits, most };
  if (has === 0) throw new UserError(text('quota:grantTooMuch', values));
  const key = account.of === 'server' ? 'quota:grantTooMuchServer' : 'quota:grantTooMuchMember';
  throw new UserError(text(key, { ...values, has }));
}

function checkMostExtra({ state }: Balance, credits: number): void {
  if (state.extra + credits <= MAX_CREDITS) return;
  throw new UserError(text('quota:mostGrants', { most: MAX_CREDITS }));
}

function checkDeduct({ state }: Balance, credits: number): void {
  if (state.extra - credits >= 0 - MAX_CREDITS) return;
  throw new UserError(text('quota:mostDeducted', { most: MAX_CREDITS }));
}

async function lockedBalance(
  transaction: DatabaseTransaction,
  settings: QuotaSettings,
  { guildId, memberId, roleIds, nowMs }: AccountChange,
): Promise<Balance> {
  const rules = await readRules(transaction, { guildId, memberId, roleIds });
  if (memberId === undefined) {
    return serverBalance(transaction, settings, { guildId, rules, nowMs });
  }
  // Locked after the server's account, which is locked already.
  await lockAccounts(transaction, [{ guildId, memberId }]);
  return memberBalance(transaction, settings, { guildId, memberId, rules, nowMs });
}

function snapshot({ limit, period, state }: Balance): AccountSnapshot {
  const { used, extra } = state;
  const own = limit === undefined ? {} : { limit, left: leftOf(state) };
  return { ...own, used, extra, resetsAtMs: period.endsAtMs };
}
