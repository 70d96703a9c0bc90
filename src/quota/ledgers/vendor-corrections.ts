/**
 * The operator's corrections of the vendor ledger, for an invoice that differs from it. A correction is
 * a separate entry with the difference; existing entries never change. It counts in the month of the
 * corrected submission and towards the ceilings of that month.
 */
import type { Selectable } from 'kysely';

import { OperatorError } from '../../errors.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import type { VendorLedgerTable } from '../../storage/schema.ts';
import { MAX_CREDITS } from '../limits/arithmetic.ts';
import { checkedNote } from '../moderation/checked-input.ts';
import { lockAccounts, OPERATOR } from './ledger.ts';

type Row = Selectable<VendorLedgerTable>;

export interface VendorCorrection {
  readonly atMs: number;
  /** The signed difference, in whole credits. */
  readonly credits: number;
  readonly note: string;
}

/** One submission in the vendor ledger, with its corrections, oldest first. */
export interface VendorEntry {
  readonly submissionId: string;
  readonly jobId: string;
  readonly vendor: string;
  /** UTC month, such as `2026-11`. */
  readonly period: string;
  readonly openedAtMs: number;
  readonly state: Exclude<Row['state'], 'correction'>;
  /** Whole credits, as the bot booked them. */
  readonly bookedCredits: number;
  readonly corrections: readonly VendorCorrection[];
  /** Booked credits plus corrections. */
  readonly credits: number;
}

export interface EntryFilter {
  readonly vendor?: string | undefined;
  readonly jobId?: string | undefined;
  readonly period?: string | undefined;
}

/** Returns the newest entries first. */
export async function vendorEntries(
  database: Database,
  { vendor, jobId, period }: EntryFilter,
  limit: number,
): Promise<VendorEntry[]> {
  const rows = await database
    .selectFrom('vendor_ledger')
    .selectAll()
    .where('state', '!=', 'correction')
    .$if(vendor !== undefined, (query) => query.where('vendor', '=', vendor ?? ''))
    .$if(jobId !== undefined, (query) => query.where('job_id', '=', jobId ?? ''))
    .$if(period !== undefined, (query) => query.where('period', '=', period ?? ''))
    .orderBy('opened_at', 'desc')
    .orderBy('submission_id')
    .limit(limit)
    .execute();
  return withCorrections(database, rows);
}

export interface CorrectionRequest {
  /** The id of a submission, or of a job with one submission. */
  readonly id: string;
  /** The actual cost of the submission, in whole credits. */
  readonly credits: number;
  /** The reason, at most 200 characters. */
  readonly note: string;
  /** The id of the new entry. */
  readonly entryId: string;
  readonly nowMs: number;
}

/**
 * Appends the difference between the current and the actual cost.
 *
 * @returns the entry as it was and as it is
 * @throws OperatorError, UserError for a note that is too long; nothing was written then
 */
export async function correctVendorEntry(
  transaction: DatabaseTransaction,
  { id, credits, note, entryId, nowMs }: CorrectionRequest,
): Promise<{ before: VendorEntry; after: VendorEntry }> {
  if (!Number.isInteger(credits) || credits < 0 || credits > MAX_CREDITS) {
    throw new OperatorError(`CREDITS must be a whole number from 0 to ${MAX_CREDITS}.`);
  }
  const written = checkedNote(note);
  if (written === undefined) throw new OperatorError('A correction needs a --note that says why.');
  // Without the lock, two concurrent corrections would both add the same difference.
  await lockAccounts(transaction, [OPERATOR]);
  const before = await entryToCorrect(transaction, id);
  if (before.credits === credits) {
    throw new OperatorError(
      `Submission ${before.submissionId} counts ${credits} credits already: there is nothing to correct.`,
    );
  }
  const { submissionId, jobId, vendor, period } = before;
  const { guild_id: guildId } = await transaction
    .selectFrom('vendor_ledger')
    .select('guild_id')
    .where('submission_id', '=', submissionId)
    .executeTakeFirstOrThrow();
  await transaction
    .insertInto('vendor_ledger')
    .values({
      submission_id: `correction:${entryId}`,
      job_id: jobId,
      vendor,
      guild_id: guildId,
      period,
      opened_at: nowMs,
      closed_at: nowMs,
      state: 'correction',
      credits: credits - before.credits,
      corrects: submissionId,
      note: written,
    })
    .execute();
  return { before, after: await entryToCorrect(transaction, submissionId) };
}

async function entryToCorrect(database: Database, id: string): Promise<VendorEntry> {
  const rows = await database
    .selectFrom('vendor_ledger')
    .selectAll()
    .where('state', '!=', 'correction')
    .where(({ or, eb }) => or([eb('submission_id', '=', id), eb('job_id', '=', id)]))
    .orderBy('opened_at')
    .execute();
  const [entry, ...others] = await withCorrections(database, rows);
  if (entry === undefined) {
    throw new OperatorError(
      `The vendor ledger has no submission and no job ${JSON.stringify(id)}.`,
    );
  }
  if (others.length > 0) {
    const each = [entry, ...others].map(
      ({ submissionId, vendor, credits }) => `${submissionId} (${vendor}, ${credits} credits)`,
    );
    throw new OperatorError(
      `Job ${id} has several submissions, name one of them: ${each.join(', ')}.`,
    );
  }
  if (entry.state === 'open') {
    throw new OperatorError(
      `Submission ${entry.submissionId} is still open at ${entry.vendor}: correct it once its job has ended.`,
    );
  }
  return entry;
}

async function withCorrections(database: Database, rows: readonly Row[]): Promise<VendorEntry[]> {
  if (rows.length === 0) return [];
  const corrections = await database
    .selectFrom('vendor_ledger')
    .selectAll()
    .where(
      'corrects',
      'in',
      rows.map(({ submission_id: id }) => id),
    )
    .orderBy('opened_at')
    .orderBy('submission_id')
    .execute();
  const bySubmission = Map.groupBy(corrections, ({ corrects }) => corrects);
  return rows.flatMap((row) => entryFrom(row, bySubmission.get(row.submission_id) ?? []));
}

function entryFrom(row: Row, corrections: readonly Row[]): VendorEntry[] {
  const { submission_id: submissionId, job_id: jobId, vendor, period, state } = row;
  if (state === 'correction') return [];
  const corrected = corrections.reduce((sum, { credits }) => sum + credits, 0);
  return [
    {
      submissionId,
      jobId,
      vendor,
      period,
      openedAtMs: row.opened_at,
      state,
      bookedCredits: row.credits,
      corrections: corrections.map(({ opened_at: atMs, credits, note }) => ({
        atMs,
        credits,
        note: note ?? '',
      })),
      credits: row.credits + corrected,
    },
  ];
}

/** What is owed to one vendor for a month, in whole credits, by kind. */
export interface VendorTotal {
  readonly vendor: string;
  readonly open: number;
  readonly billed: number;
  readonly lost: number;
  readonly corrected: number;
  readonly total: number;
}

export async function vendorTotals(database: Database, period: string): Promise<VendorTotal[]> {
  const rows = await database
    .selectFrom('vendor_ledger')
    .select(({ fn }) => {
      const sum = fn.sum<number | null>('credits');
      return [
        'vendor',
        sum.filterWhere('state', '=', 'open').as('open'),
        sum.filterWhere('state', '=', 'billed').as('billed'),
        sum.filterWhere('state', '=', 'lost').as('lost'),
        sum.filterWhere('state', '=', 'correction').as('corrected'),
        sum.as('total'),
      ];
    })
    .where('period', '=', period)
    .groupBy('vendor')
    .orderBy('vendor')
    .execute();
  return rows.map(({ vendor, open, billed, lost, corrected, total }) => ({
    vendor,
    open: open ?? 0,
    billed: billed ?? 0,
    lost: lost ?? 0,
    corrected: corrected ?? 0,
    total: total ?? 0,
  }));
}
