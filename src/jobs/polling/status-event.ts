/** Maps a vendor's task status to a job event. Pure. */
import type { TaskStatus } from '../../vendors/vendor.ts';
import { billFor } from '../record/bill.ts';
import type { FailureReason, Job } from '../record/job.ts';
import type { JobEvent } from '../record/state-machine.ts';

const FAILURES = {
  moderated: 'moderated-output',
  rejected: 'rejected',
  unavailable: 'vendor-failed',
} as const satisfies Record<string, FailureReason>;

/** Returns the event that a task status means for the job. */
export function statusEvent(job: Job, status: TaskStatus): JobEvent {
  switch (status.status) {
    case 'queued':
      return { type: 'vendor-queued' };
    case 'running':
      return { type: 'vendor-running' };
    case 'succeeded': {
      const { status: _word, ...result } = status;
      return { type: 'vendor-succeeded', result, ...billFor(job, result) };
    }
    case 'failed':
      return {
        type: 'vendor-failed',
        failure: { reason: FAILURES[status.kind], code: status.code },
      };
    case 'finished-without-file':
      return { type: 'vendor-finished-without-file' };
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
