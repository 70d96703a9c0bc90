/**
 * Computes what a state change means for both ledgers, as a pure function of (before, after). The
 * transition applies the effects in the same database transaction as the change itself.
 *
 * The member ledger settles or releases the hold. The vendor ledger keeps what the operator may owe for
 * each submission; a member's refund never changes it.
 */
import { lastSubmission, type FailureReason, type Job } from './job.ts';

export type BillingEffect =
  | { type: 'open-submission'; submissionId: string; vendor: string; credits: number }
  | { type: 'bill-submission'; submissionId: string; credits: number }
  | { type: 'unbill-submission'; submissionId: string }
  | { type: 'lose-submission'; submissionId: string }
  | { type: 'settle'; credits: number }
  | { type: 'release'; reason: FailureReason };

/** The vendor may have billed these without giving a video, so the vendor ledger keeps the whole hold. */
const MAY_BE_BILLED: ReadonlySet<FailureReason> = new Set([
  'submission-lost',
  'vendor-forgot',
  'vendor-silent',
  'finished-without-file',
]);

/** Returns the effects of a state change; none when the state is the same. */
export function billingEffects(before: Job, after: Job): BillingEffect[] {
  if (before.state === after.state) return [];
  return [...vendorLedgerEffects(before, after), ...memberEffects(after)];
}

function vendorLedgerEffects(before: Job, after: Job): BillingEffect[] {
  const submission = lastSubmission(after);
  if (submission === undefined) return [];
  const submissionId = submission.id;
  if (after.state === 'submitting') {
    const credits = after.holdCredits;
    return [{ type: 'open-submission', submissionId, vendor: submission.vendor, credits }];
  }
  if (after.state === 'succeeded') {
    return [
      { type: 'bill-submission', submissionId, credits: after.billedCredits ?? after.holdCredits },
    ];
  }
  const wasAtVendor =
    before.state === 'submitting' || before.state === 'queued' || before.state === 'running';
  if (!wasAtVendor || after.state === 'queued' || after.state === 'running') return [];
  if (after.failure !== undefined && MAY_BE_BILLED.has(after.failure.reason)) {
    return [{ type: 'lose-submission', submissionId }];
  }
  return [{ type: 'unbill-submission', submissionId }];
}

function memberEffects(after: Job): BillingEffect[] {
  switch (after.state) {
    case 'delivered':
      return [{ type: 'settle', credits: after.costCredits ?? after.holdCredits }];
    case 'failed':
    case 'cancelled':
    case 'expired':
      return [{ type: 'release', reason: after.failure?.reason ?? 'vendor-failed' }];
    default:
      return [];
  }
}
