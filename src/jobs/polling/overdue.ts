/**
 * The end of waiting for a vendor that names none. A task ends at the latest when the time limit we
 * gave it has passed, and the link of its video lives a day longer: after that no answer could bring
 * the video any more, also where the vendor cannot be asked, or its key was taken away. Where a vendor
 * takes no time limit it promises nothing, and is waited for for a day.
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

/** From when on a submission is waited for no more, whatever became of its task. */
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

/** Ends overdue jobs: the member is refunded, the vendor ledger keeps the cost. */
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
      logger.error({ err: error }, 'looking for overdue jobs failed, will be tried again');
      return MINUTE;
    },
  });
}

/** @returns false for one that cannot be written: it must not keep the others waiting */
async function giveUp(
  job: Job,
  { transition, logger }: Pick<OverdueDependencies, 'transition' | 'logger'>,
): Promise<boolean> {
  const log = logger.child({ jobId: job.id, vendor: lastSubmission(job)?.vendor });
  log.error('the vendor never named an end of this task: it is given up');
  try {
    await transition(job, { type: 'overdue' });
    return true;
  } catch (error) {
    log.error({ err: error }, 'an overdue job could not be ended, will be tried again');
    return false;
  }
}
