/**
 * The end of waiting for a vendor that names none. A task ends at the latest when the time limit we
 * gave it has passed, and the link of its video lives a day longer: after that no answer could bring
 * the video any more, also where the vendor cannot be asked, or its key was taken away.
 */
import { DAY, HOUR, MINUTE, SECOND, type Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { JobStore } from './job-store.ts';
import type { JobSubmission } from './job.ts';
import { Loop } from './loop.ts';
import type { Transition } from './transition.ts';

const LINK_LIVES_MS = DAY;

/** From when on the video of a submission could not be fetched, whatever became of its task. */
export function linkDeadAtMs(submission: JobSubmission): number {
  const { submittedAtMs, startedAtMs, expiresAfterSeconds } = submission;
  return (submittedAtMs ?? startedAtMs) + expiresAfterSeconds * SECOND + LINK_LIVES_MS;
}

export interface OverdueDependencies {
  store: JobStore;
  transition: Transition;
  clock: Clock;
  logger: Logger;
}

/** Ends overdue jobs: the member is refunded, the vendor book keeps the cost. */
export function createOverdueLoop({ store, transition, clock, logger }: OverdueDependencies): Loop {
  return new Loop({
    clock,
    async turn() {
      for (const job of await store.pastTimeLimit(clock.now() - LINK_LIVES_MS)) {
        logger.error(
          { jobId: job.id },
          'the vendor never named an end of this task: it is given up',
        );
        await transition(job, { type: 'overdue' });
      }
      return HOUR;
    },
    onError(error) {
      logger.error({ err: error }, 'looking for overdue jobs failed, will be tried again');
      return MINUTE;
    },
  });
}
