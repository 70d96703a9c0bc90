/**
 * Looks once more at the message of every job that has ended. An edit whose outcome nobody knows may
 * still be under way at Discord when a later one is answered, because its connection was cut, or who
 * sent it was killed: it then takes the place of the video, or of the refund. Discord keeps no order
 * between requests of different connections, so that only a look tells.
 */
import { SECOND } from '../../clock.ts';
import { JobWorker } from '../../jobs/job-worker.ts';
import type { JobStore } from '../../jobs/record/job-store.ts';
import type { Job } from '../../jobs/record/job.ts';
import type { Leases } from '../../storage/leases/leases.ts';
import { restoreVideo, type DeliveryDependencies } from './deliver-video.ts';
import { readJobMessage } from './message-routes.ts';
import { renderOnJobMessage } from './render-message.ts';
import { findVideo } from './upload-file.ts';

/** Longer than a request of words is waited for: by then Discord has carried it out, or never will. */
export const VERIFY_AFTER_MS = 20 * SECOND;
const STEPS_AT_ONCE = 8;

export interface VerifierDependencies extends DeliveryDependencies {
  store: JobStore;
  leases: Leases;
}

export function createVerifier(dependencies: VerifierDependencies): JobWorker {
  const { store, leases, clock, logger } = dependencies;
  return new JobWorker({
    name: 'verify',
    concurrency: STEPS_AT_ONCE,
    find: async (limit) => store.toVerify(clock.now(), limit),
    leases,
    lease: 'show',
    isCurrent: async ({ id }) => store.isToBeVerified(id),
    async step(job) {
      // Words are drawn again as they are: that costs no more than to look.
      if (job.state === 'delivered') await verifyVideo(job, dependencies);
      else await renderOnJobMessage(job, dependencies);
      await store.markVerified(job.id);
    },
    clock,
    logger,
  });
}

/** @throws DiscordAPIError and others when Discord could not be reached or is busy: try again later */
async function verifyVideo(job: Job, dependencies: VerifierDependencies): Promise<void> {
  const { logger } = dependencies;
  const message = await readJobMessage(job, dependencies);
  // Deleted by now, or out of our sight.
  if (message === undefined || findVideo(message, job) !== undefined) return;
  logger.warn({ jobId: job.id }, 'an older edit has taken the place of a finished video');
  const outcome = await restoreVideo(job, dependencies);
  if (outcome.kind !== 'no-route' && outcome.kind !== 'file-gone') return;
  logger.error(
    { jobId: job.id, outcome: outcome.kind },
    'a finished video is not seen, and cannot be put back',
  );
}
