/** Computes what a successful task costs the operator, and detects bills above the hold. Pure. */
import { billedCredits, creditsOf } from '../../catalogue/prices/cost.ts';
import { MAX_CREDITS } from '../../quota/limits/arithmetic.ts';
import type { TaskResult } from '../../vendors/vendor.ts';
import { lastSubmission, type Job } from './job.ts';

/**
 * A bill is plausible up to this many times the hold. The largest error found so far in the bot's own
 * prices is a factor of 2; a figure in the wrong unit is off by a factor of 1,000 or more. One wrong
 * figure must not use up the monthly ceilings of all servers.
 */
const MOST_TIMES_THE_HOLD = 10;

/**
 * A bill of up to one US dollar is always plausible, so that the ceilings also count spending at a
 * vendor that `PRICES` lists as free or almost free.
 */
const ALWAYS_BELIEVED_CREDITS = 100;

/** Whole credits. */
export interface Bill {
  /** Booked in the vendor ledger. The member pays this, but at most the hold. */
  readonly billedCredits: number;
  /** What the vendor's own figures come to, when that is implausibly high. */
  readonly claimedCredits?: number;
}

export interface BillAboveHold extends Bill {
  readonly vendor: string;
  readonly model: string;
  readonly heldCredits: number;
}

/** Returns what to book for a finished task: the vendor's claim, or the hold when that is implausible. */
export function billFor(job: Job, result: TaskResult): Bill {
  const claimedCredits = claimFor(job, result);
  const mostCredits = Math.max(MOST_TIMES_THE_HOLD * job.holdCredits, ALWAYS_BELIEVED_CREDITS);
  if (claimedCredits <= Math.min(mostCredits, MAX_CREDITS))
    return { billedCredits: claimedCredits };
  return { billedCredits: job.holdCredits, claimedCredits };
}

function claimFor(job: Job, result: TaskResult): number {
  // A charge that the vendor reports itself takes precedence over our prices.
  if (result.reportedMicroDollars !== undefined) {
    return creditsOf(BigInt(Math.ceil(result.reportedMicroDollars)));
  }
  const price = lastSubmission(job)?.price;
  return price === undefined ? job.holdCredits : billedCredits(job.request, price, result);
}

/** Returns the bill of a job that has just succeeded, if the vendor claims more than was held. */
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
