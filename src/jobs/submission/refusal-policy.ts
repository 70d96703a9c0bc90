/**
 * Which vendor a job is handed to, and what follows when one certainly did not take it: another
 * vendor, the same one later, or the end of the job. Pure.
 */
import { backoffMs, type BackoffPolicy } from '../../backoff.ts';
import { MINUTE, SECOND } from '../../clock.ts';
import type { VendorError, VendorErrorKind } from '../../errors.ts';
import { waitOf } from '../../vendors/health/breaker.ts';
import { lastSubmission, type FailureReason, type Job } from '../record/job.ts';
import type { Offer } from './offers.ts';

/** A job that no vendor would take for this long, from the first try, ends; the member gets the credits back. */
export const GIVE_UP_AFTER_MS = 30 * MINUTE;
const VENDOR_BUSY: BackoffPolicy = { firstMs: 2 * SECOND, maxMs: MINUTE };
/** So often is a file read that our own disk does not give: for one to two minutes. A lost file never comes back. */
const MOST_READS = 7;

/**
 * What a refusal means for the vendor that gave it; after `end-of-job` no other is asked either.
 * `not-read`: no vendor has a part in it, and another would be given the same.
 */
type Meaning = 'not-now' | 'not-this-vendor' | 'not-read' | 'end-of-job';

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
  'input-unreadable': { means: 'not-read', reason: 'input-unreadable' },
};

/** What to do with an accepted job. */
export type Choice =
  | { readonly next: 'ask'; readonly offer: Offer }
  /** All that could be asked are left alone for a while; `offer` is whom it will most likely be. */
  | { readonly next: 'wait'; readonly untilMs: number; readonly offer: Offer }
  | { readonly next: 'give-up'; readonly reason: FailureReason };

/**
 * The vendor for the next try: one that is not resting, whose price fits the hold and that has not
 * refused for good, the least tried first, else in the operator's order. While all of them rest the
 * job waits, for as long as our patience lasts; not for one that only the operator can help.
 */
export function chooseOffer(job: Job, offers: readonly Offer[], nowMs: number): Choice {
  const open = offers
    .filter((offer) => isOpen(job, offer))
    .toSorted((one, other) => tries(job, one) - tries(job, other));
  const ready = open.find(({ health }) => waitOf(health, nowMs) === 0);
  if (ready !== undefined) return { next: 'ask', offer: ready };
  const [offer] = open.filter(mayComeBack);
  const endMs = giveUpAtMs(job, open);
  if (offer === undefined || nowMs >= endMs) {
    return { next: 'give-up', reason: reasonToGiveUp(job, open) };
  }
  const waitMs = Math.min(...open.map(({ health }) => waitOf(health, nowMs)));
  return { next: 'wait', untilMs: Math.min(nowMs + waitMs, endMs), offer };
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
    (offer) => isOpen(job, offer) && (mayAskAgain(means) || offer.vendor.name !== error.vendor),
  );
  const endMs = giveUpAtMs(job, open);
  const isOver = means === 'end-of-job' || (means === 'not-read' && reads(job) >= MOST_READS);
  if (isOver || open.length === 0 || nowMs >= endMs) return { reason, retryAtMs: undefined };
  const isNew = (offer: Offer): boolean =>
    tries(job, offer) === 0 && waitOf(offer.health, nowMs) === 0;
  if (means !== 'not-read' && open.some(isNew)) return { reason, retryAtMs: nowMs };
  const waitMs = Math.max(error.retryAfterMs ?? 0, backoffMs(VENDOR_BUSY, job.submissions.length));
  return { reason, retryAtMs: Math.min(nowMs + Math.ceil(waitMs), endMs) };
}

/** From the first try; of a job that could not be tried, from when the last of its vendors began to rest. */
function giveUpAtMs({ submissions, createdAtMs }: Job, open: readonly Offer[]): number {
  const restsBeganMs = open.map(({ health }) => (health.state === 'up' ? 0 : health.sinceMs));
  const startedAtMs = submissions[0]?.startedAtMs ?? Math.max(createdAtMs, ...restsBeganMs);
  return startedAtMs + GIVE_UP_AFTER_MS;
}

/** Whether waiting may help: a vendor that has no money left, or does not know our key, says so at once. */
function mayComeBack({ health }: Offer): boolean {
  return health.state !== 'resting' || POLICY[health.why].means === 'not-now';
}

function reasonToGiveUp(job: Job, open: readonly Offer[]): FailureReason {
  const kinds = open.map(({ health }) => (health.state === 'up' ? undefined : health.why));
  const isOutOfFunds = [lastSubmission(job)?.refusedAs, ...kinds].includes('out-of-funds');
  return isOutOfFunds ? 'vendor-out-of-funds' : 'vendor-unavailable';
}

/** Whether the vendor may still be asked for this job. */
function isOpen(job: Job, { vendor, credits }: Offer): boolean {
  const isClosed = job.submissions.some(
    (submission) =>
      submission.vendor === vendor.name &&
      submission.refusedAs !== undefined &&
      !mayAskAgain(POLICY[submission.refusedAs].means),
  );
  return credits <= job.holdCredits && !isClosed;
}

/** Whether the vendor that gave it may be handed the same job once more. */
function mayAskAgain(means: Meaning): boolean {
  return means === 'not-now' || means === 'not-read';
}

/** How often a file could not be read, the refusal in hand included. */
function reads({ submissions }: Job): number {
  return submissions.filter(({ refusedAs }) => refusedAs === 'input-unreadable').length + 1;
}

function tries(job: Job, offer: Offer): number {
  return job.submissions.filter((submission) => submission.vendor === offer.vendor.name).length;
}
