/**
 * Brings finished videos to Discord. A loop of its own beside the presenter's: a re-encoding or an
 * upload takes minutes, and holds up no other job's progress.
 */
import { DAY, HOUR, MINUTE } from '../../clock.ts';
import { StepLoop } from '../../jobs/loops/step-loop.ts';
import type { JobStore } from '../../jobs/record/job-store.ts';
import type { Job } from '../../jobs/record/job.ts';
import type { JobEvent } from '../../jobs/record/machine.ts';
import type { Leases } from '../../storage/leases/leases.ts';
import { deliver, type DeliveryDependencies, type DeliveryOutcome } from '../delivery/delivery.ts';

const STEPS_AT_ONCE = 32;
/** A video that no way could bring to Discord for this long is given up, and refunded. */
const GIVE_UP_AFTER_MS = 3 * DAY;
/** Where no way was open, people have to open one: after a minute at first, at last once an hour. */
const LEAST_NO_WAY_PAUSE_MS = MINUTE;
const MOST_NO_WAY_PAUSE_MS = HOUR;

export interface DelivererDependencies extends DeliveryDependencies {
  store: JobStore;
  leases: Leases;
}

export function createDeliverer(dependencies: DelivererDependencies): StepLoop {
  const { store, leases, clock, logger } = dependencies;
  /** By job: before then, no way is looked for again. */
  const noWayUntilMs = new Map<string, number>();
  return new StepLoop({
    name: 'deliver',
    concurrency: STEPS_AT_ONCE,
    find: async (limit) => store.toDeliver(limit),
    leases,
    lease: 'show',
    isCurrent: async (job) => store.isNewest(job),
    waitMs: ({ id }, nowMs) => (noWayUntilMs.get(id) ?? nowMs) - nowMs,
    async step(job) {
      const waitedMs = clock.now() - (job.result?.succeededAtMs ?? 0);
      const outcome = await tryToDeliver(job, waitedMs, dependencies);
      if (outcome === 'no-way' && waitedMs <= GIVE_UP_AFTER_MS) {
        noWayUntilMs.set(job.id, clock.now() + noWayPauseMs(waitedMs));
        throw new Error('no way to bring the finished video to Discord is open at present');
      }
      // Delivering may itself have moved the job on, by the mark it leaves before a new message.
      const current = (await store.find(job.id)) ?? job;
      await dependencies.transition(current, eventOf(outcome));
      noWayUntilMs.delete(job.id);
    },
    clock,
    logger,
  });
}

/** @throws Error while there is time to try again */
async function tryToDeliver(
  job: Job,
  waitedMs: number,
  dependencies: DelivererDependencies,
): Promise<DeliveryOutcome> {
  try {
    return await deliver(job, dependencies);
  } catch (error) {
    if (waitedMs <= GIVE_UP_AFTER_MS) throw error;
    const { logger } = dependencies;
    logger.error({ err: error, jobId: job.id }, 'a finished video is given up undelivered');
    return 'no-way';
  }
}

/** Longer the longer it has waited already: a quarter of that. */
function noWayPauseMs(waitedMs: number): number {
  return Math.min(MOST_NO_WAY_PAUSE_MS, Math.max(LEAST_NO_WAY_PAUSE_MS, waitedMs / 4));
}

function eventOf(outcome: DeliveryOutcome): JobEvent {
  switch (outcome) {
    case 'no-way':
      return { type: 'undeliverable' };
    case 'file-gone':
      return { type: 'video-gone' };
    default:
      return { type: 'delivered', ...outcome };
  }
}
