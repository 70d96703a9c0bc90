/** What the success of a task costs the operator, and when that is more than was held. Pure. */
import { billedCredits, creditsOf } from '../../catalogue/prices/cost.ts';
import { MAX_CREDITS } from '../../quota/limits/arithmetic.ts';
import type { TaskResult } from '../../vendors/vendor.ts';
import { lastSubmission, type Job } from './job.ts';

/**
 * A bill is believed up to this many times the hold. The largest error that was ever found in the
 * bot's own prices is a factor of 2; a figure in the wrong unit is off by a factor of 1,000 or more.
 * One false figure must not use up the ceilings of all servers for the month.
 */
const MOST_TIMES_THE_HOLD = 10;

/**
 * A bill of up to one US dollar is always believed, so that the ceilings also count what is spent
 * where `PRICES` says that a vendor is free, or next to free.
 */
const ALWAYS_BELIEVED_CREDITS = 100;

/** Whole credits. */
export interface Bill {
  /** For the vendor ledger; the member pays this, and at most the hold. */
  readonly billedCredits: number;
  /** What the vendor's own figures come to, where that is too much to be believed. */
  readonly claimedCredits?: number;
}

export interface BillAboveHold extends Bill {
  readonly vendor: string;
  readonly model: string;
  readonly heldCredits: number;
}

/** Returns what to book for a finished task: what the vendor claims, or the hold where that is implausible. */
export function billFor(job: Job, result: TaskResult): Bill {
  const claimedCredits = claimFor(job, result);
  const mostCredits = Math.max(MOST_TIMES_THE_HOLD * job.holdCredits, ALWAYS_BELIEVED_CREDITS);
  if (claimedCredits <= Math.min(mostCredits, MAX_CREDITS))
    return { billedCredits: claimedCredits };
  return { billedCredits: job.holdCredits, claimedCredits };
}

function claimFor(job: Job, result: TaskResult): number {
  // What the vendor itself says it took is what the operator pays.
  if (result.reportedMicroDollars !== undefined) {
    return creditsOf(BigInt(Math.ceil(result.reportedMicroDollars)));
  }
  const price = lastSubmission(job)?.price;
  return price === undefined ? job.holdCredits : billedCredits(job.request, price, result);
}

/** Returns the bill of a job that has just succeeded, where the vendor claims more than was held. */
export function billAboveHold(after: Job, before: Job | undefined): BillAboveHold | undefined {
  if (after.state !== 'succeeded' || before?.state === 'succeeded') return undefined;
  const { holdCredits: heldCredits, billedCredits: billed = 0, claimedCredits } = after;
  if ((claimedCredits ?? billed) <= heldCredits) return undefined;
  return {
    vendor: lastSubmission(after)?.vendor ?? 'unknown',
    model: after.request.model,
    heldCredits,
    billedCredits: billed,
    ...(claimedCredits === undefined ? {} : { claimedCredits }),
  };
}
