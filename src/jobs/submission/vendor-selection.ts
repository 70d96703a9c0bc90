/**
 * Chooses the vendor for a job and what follows a definite refusal: another vendor, the same one later,
 * or the end of the job, by the table in `vendors/error-policy.ts`. Pure.
 */
import { backoffMs, type BackoffPolicy } from '../../backoff.ts';
import type { VideoRequest } from '../../catalogue/request.ts';
import { MINUTE, SECOND } from '../../clock.ts';
import type { VendorError, VendorErrorKind } from '../../errors.ts';
import { VENDOR_ERROR_POLICY, type RefusalMeaning } from '../../vendors/error-policy.ts';
import { waitOf } from '../../vendors/health/breaker.ts';
import { lastSubmission, type FailureReason, type Job, type JobSubmission } from '../record/job.ts';
import type { Offer } from './offers.ts';

/** A job that no vendor has accepted this long after the first try ends, and its credits are released. */
export const GIVE_UP_AFTER_MS = 30 * MINUTE;
const VENDOR_BUSY: BackoffPolicy = { firstMs: 2 * SECOND, maxMs: MINUTE };
/** Attempts to read an unreadable file, over one to two minutes; a lost file never comes back. */
const MOST_READS = 7;

/** What to do with an accepted job. */
export type VendorChoice =
  | { readonly next: 'ask'; readonly offer: Offer }
  /** All possible vendors rest; `offer` is the most likely next one. */
  | { readonly next: 'wait'; readonly untilMs: number; readonly offer: Offer }
  | { readonly next: 'give-up'; readonly reason: FailureReason };

/**
 * Chooses the vendor for the next try: one that is not resting, whose price fits the hold and that has
 * not refused for good; least tried first, then in the operator's order. While all of them rest, the
 * job waits until `GIVE_UP_AFTER_MS`, but not for a vendor that only the operator can fix.
 */
export function chooseOffer(job: Job, offers: readonly Offer[], nowMs: number): VendorChoice {
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
  /** The request as another offer can make it, for the next try. */
  request?: VideoRequest | undefined;
  /** What the member could order instead, where the job ends. */
  alternative?: Job['alternative'];
}

/**
 * Decides what follows a refusal. Another vendor is called at once. When all have been called, those
 * that refused with "not now" are called again later, until `GIVE_UP_AFTER_MS`.
 *
 * @param job its last submission is the refused one, without `refusedAs`
 * @param offers the offers of all vendors that can make the request, including the refusing one
 */
export function afterRefusal(
  job: Job,
  error: VendorError,
  offers: readonly Offer[],
  nowMs: number,
): RefusalOutcome {
  const { means, reason } = VENDOR_ERROR_POLICY[error.kind];
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

/** Counts from the first try; without a try, from when the last of the vendors began to rest. */
function giveUpAtMs({ submissions, createdAtMs }: Job, open: readonly Offer[]): number {
  const restsBeganMs = open.map(({ health }) => (health.state === 'up' ? 0 : health.sinceMs));
  const startedAtMs = submissions[0]?.startedAtMs ?? Math.max(createdAtMs, ...restsBeganMs);
  return startedAtMs + GIVE_UP_AFTER_MS;
}

/** Whether waiting may help. It does not when the account is out of funds or the key is rejected. */
function mayComeBack({ health }: Offer): boolean {
  return health.state !== 'resting' || VENDOR_ERROR_POLICY[health.why].means === 'not-now';
}

function reasonToGiveUp(job: Job, open: readonly Offer[]): FailureReason {
  const kinds = open.map(({ health }) => (health.state === 'up' ? undefined : health.why));
  const refusedAs = lastSubmission(job)?.refusedAs;
  if ([refusedAs, ...kinds].includes('out-of-funds')) return 'vendor-out-of-funds';
  const isRefused = open.length === 0 && refusedAs !== undefined;
  return isRefused ? VENDOR_ERROR_POLICY[refusedAs].reason : 'vendor-unavailable';
}

/** Returns the job as it will be once the current refusal is recorded. */
export function withRefusal(job: Job, refusedAs: VendorErrorKind): Job {
  const last = lastSubmission(job);
  if (last === undefined) return job;
  return { ...job, submissions: [...job.submissions.slice(0, -1), { ...last, refusedAs }] };
}

/**
 * Returns whether another model may help a job that no vendor is left for. That is so when a vendor no
 * longer serves the model and the current refusal is neither about the content nor caused by us.
 */
export function mayReplan(job: Job, { kind }: Pick<VendorError, 'kind'>): boolean {
  const { means } = VENDOR_ERROR_POLICY[kind];
  if (means === 'end-of-job' || means === 'not-read') return false;
  const kinds = job.submissions
    .filter((submission) => isOfModel(job, submission))
    .map(({ refusedAs }) => refusedAs);
  return [kind, ...kinds].includes('model-unavailable');
}

/** Returns whether the vendor may still be called for this job and its current request. */
export function isOpen(job: Job, { vendor, credits }: Offer): boolean {
  const isClosed = job.submissions.some(
    (submission) =>
      submission.vendor === vendor.name &&
      !isOfOtherModel(job, submission) &&
      submission.refusedAs !== undefined &&
      !mayAskAgain(VENDOR_ERROR_POLICY[submission.refusedAs].means),
  );
  return credits <= job.holdCredits && !isClosed;
}

/** Returns whether the vendor refused a model that the job no longer uses. */
function isOfOtherModel(job: Job, submission: JobSubmission): boolean {
  return submission.refusedAs === 'model-unavailable' && !isOfModel(job, submission);
}

function isOfModel({ request }: Job, { model = request.model }: JobSubmission): boolean {
  return model === request.model;
}

/** Returns whether the vendor that refused may be called again for the same job. */
function mayAskAgain(means: RefusalMeaning): boolean {
  return means === 'not-now' || means === 'not-read';
}

/** Counts the failed file reads, including the current refusal. */
function reads({ submissions }: Job): number {
  return submissions.filter(({ refusedAs }) => refusedAs === 'input-unreadable').length + 1;
}

function tries(job: Job, offer: Offer): number {
  return job.submissions.filter((submission) => submission.vendor === offer.vendor.name).length;
}
