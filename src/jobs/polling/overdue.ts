/**
 * Ends jobs whose vendor never reports an end. A task ends at the latest when our time limit for it
 * has passed, and its video link expires a day later. After that the video cannot be fetched, whatever
 * the vendor answers, so jobs also end while the vendor is unreachable or its key was removed. For a
 * vendor that takes no time limit we wait for one day.
 */
import { DAY, HOUR, MINUTE, SECOND, type Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import { Loop } from '../../loop.ts';
import { leasedTurn } from '../../storage/leases/leased-turn.ts';
import type { Leases } from '../../storage/leases/leases.ts';
import { capabilitiesOf } from '../../vendors/capabilities.ts';
import { LINK_LIFE_MS } from '../../vendors/result-link.ts';
import type { JobStore } from '../record/job-store.ts';
import { lastSubmission, type Job, type JobSubmission } from '../record/job.ts';
import type { Transition } from '../record/transition.ts';

const NOTHING_PROMISED_MS = DAY;

/** Returns when to stop waiting for a submission, in Unix milliseconds, whatever the state of its task. */
export function waitedForUntilMs(submission: JobSubmission): number {
  const { vendor, submittedAtMs, startedAtMs, expiresAfterSeconds } = submission;
  const keepsTimeLimit = capabilitiesOf(vendor)?.keepsTimeLimit ?? true;
  const waitMs = keepsTimeLimit ? expiresAfterSeconds * SECOND + LINK_LIFE_MS : NOTHING_PROMISED_MS;
  return (submittedAtMs ?? startedAtMs) + waitMs;
}

export interface OverdueDependencies {
  leases: Leases;
  store: JobStore;
  transition: Transition;
  clock: Clock;
  logger: Logger;
}

/** Ends overdue jobs: refunds the member and keeps the cost in the vendor ledger. */
export function createOverdueLoop(dependencies: OverdueDependencies): Loop {
  const { leases, store, clock, logger } = dependencies;
  return new Loop({
    clock,
    tick: leasedTurn(leases, 'overdue', async () => {
      const nowMs = clock.now();
      let nextMs = HOUR;
      for (const job of await store.atVendorSince(nowMs - NOTHING_PROMISED_MS)) {
        const submission = lastSubmission(job);
        if (submission === undefined || nowMs <= waitedForUntilMs(submission)) continue;
        if (!(await giveUp(job, dependencies))) nextMs = MINUTE;
      }
      return nextMs;
    }),
    onError(error) {
      logger.error({ err: error }, 'overdue job search failed; retrying');
      return MINUTE;
    },
  });
}

/** @returns false when the job could not be saved, so that the loop continues with the others */
async function giveUp(
  job: Job,
  { transition, logger }: Pick<OverdueDependencies, 'transition' | 'logger'>,
): Promise<boolean> {
  const log = logger.child({ jobId: job.id, vendor: lastSubmission(job)?.vendor });
  log.error('task overdue; ending the job');
  try {
    await transition(job, { type: 'overdue' });
    return true;
  } catch (error) {
    log.error({ err: error }, 'overdue job not ended; retrying');
    return false;
  }
}
