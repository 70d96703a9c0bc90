/** Cancels a job that waits in our queue, or is still queued at a vendor that supports cancelling. */
import type { Clock } from '../clock.ts';
import type { Database } from '../storage/database.ts';
import type { TaskHandle, TaskStatus, Vendor } from '../vendors/vendor.ts';
import { statusEvent } from './polling/status-event.ts';
import { recordAtVendor } from './record/job-events.ts';
import type { JobStore } from './record/job-store.ts';
import { hasEnded, lastSubmission, type Job } from './record/job.ts';
import type { Transition } from './record/transition.ts';

/** `cannot`: the job has started or the vendor cannot cancel it. `ended`: the job had already ended. */
export type CancelOutcome = 'cancelled' | 'cannot' | 'ended';

export interface CancelDependencies {
  database: Database;
  clock: Clock;
  store: JobStore;
  transition: Transition;
  vendorNamed: (name: string) => Vendor | undefined;
}

/** @throws VendorError when the vendor could not be reached; the job continues */
export async function cancelJob(
  job: Job,
  dependencies: CancelDependencies,
): Promise<CancelOutcome> {
  const { store, transition } = dependencies;
  if (job.state === 'accepted') await transition(job, { type: 'cancelled' });
  if (job.state === 'queued') await cancelAtVendor(job, dependencies);
  // Another process may have moved the job meanwhile; the stored state decides.
  const current = await store.find(job.id);
  if (current?.state === 'cancelled') return 'cancelled';
  return current === undefined || hasEnded(current) ? 'ended' : 'cannot';
}

/**
 * Cancels only a task that a check reports as queued, then checks again. Deleting a finished task
 * would lose its video.
 */
async function cancelAtVendor(
  job: Job,
  { database, clock, store, transition, vendorNamed }: CancelDependencies,
): Promise<void> {
  const submission = lastSubmission(job);
  const vendor = submission && vendorNamed(submission.vendor);
  if (submission?.taskId === undefined || vendor?.cancel === undefined) return;
  const handle = { taskId: submission.taskId };
  const before = await vendor.check(handle);
  if (before.status === 'queued') {
    await recordAtVendor(database, job, { kind: 'cancel-requested', nowMs: clock.now() });
  }
  const status = before.status === 'queued' ? await cancelQueued(vendor, handle) : before;
  const current = await store.find(job.id);
  const isOpen = current?.state === 'queued' || current?.state === 'running';
  if (isOpen) await transition(current, statusEvent(current, status));
}

async function cancelQueued(vendor: Vendor, handle: TaskHandle): Promise<TaskStatus> {
  const outcome = await vendor.cancel?.(handle);
  const after = await vendor.check(handle);
  // A vendor may delete its record of a cancelled task.
  const isGone = outcome === 'cancelled' && after.status === 'missing';
  return isGone ? { status: 'cancelled' } : after;
}
