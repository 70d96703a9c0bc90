/**
 * What follows when a vendor certainly did not take a task: another vendor, the same one later, or
 * the end of the job. Pure.
 */
import { backoffMs, type BackoffPolicy } from '../backoff.ts';
import { MINUTE, SECOND } from '../clock.ts';
import type { VendorError, VendorErrorKind } from '../errors.ts';
import type { FailureReason, Job } from './job.ts';
import type { Offer } from './offers.ts';

/** A job that no vendor would take for this long, from the first try, ends; the member gets the credits back. */
export const GIVE_UP_AFTER_MS = 30 * MINUTE;
const VENDOR_BUSY: BackoffPolicy = { firstMs: 2 * SECOND, maxMs: MINUTE };

/** What a refusal means for the vendor that gave it; after `end-of-job` no other is asked either. */
type Meaning = 'not-now' | 'not-this-vendor' | 'end-of-job';

/** The policy, a row per kind. */
const POLICY: Readonly<Record<VendorErrorKind, { means: Meaning; reason: FailureReason }>> = {
  auth: { means: 'not-this-vendor', reason: 'vendor-unavailable' },
  'out-of-funds': { means: 'not-this-vendor', reason: 'vendor-out-of-funds' },
  'rate-limited': { means: 'not-now', reason: 'vendor-unavailable' },
  unavailable: { means: 'not-now', reason: 'vendor-unavailable' },
  timeout: { means: 'not-now', reason: 'vendor-unavailable' },
  'bad-response': { means: 'not-now', reason: 'vendor-unavailable' },
  rejected: { means: 'end-of-job', reason: 'rejected' },
  moderated: { means: 'end-of-job', reason: 'moderated-input' },
  'not-found': { means: 'not-this-vendor', reason: 'vendor-unavailable' },
  conflict: { means: 'end-of-job', reason: 'rejected' },
};

/**
 * The vendor for the next try: one whose price fits the hold and that has not refused for good, the
 * least tried first, else in the operator's order.
 */
export function chooseOffer(job: Job, offers: readonly Offer[]): Offer | undefined {
  const open = offers.filter((offer) => isOpen(job, offer));
  return open.toSorted((one, other) => tries(job, one) - tries(job, other))[0];
}

export interface RefusalOutcome {
  reason: FailureReason;
  /** When to try again; undefined ends the job. */
  retryAtMs: number | undefined;
}

/**
 * Another vendor is asked at once; when all have been, those that only said "not now" are asked
 * again later, for as long as our patience lasts.
 *
 * @param job with the refused submission as its last, which does not say so yet
 * @param offers everyone who can make it, the refusing vendor among them
 */
export function afterRefusal(
  job: Job,
  error: VendorError,
  offers: readonly Offer[],
  nowMs: number,
): RefusalOutcome {
  const { means, reason } = POLICY[error.kind];
  const open = offers.filter(
    (offer) => isOpen(job, offer) && (means === 'not-now' || offer.vendor.name !== error.vendor),
  );
  const giveUpAtMs = (job.submissions[0]?.startedAtMs ?? job.createdAtMs) + GIVE_UP_AFTER_MS;
  if (means === 'end-of-job' || open.length === 0 || nowMs >= giveUpAtMs) {
    return { reason, retryAtMs: undefined };
  }
  if (open.some((offer) => tries(job, offer) === 0)) return { reason, retryAtMs: nowMs };
  const waitMs = error.retryAfterMs ?? backoffMs(VENDOR_BUSY, job.submissions.length);
  return { reason, retryAtMs: Math.min(nowMs + Math.ceil(waitMs), giveUpAtMs) };
}

/** Whether the vendor may still be asked for this job. */
function isOpen(job: Job, { vendor, credits }: Offer): boolean {
  const isClosed = job.submissions.some(
    (submission) =>
      submission.vendor === vendor.name &&
      submission.refusedAs !== undefined &&
      POLICY[submission.refusedAs].means !== 'not-now',
  );
  return credits <= job.holdCredits && !isClosed;
}

function tries(job: Job, offer: Offer): number {
  return job.submissions.filter((submission) => submission.vendor === offer.vendor.name).length;
}
