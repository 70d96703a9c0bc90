/**
 * What the operator may owe the vendors: a row per submission, kept apart from what members pay. A
 * member's refund never touches it, so a vendor that fails and bills all the same cannot hide it.
 *
 *   open (at the hold) ─► billed (what it cost) · not-billed (nothing) · lost (stays at the hold)
 *   lost ─► billed · not-billed, when the task turns up after all
 *
 * What the operator corrects (`vendor-corrections.ts`) is an entry of its own; the submission is then
 * left as it is, whatever turns up: the operator has the invoice.
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

/** Repeating any step changes nothing. All throw RangeError for credits that are not whole and ≥ 0. */
export interface VendorLedger {
  /** To be called in the transaction that writes `submitting`. */
  open(transaction: DatabaseTransaction, submission: OpenedSubmission): Promise<void>;
  /** The billed cost may be above the hold: then it is what it is. */
  bill(
    transaction: DatabaseTransaction,
    submission: ClosedSubmission & { readonly credits: number },
  ): Promise<void>;
  /** The vendor refused, failed, cancelled or expired the task. */
  notBilled(transaction: DatabaseTransaction, submission: ClosedSubmission): Promise<void>;
  /** Nobody can know whether it is billed: it stays at its hold. */
  lost(transaction: DatabaseTransaction, submission: ClosedSubmission): Promise<void>;
  /** Whole credits in the UTC month of an instant, of all servers or of one. */
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

/** @throws Error when there is no such submission: money would go missing from the book unseen */
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
 * What the ceilings are checked against: the vendor ledger of this UTC month, and what is held for
 * jobs not yet submitted. One statement, hence one snapshot: a job on its way from `accepted` to
 * `submitting` is seen in exactly one of the two.
 *
 * @param options.exceptJobId the job being checked, which may be recorded already
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
