/**
 * Brings finished videos to Discord. A loop of its own beside the presenter's: an upload takes
 * minutes, and holds up no other job's progress. Servers take turns.
 */
import { DAY, HOUR, MINUTE } from '../../clock.ts';
import { JobWorker, RetryDelay } from '../../jobs/job-worker.ts';
import type { JobStore } from '../../jobs/record/job-store.ts';
import type { Job } from '../../jobs/record/job.ts';
import type { JobEvent } from '../../jobs/record/state-machine.ts';
import type { Leases } from '../../storage/leases/leases.ts';
import { deliverVideo, type DeliveryDependencies, type DeliveryOutcome } from './deliver-video.ts';

const STEPS_AT_ONCE = 32;
/** A video that no route could bring to Discord for this long is given up, and refunded. */
const GIVE_UP_AFTER_MS = 3 * DAY;
/** But not before it was tried for this long: a bot may have been off for three days. */
const TRY_FOR_MS = HOUR;
/** A job that another process ends is never forgotten otherwise. */
const MOST_REMEMBERED = 10_000;
/** Where no route is open, people have to open one: tried after a minute at first, at last once an hour. */
const LEAST_NO_ROUTE_PAUSE_MS = MINUTE;
const MOST_NO_ROUTE_PAUSE_MS = HOUR;

export interface DelivererDependencies extends DeliveryDependencies {
  store: JobStore;
  leases: Leases;
}

export function createDeliverer(dependencies: DelivererDependencies): JobWorker {
  const { store, leases, clock, logger } = dependencies;
  /** By job: since when this process tries. */
  const triedSinceMs = new Map<string, number>();
  const isGivenUp = (job: Job): boolean => {
    const nowMs = clock.now();
    const sinceMs = triedSinceMs.get(job.id) ?? nowMs;
    triedSinceMs.set(job.id, sinceMs);
    const [oldest] = triedSinceMs.keys();
    if (triedSinceMs.size > MOST_REMEMBERED && oldest !== undefined) triedSinceMs.delete(oldest);
    return waitedMs(job, nowMs) > GIVE_UP_AFTER_MS && nowMs - sinceMs >= TRY_FOR_MS;
  };
  return new JobWorker({
    name: 'deliver',
    concurrency: STEPS_AT_ONCE,
    find: async (limit) => store.toDeliver(limit),
    holderOf: ({ guildId }) => guildId,
    leases,
    lease: 'show',
    isCurrent: async (job) => store.isNewest(job),
    async step(job) {
      const mayGiveUp = isGivenUp(job);
      const outcome = await tryToDeliver(job, mayGiveUp, dependencies);
      if (outcome.kind === 'no-route' && !mayGiveUp) {
        throw new RetryDelay(
          noRoutePauseMs(waitedMs(job, clock.now())),
          'no route for the finished video is open at present',
        );
      }
      // Delivering may itself have moved the job on, by the marker it sets before a new message.
      const current = (await store.find(job.id)) ?? job;
      await dependencies.transition(current, eventOf(outcome));
      triedSinceMs.delete(job.id);
    },
    clock,
    logger,
  });
}

function waitedMs({ result }: Job, nowMs: number): number {
  return nowMs - (result?.succeededAtMs ?? nowMs);
}

/** @throws Error while it may be tried again */
async function tryToDeliver(
  job: Job,
  mayGiveUp: boolean,
  dependencies: DelivererDependencies,
): Promise<DeliveryOutcome> {
  try {
    return await deliverVideo(job, dependencies);
  } catch (error) {
    // With a marker the video may be there: only Discord's answer can say that it is not.
    if (!mayGiveUp || job.deliveryMarkerChannelId !== undefined) throw error;
    const { logger } = dependencies;
    logger.error({ err: error, jobId: job.id }, 'a finished video is given up undelivered');
    return { kind: 'no-route' };
  }
}

/** Longer the longer it has waited already: a quarter of that. */
function noRoutePauseMs(waitedMs: number): number {
  return Math.min(MOST_NO_ROUTE_PAUSE_MS, Math.max(LEAST_NO_ROUTE_PAUSE_MS, waitedMs / 4));
}

function eventOf(outcome: DeliveryOutcome): JobEvent {
  switch (outcome.kind) {
    case 'delivered':
      return { type: 'delivered', as: outcome.as, messageId: outcome.messageId };
    case 'encoding-needed': {
      const { wanted, postedBytesLimit } = outcome;
      return { type: 'encoding-wanted', wanted, postedBytesLimit };
    }
    case 'no-route':
      return { type: 'undeliverable' };
    case 'file-gone':
      return { type: 'video-gone' };
  }
}
