/**
 * What follows when a vendor certainly did not take a task: another vendor, the same one later, or
 * the end of the job. Pure.
 */
import { backoffMs, type BackoffPolicy } from '../backoff.ts';
import { MINUTE, SECOND } from '../clock.ts';
import type { VendorError, VendorErrorKind } from '../errors.ts';
import type { FailureReason, Job } from './job.ts';
import type { Offer } from './offers.ts';

/** A job that no vendor would take for this long ends; the member gets the credits back. */
export const GIVE_UP_AFTER_MS = 30 * MINUTE;
const VENDOR_BUSY: BackoffPolicy = { firstMs: 2 * SECOND, maxMs: MINUTE };

type AfterRefusal = 'same-vendor-later' | 'other-vendor' | 'end';

/** The policy, a row per kind. `other-vendor` falls back to the end where there is no other. */
const POLICY: Readonly<Record<VendorErrorKind, { then: AfterRefusal; reason: FailureReason }>> = {
  auth: { then: 'other-vendor', reason: 'vendor-unavailable' },
  'out-of-funds': { then: 'other-vendor', reason: 'vendor-out-of-funds' },
  'rate-limited': { then: 'same-vendor-later', reason: 'vendor-unavailable' },
  unavailable: { then: 'same-vendor-later', reason: 'vendor-unavailable' },
  timeout: { then: 'same-vendor-later', reason: 'vendor-unavailable' },
  'bad-response': { then: 'same-vendor-later', reason: 'vendor-unavailable' },
  rejected: { then: 'end', reason: 'rejected' },
  moderated: { then: 'end', reason: 'moderated-input' },
  'not-found': { then: 'other-vendor', reason: 'vendor-unavailable' },
  conflict: { then: 'end', reason: 'rejected' },
};

/** Kinds after which a vendor is not asked again for this job. */
function isFinalFor(kind: VendorErrorKind): boolean {
  return POLICY[kind].then !== 'same-vendor-later';
}

/**
 * The vendor for the next try: one whose price fits the hold and that has not refused for good, the
 * least tried first, else in the operator's order.
 */
export function chooseOffer(job: Job, offers: readonly Offer[]): Offer | undefined {
  const usable = offers.filter((offer) => {
    const refusals = job.submissions.filter(
      (submission) => submission.vendor === offer.vendor.name,
    );
    const isFinal = refusals.some(
      ({ refusedAs }) => refusedAs !== undefined && isFinalFor(refusedAs),
    );
    return offer.credits <= job.holdCredits && !isFinal;
  });
  return usable.toSorted((one, other) => tries(job, one) - tries(job, other))[0];
}

export interface RefusalOutcome {
  reason: FailureReason;
  /** When to try again; undefined ends the job. */
  retryAtMs: number | undefined;
}

/** @param remaining the offers that were open before this refusal, the refusing vendor's among them */
export function afterRefusal(
  job: Job,
  error: VendorError,
  remaining: readonly Offer[],
  nowMs: number,
): RefusalOutcome {
  const { then, reason } = POLICY[error.kind];
  const isPatienceOver = nowMs - job.createdAtMs >= GIVE_UP_AFTER_MS;
  if (then === 'end' || isPatienceOver) return { reason, retryAtMs: undefined };
  const others = remaining.filter(
    (offer) =>
      offer.vendor.name !== error.vendor &&
      offer.credits <= job.holdCredits &&
      tries(job, offer) === 0,
  );
  if (others.length > 0) return { reason, retryAtMs: nowMs };
  if (then === 'other-vendor') return { reason, retryAtMs: undefined };
  const waitMs = error.retryAfterMs ?? backoffMs(VENDOR_BUSY, job.submissions.length);
  return { reason, retryAtMs: nowMs + waitMs };
}

function tries(job: Job, offer: Offer): number {
  return job.submissions.filter((submission) => submission.vendor === offer.vendor.name).length;
}
