/**
 * Verifies the message of every ended job. An edit with an unknown outcome, after a cut connection or a
 * killed process, may still be running at Discord when a later one is answered; it would then overwrite
 * the video or the refund notice. Discord does not order requests of different connections, so only
 * reading the message tells.
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

/**
 * Longer than the timeout of a request without files: after this, Discord has carried it out or never
 * will.
 */
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
      // Text is simply drawn again: that costs no more than reading the message.
      if (job.state === 'delivered') await verifyVideo(job, dependencies);
      else await renderOnJobMessage(job, dependencies);
      await store.markVerified(job.id);
    },
    clock,
    logger,
  });
}

/** @throws DiscordAPIError and others when Discord cannot be reached or is busy; retry later */
async function verifyVideo(job: Job, dependencies: VerifierDependencies): Promise<void> {
  const { logger } = dependencies;
  const message = await readJobMessage(job, dependencies);
  // Deleted by now, or no longer readable.
  if (message === undefined || findVideo(message, job) !== undefined) return;
  logger.warn({ jobId: job.id }, 'finished video overwritten by an older edit; restoring it');
  const outcome = await restoreVideo(job, dependencies);
  if (outcome.kind !== 'no-route' && outcome.kind !== 'file-gone') return;
  logger.error(
    { jobId: job.id, outcome: outcome.kind },
    'finished video overwritten and not restored',
  );
}
