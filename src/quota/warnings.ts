/** Warns when a server's budget is nearly spent and when it is fully spent, once each per period. */
import type { Database, DatabaseTransaction } from '../storage/database.ts';
import type { ServerBalance } from './balance.ts';
import { leftOf } from './limits/arithmetic.ts';

const PERCENTS = [80, 100] as const;

export interface BudgetWarning {
  readonly guildId: string;
  /** Such as `2026-11` or `2026-11-21`. */
  readonly period: string;
  readonly percent: number;
  readonly atMs: number;
  /** Whole credits spent and held when the percentage was reached. */
  readonly drawn: number;
  /** Whole credits available in the period. */
  readonly have: number;
  readonly resetsAtMs: number;
}

/**
 * Records every percentage of the budget that is reached for the first time in this period, and leaves
 * the highest of them to be posted. Must be
 * called in the transaction that drew on the account or changed its limit.
 *
 * @param balance after that change, or before it with the credits drawn since as `drawnSince`
 */
export async function noteBudget(
  transaction: DatabaseTransaction,
  balance: ServerBalance,
  { drawnSince = 0, nowMs }: { readonly drawnSince?: number; readonly nowMs: number },
): Promise<void> {
  const { account, period, sums, state } = balance;
  const have = leftOf(state) + sums.drawn;
  const drawn = sums.drawn + drawnSince;
  const reached = PERCENTS.filter((percent) => have > 0 && drawn * 100 >= have * percent);
  const highest = reached.at(-1);
  if (highest === undefined) return;
  await transaction
    .insertInto('budget_warnings')
    .values(
      reached.map((percent) => ({
        guild_id: account.guildId,
        period: period.key,
        percent,
        at: nowMs,
        drawn,
        have,
        resets_at: period.endsAtMs,
        // A change that reaches both at once is told once.
        posted_at: percent === highest ? null : nowMs,
      })),
    )
    .onConflict((conflict) => conflict.columns(['guild_id', 'period', 'percent']).doNothing())
    .execute();
}

/** Returns the warnings that are not posted yet, of one server or of all, oldest first. */
export async function dueWarnings(
  database: Database,
  { guildId }: { readonly guildId?: string } = {},
): Promise<BudgetWarning[]> {
  const due = database.selectFrom('budget_warnings').where('posted_at', 'is', null);
  const rows = await (guildId === undefined ? due : due.where('guild_id', '=', guildId))
    .selectAll()
    .orderBy('at')
    .orderBy('percent')
    .execute();
  return rows.map((row) => ({
    guildId: row.guild_id,
    period: row.period,
    percent: row.percent,
    atMs: row.at,
    drawn: row.drawn,
    have: row.have,
    resetsAtMs: row.resets_at,
  }));
}

/** @returns false when another process has already marked it and will post it */
export async function markWarningPosted(
  database: Database,
  { guildId, period, percent }: Pick<BudgetWarning, 'guildId' | 'period' | 'percent'>,
  nowMs: number,
): Promise<boolean> {
  const { numUpdatedRows } = await database
    .updateTable('budget_warnings')
    .set({ posted_at: nowMs })
    .where('guild_id', '=', guildId)
    .where('period', '=', period)
    .where('percent', '=', percent)
    .where('posted_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
