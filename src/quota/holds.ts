/** The credits of a job: a hold when it is accepted, a settle or release when it ends. */
import type { Database, DatabaseTransaction } from '../storage/database.ts';
import {
  memberBalance,
  allowancesFor,
  serverBalance,
  type QuotaSettings,
  type ServerBalance,
  type Balance,
  type MemberAt,
} from './balance.ts';
import { holdsOfJob } from './ledgers/ledger-reader.ts';
import {
  append,
  holdStepId,
  lockAccounts,
  OPERATOR,
  outcomeStepId,
  serverAccount,
} from './ledgers/ledger.ts';
import { checkMaxCost, checkAllowances } from './limits/allowance.ts';
import {
  checkCredits,
  holdChange,
  settleChange,
  splitHold,
  type ByPot,
} from './limits/arithmetic.ts';
import { memberMost, type StoredRules } from './limits/limits.ts';
import { keepRoleIds, readRules } from './limits/stored-limits.ts';
import { blockedError, blockOf } from './moderation/blocks.ts';
import { moderationWait, waitError } from './moderation/refused-prompts.ts';
import { noteBudget } from './warnings.ts';

export type CheckQueue = (transaction: DatabaseTransaction, rules: StoredRules) => Promise<void>;

export interface Hold extends MemberAt {
  readonly jobId: string;
  /** The maximum cost of the job, in whole credits. */
  readonly credits: number;
  /**
   * Checks the queue limits before the budgets, with the member's account locked. An error refuses the
   * hold.
   */
  readonly checkQueue?: CheckQueue | undefined;
}

export interface Outcome {
  readonly jobId: string;
  readonly kind: 'settle' | 'release';
  /** What the job cost. */
  readonly credits: number;
  readonly nowMs: number;
  readonly reason?: string;
}

/** @throws UserError when the member is blocked, or has to wait after refused prompts */
export async function checkMember(database: Database, who: MemberAt): Promise<void> {
  const block = await blockOf(database, who);
  if (block !== undefined) throw blockedError(block);
  const untilMs = await moderationWait(database, who.memberId, who.nowMs);
  if (untilMs !== undefined) throw waitError(untilMs);
}

/** The balances that a hold is drawn from. */
interface Admitted {
  readonly server: ServerBalance;
  readonly member: Balance;
}

/**
 * Makes all checks of `holdJob` without holding anything.
 *
 * @throws UserError, QuotaExceeded
 */
export async function checkHold(
  database: Database,
  settings: QuotaSettings,
  hold: Hold,
): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    const { guildId, memberId } = hold;
    // Only to store the roles, which decide how many videos of the member may run.
    await lockAccounts(transaction, [{ guildId, memberId }]);
    await admit(transaction, settings, hold);
  });
}

/** Makes the checks. The caller has locked the accounts, unless the result is only preliminary. */
async function admit(
  database: DatabaseTransaction,
  settings: QuotaSettings,
  hold: Hold,
): Promise<Admitted> {
  const { jobId, guildId, memberId, roleIds, nowMs } = hold;
  const credits = checkCredits(hold.credits);
  await checkMember(database, hold);
  if (roleIds !== undefined) await keepRoleIds(database, { guildId, memberId }, roleIds);
  const rules = await readRules(database, hold);
  checkMaxCost(memberMost('maxCost', rules), credits);
  await hold.checkQueue?.(database, rules);
  const server = await serverBalance(database, settings, { guildId, rules, nowMs });
  const member = await memberBalance(database, settings, { guildId, memberId, rules, nowMs });
  checkAllowances(
    await allowancesFor(database, settings, { server, member, jobId, nowMs }),
    credits,
  );
  return { server, member };
}

export async function holdJob(
  transaction: DatabaseTransaction,
  settings: QuotaSettings,
  hold: Hold,
): Promise<void> {
  const { jobId, guildId, memberId, nowMs } = hold;
  const credits = checkCredits(hold.credits);
  if (guildId === '' || memberId === '') throw new RangeError('A hold needs a server and a member');
  await lockAccounts(transaction, [OPERATOR, serverAccount(guildId), { guildId, memberId }]);
  if ((await holdsOfJob(transaction, jobId)).length > 0) return;

  const { server, member } = await admit(transaction, settings, hold);
  await append(
    transaction,
    [server, member].map((balance) => {
      const shares = splitHold(balance.state, credits);
      const change = potsOf(shares, holdChange(shares));
      return { ...stepNow(balance, nowMs), id: holdStepId(jobId), kind: 'hold', jobId, change };
    }),
  );
  await noteBudget(transaction, server, { drawnSince: credits, nowMs });
}

/** Settles or releases a hold. Both kinds write the same keys, so the first one is the job's outcome. */
export async function closeHold(transaction: DatabaseTransaction, outcome: Outcome): Promise<void> {
  const { jobId, kind, credits, nowMs: atMs, reason } = outcome;
  const holds = await holdsOfJob(transaction, jobId);
  if (holds.length === 0) throw new Error(`The job ${jobId} has no hold to ${kind}`);
  await lockAccounts(
    transaction,
    holds.map(({ account }) => account),
  );
  await append(
    transaction,
    holds.map(({ account, countedAtMs, period, shares }) => {
      const change = potsOf(shares, settleChange(shares, credits));
      const id = outcomeStepId(jobId);
      return { id, kind, account, jobId, atMs, countedAtMs, period, change, reason };
    }),
  );
}

export function stepNow({ account, period }: Balance, nowMs: number) {
  return { account, atMs: nowMs, countedAtMs: nowMs, period: period.key };
}

/** Returns a change for the allowance, and for `extra` if the hold drew from it. */
function potsOf(shares: ByPot, { allowance, extra }: ByPot): Partial<ByPot> {
  return shares.extra === 0 ? { allowance } : { allowance, extra };
}
