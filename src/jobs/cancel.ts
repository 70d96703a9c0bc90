/** Cancelling: possible while a job waits with us, or is still queued at a vendor that can cancel. */
import type { Vendor } from '../vendors/vendor.ts';
import type { JobStore } from './job-store.ts';
import { hasEnded, lastSubmission, type Job } from './job.ts';
import { eventFor } from './poller.ts';
import type { Transition } from './transition.ts';

/** `cannot`: it has started, or this vendor cannot cancel; it goes on. `ended`: there is nothing left to cancel. */
export type CancelOutcome = 'cancelled' | 'cannot' | 'ended';

export interface CancelDependencies {
  store: JobStore;
  transition: Transition;
  vendorNamed: (name: string) => Vendor | undefined;
}

/** @throws VendorError when the vendor could not be asked: the job goes on */
export async function cancelJob(
  job: Job,
  dependencies: CancelDependencies,
): Promise<CancelOutcome> {
  if (hasEnded(job)) return job.state === 'cancelled' ? 'cancelled' : 'ended';
  if (job.state === 'accepted') {
    const cancelled = await dependencies.transition(job, { type: 'cancelled' });
    return cancelled === undefined ? 'cannot' : 'cancelled';
  }
  return job.state === 'queued' ? await cancelAtVendor(job, dependencies) : 'cannot';
}

/** Asks first, deletes only what is still queued, and asks again: deleting a finished task would lose its video. */
async function cancelAtVendor(
  job: Job,
  { store, transition, vendorNamed }: CancelDependencies,
): Promise<CancelOutcome> {
  const submission = lastSubmission(job);
  const vendor = submission && vendorNamed(submission.vendor);
  if (submission?.taskId === undefined || vendor?.cancel === undefined) return 'cannot';
  const handle = { taskId: submission.taskId };
  const before = await vendor.check(handle);
  if (before.status === 'queued') await vendor.cancel(handle);
  const after = before.status === 'queued' ? await vendor.check(handle) : before;
  const current = await store.find(job.id);
  if (current === undefined || hasEnded(current))
    return current?.state === 'cancelled' ? 'cancelled' : 'ended';
  const moved = await transition(current, eventFor(current, after));
  return moved?.state === 'cancelled' ? 'cancelled' : 'cannot';
}
