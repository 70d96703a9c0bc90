/** Checks changes of limits and grants against the maximum that an account can spend. */
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import { memberBalance, serverBalance, type QuotaSettings, type Balance } from '../balance.ts';
import { openExtraOf } from '../ledgers/ledger-reader.ts';
import { checkReach, type Reach } from '../limits/ceiling.ts';
import { guildCeiling } from '../limits/limits.ts';
import { readRules, type LimitTarget } from '../limits/stored-limits.ts';

export async function reachOfBalance(
  database: Database,
  { account, limit, state }: Balance,
): Promise<Reach> {
  const drawn = await openExtraOf(database, account);
  const of = account.memberId === '' ? 'server' : 'member';
  return { of, limit, extra: state.extra + drawn };
}

/**
 * Makes a change of a limit, unless the account could then spend more than the operator allows. A role's
 * limit is not checked, because the server's own limit bounds all members with the role.
 *
 * @throws UserError; the caller's transaction rolls the change back
 */
export async function changeWithinCeiling<Result>(
  transaction: DatabaseTransaction,
  settings: QuotaSettings,
  {
    change,
    ...whose
  }: WhoseReach & {
    readonly change: () => Promise<Result>;
  },
): Promise<Result> {
  const before = await readReach(transaction, settings, whose);
  const result = await change();
  const after = await readReach(transaction, settings, whose);
  if (before !== undefined && after !== undefined) {
    checkReach(before, after, guildCeiling(settings.limits, whose.guildId).credits);
  }
  return result;
}

interface WhoseReach {
  readonly guildId: string;
  readonly target: LimitTarget;
  readonly nowMs: number;
}

async function readReach(
  database: Database,
  settings: QuotaSettings,
  { guildId, target, nowMs }: WhoseReach,
): Promise<Reach | undefined> {
  if (target.scope === 'role') return undefined;
  const memberId = target.scope === 'user' ? target.memberId : undefined;
  const rules = await readRules(database, { guildId, memberId });
  const balance =
    memberId === undefined
      ? await serverBalance(database, settings, { guildId, rules, nowMs })
      : await memberBalance(database, settings, { guildId, memberId, rules, nowMs });
  return reachOfBalance(database, balance);
}
