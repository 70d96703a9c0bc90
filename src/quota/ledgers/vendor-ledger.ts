/**
 * What the operator may owe the vendors: one row per submission, independent of what members pay. A
 * member's refund does not change it, so the cost of a vendor that bills failed tasks stays visible.
 *
 *   open (at the hold) ─► billed (what it cost) · not-billed (nothing) · lost (stays at the hold)
 *   lost ─► billed · not-billed, when the task is found after all
 *
 * A correction by the operator (`vendor-corrections.ts`) is a separate entry. After it the submission no
 * longer changes, because the operator has the invoice.
 */
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import { isOpenJob } from '../../storage/index-conditions.ts';
import type { VendorLedgerTable } from '../../storage/schema.ts';
import { checkCredits } from '../limits/arithmetic.ts';
import { periodOf } from '../limits/period.ts';

type SubmissionState = VendorLedgerTable['state'];

export interface OpenedSubmission {
  readonly submissionId: string;
  readonly jobId: string;
  readonly vendor: string;
  readonly guildId: string;
  /** Whole credits: the job's hold. */
  readonly credits: number;
  readonly nowMs: number;
}

export interface ClosedSubmission {
  readonly submissionId: string;
  readonly nowMs: number;
}

/** Whole credits spent at vendors, or held for jobs that may yet be submitted. */
export interface Committed {
  readonly operator: number;
  readonly guild: number;
}

/** Repeating a step changes nothing. Credits that are not whole or negative throw RangeError. */
export interface VendorLedger {
  /** Must be called in the transaction that writes `submitting`. */
  open(transaction: DatabaseTransaction, submission: OpenedSubmission): Promise<void>;
  /** Books the billed cost, which may be above the hold. */
  bill(
    transaction: DatabaseTransaction,
    submission: ClosedSubmission & { readonly credits: number },
  ): Promise<void>;
  /** Books no cost: the vendor refused, failed, cancelled or expired the task. */
  notBilled(transaction: DatabaseTransaction, submission: ClosedSubmission): Promise<void>;
  /** Keeps the cost at the hold: it is unknown whether the task is billed. */
  lost(transaction: DatabaseTransaction, submission: ClosedSubmission): Promise<void>;
  /** Returns the whole credits of the UTC month of `nowMs`, of all servers or of one. */
  spentInMonth(database: Database, month: { nowMs: number; guildId?: string }): Promise<number>;
}

export function createVendorLedger(): VendorLedger {
  return {
    async open(transaction, { submissionId, jobId, vendor, guildId, credits, nowMs }) {
      await transaction
        .insertInto('vendor_ledger')
        .values({
          submission_id: submissionId,
          job_id: jobId,
          vendor,
          guild_id: guildId,
          period: monthKey(nowMs),
          opened_at: nowMs,
          closed_at: null,
          state: 'open',
          credits: checkCredits(credits),
        })
        .onConflict((conflict) => conflict.column('submission_id').doNothing())
        .execute();
    },
    async bill(transaction, { credits, ...submission }) {
      const from = ['open', 'lost'] as const;
      await close(transaction, { ...submission, from, state: 'billed', credits });
    },
    async notBilled(transaction, submission) {
      const from = ['open', 'lost'] as const;
      await close(transaction, { ...submission, from, state: 'not-billed', credits: 0 });
    },
    async lost(transaction, submission) {
      await close(transaction, { ...submission, from: ['open'], state: 'lost' });
    },
    async spentInMonth(database, { nowMs, guildId }) {
      const query = database
        .selectFrom('vendor_month_sums')
        .select(({ fn }) => fn.sum<number | null>('credits').as('credits'))
        .where('period', '=', monthKey(nowMs));
      const ofGuild = guildId === undefined ? query : query.where('guild_id', '=', guildId);
      return (await ofGuild.executeTakeFirstOrThrow()).credits ?? 0;
    },
  };
}

interface Closing extends ClosedSubmission {
  readonly from: readonly SubmissionState[];
  readonly state: SubmissionState;
  readonly credits?: number;
}

/** @throws Error when there is no such submission, so that no cost is dropped silently */
async function close(transaction: DatabaseTransaction, closing: Closing): Promise<void> {
  const { submissionId, nowMs, from, state, credits } = closing;
  const { numUpdatedRows } = await transaction
    .updateTable('vendor_ledger')
    .set({
      state,
      closed_at: nowMs,
      ...(credits === undefined ? {} : { credits: checkCredits(credits) }),
    })
    .where('submission_id', '=', submissionId)
    .where('state', 'in', from)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('vendor_ledger as correction')
            .select('correction.submission_id')
            .where('correction.corrects', '=', submissionId),
        ),
      ),
    )
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return;
  const known = await transaction
    .selectFrom('vendor_ledger')
    .select('state')
    .where('submission_id', '=', submissionId)
    .executeTakeFirst();
  if (known === undefined) throw new Error(`The vendor ledger has no submission ${submissionId}`);
}

/**
 * Returns what the ceilings are checked against: the vendor ledger of this UTC month plus the holds of
 * jobs that are not submitted yet. A single statement sees one snapshot, so a job that changes from
 * `accepted` to `submitting` is counted exactly once.
 *
 * @param options.exceptJobId the job being checked, which may already be recorded
 */
export async function committedInMonth(
  database: Database,
  options: { guildId: string; exceptJobId: string; nowMs: number },
): Promise<Committed> {
  const { guildId, exceptJobId, nowMs } = options;
  const book = database
    .selectFrom('vendor_month_sums')
    .select(['guild_id', 'credits'])
    .where('period', '=', monthKey(nowMs));
  const waiting = database
    .selectFrom('jobs')
    .select(['guild_id', 'hold_credits as credits'])
    .where('state', '=', 'accepted')
    .where(isOpenJob)
    .where('id', '!=', exceptJobId);
  const { operator, guild } = await database
    .selectFrom(book.unionAll(waiting).as('committed'))
    .select(({ fn }) => [
      fn.sum<number | null>('credits').as('operator'),
      fn.sum<number | null>('credits').filterWhere('guild_id', '=', guildId).as('guild'),
    ])
    .executeTakeFirstOrThrow();
  return { operator: operator ?? 0, guild: guild ?? 0 };
}

function monthKey(nowMs: number): string {
  return periodOf(nowMs, 'month', 'UTC').key;
}
