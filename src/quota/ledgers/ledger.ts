/**
 * The statements on accounts and ledger. Rows are only appended, and their unique key makes a repeated
 * step a no-op. An account's usage is not stored; it is the sum of its rows.
 */
import { PostgresAdapter, type Insertable } from 'kysely';

import type { DatabaseTransaction } from '../../storage/database.ts';
import type { LedgerTable } from '../../storage/schema.ts';
import type { ByPot } from '../limits/arithmetic.ts';

export type LedgerKind = LedgerTable['kind'];

export interface AccountKey {
  readonly guildId: string;
  /** Empty for the server's own account; both empty for the operator's. */
  readonly memberId: string;
}

const POTS = ['allowance', 'extra'] as const;
/** SQLite allows 32,766 parameters per statement, and a row has twelve. A reset of a large server needs several statements. */
const ROWS_PER_STATEMENT = 1_000;

export const OPERATOR: AccountKey = { guildId: '', memberId: '' };

/** One change of one account, in both pots. */
export interface Step {
  readonly id: string;
  readonly kind: LedgerKind;
  readonly account: AccountKey;
  readonly jobId?: string;
  readonly atMs: number;
  readonly countedAtMs: number;
  /** The key of the account's period that holds `countedAtMs`. */
  readonly period: string;
  /** Every named pot gets a row, even for a change of 0, because the row marks the step as done. */
  readonly change: Partial<ByPot>;
  readonly actorId?: string | undefined;
  readonly reason?: string | undefined;
}

export function serverAccount(guildId: string): AccountKey {
  return { guildId, memberId: '' };
}

export function holdStepId(jobId: string): string {
  return `hold:${jobId}`;
}

/** Returns the same id for settle and release, so that a job has one outcome. */
export function outcomeStepId(jobId: string): string {
  return `outcome:${jobId}`;
}

/**
 * Locks accounts until the transaction ends and creates missing ones. Every transaction locks in the
 * order operator, server, member, to avoid deadlocks.
 *
 * @param accounts in that order
 */
export async function lockAccounts(
  transaction: DatabaseTransaction,
  accounts: readonly AccountKey[],
): Promise<void> {
  const known = await selectAccounts(transaction, accounts).execute();
  if (known.length === accounts.length) return lock(transaction, accounts);
  // One account at a time: inserting a row also locks it, so inserts must follow the lock order.
  for (const account of accounts) {
    await transaction
      .insertInto('accounts')
      .values({ guild_id: account.guildId, member_id: account.memberId })
      .onConflict((conflict) => conflict.columns(['guild_id', 'member_id']).doNothing())
      .execute();
    await lock(transaction, [account]);
  }
}

async function lock(
  transaction: DatabaseTransaction,
  accounts: readonly AccountKey[],
): Promise<void> {
  // SQLite has no row locks and needs none: a write transaction locks the whole database.
  const hasRowLocks = transaction.getExecutor().adapter instanceof PostgresAdapter;
  if (hasRowLocks) await selectAccounts(transaction, accounts).forUpdate().execute();
}

/** Selects accounts in the order operator, server, member: an empty id sorts first. */
function selectAccounts(transaction: DatabaseTransaction, accounts: readonly AccountKey[]) {
  return transaction
    .selectFrom('accounts')
    .select('member_id')
    .where(({ or, and }) =>
      or(accounts.map(({ guildId, memberId }) => and({ guild_id: guildId, member_id: memberId }))),
    )
    .orderBy('guild_id')
    .orderBy('member_id');
}

/** @returns false when the steps were already done and nothing was written */
export async function append(
  transaction: DatabaseTransaction,
  steps: readonly Step[],
): Promise<boolean> {
  const rows = steps.flatMap(rowsOf);
  let written = 0n;
  for (let first = 0; first < rows.length; first += ROWS_PER_STATEMENT) {
    const { numInsertedOrUpdatedRows } = await transaction
      .insertInto('ledger')
      .values(rows.slice(first, first + ROWS_PER_STATEMENT))
      .onConflict((conflict) =>
        conflict.columns(['step_id', 'guild_id', 'member_id', 'pot', 'job_id']).doNothing(),
      )
      .executeTakeFirst();
    written += numInsertedOrUpdatedRows ?? 0n;
  }
  return written > 0n;
}

function rowsOf(step: Step): Insertable<LedgerTable>[] {
  return POTS.flatMap((pot) => {
    const amount = step.change[pot];
    if (amount === undefined) return [];
    return {
      step_id: step.id,
      guild_id: step.account.guildId,
      member_id: step.account.memberId,
      pot,
      job_id: step.jobId ?? '',
      kind: step.kind,
      at: step.atMs,
      counted_at: step.countedAtMs,
      period: step.period,
      amount,
      actor_id: step.actorId ?? null,
      reason: step.reason ?? null,
    };
  });
}
