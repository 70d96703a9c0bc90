/** What a vendor's word means for a job, and what its success costs the operator. Pure. */
import { billedCredits, creditsOf } from '../../catalogue/prices/cost.ts';
import type { TaskResult, TaskStatus } from '../../vendors/vendor.ts';
import { lastSubmission, type FailureReason, type Job } from '../record/job.ts';
import type { JobEvent } from '../record/machine.ts';

const FAILURES = {
  moderated: 'moderated-output',
  rejected: 'rejected',
  unavailable: 'vendor-failed',
} as const satisfies Record<string, FailureReason>;

/** What a vendor's word means for the job. */
export function eventFor(job: Job, status: TaskStatus): JobEvent {
  switch (status.status) {
    case 'queued':
      return { type: 'vendor-queued' };
    case 'running':
      return { type: 'vendor-running' };
    case 'succeeded': {
      const { status: _word, ...result } = status;
      return { type: 'vendor-succeeded', result, billedCredits: billFor(job, result) };
    }
    case 'failed':
      return {
        type: 'vendor-failed',
        failure: { reason: FAILURES[status.kind], code: status.code },
      };
    case 'cancelled':
      return { type: 'vendor-cancelled' };
    case 'expired':
      return { type: 'vendor-expired' };
    case 'missing':
      return { type: 'vendor-missing' };
    default:
      return status satisfies never;
  }
}

function billFor(job: Job, result: TaskResult): number {
  // What the vendor itself says it took is what the operator pays.
  if (result.reportedMicroDollars !== undefined) {
    return creditsOf(BigInt(Math.ceil(result.reportedMicroDollars)));
  }
  const price = lastSubmission(job)?.price;
  return price === undefined ? job.holdCredits : billedCredits(job.request, price, result);
}
