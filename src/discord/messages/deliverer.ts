/**
 * Delivers finished videos to Discord. Runs in its own loop beside the presenter, because an upload takes
 * minutes and must not delay other jobs' updates. Slots are shared fairly between servers.
 */
import { DAY, HOUR, MINUTE } from '../../clock.ts';
import { JobWorker, RetryDelay } from '../../jobs/job-worker.ts';
import type { JobStore } from '../../jobs/record/job-store.ts';
import type { Job } from '../../jobs/record/job.ts';
import type { JobEvent } from '../../jobs/record/state-machine.ts';
import type { Leases } from '../../storage/leases/leases.ts';
import { deliverVideo, type DeliveryDependencies, type DeliveryOutcome } from './deliver-video.ts';

const STEPS_AT_ONCE = 32;
/** Gives up and refunds a video that no route could deliver for this long. */
const GIVE_UP_AFTER_MS = 3 * DAY;
/** Minimum time of tries by this process before giving up: the bot may have been off for three days. */
const TRY_FOR_MS = HOUR;
/** Bounds the memory: jobs that another process finishes are never removed from the map. */
const MOST_REMEMBERED = 10_000;
/** Pauses between tries when no route is open: it takes people to open one. */
const LEAST_NO_ROUTE_PAUSE_MS = MINUTE;
const MOST_NO_ROUTE_PAUSE_MS = HOUR;

export interface DelivererDependencies extends DeliveryDependencies {
  store: JobStore;
  leases: Leases;
}

export function createDeliverer(dependencies: DelivererDependencies): JobWorker {
  const { store, leases, clock, logger } = dependencies;
  /** By job: when this process began to try. */
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
          'no delivery route open for the finished video',
        );
      }
      // Delivery itself may have changed the record: it sets a marker before a new message.
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

/** @throws Error while the delivery may be retried */
async function tryToDeliver(
  job: Job,
  mayGiveUp: boolean,
  dependencies: DelivererDependencies,
): Promise<DeliveryOutcome> {
  try {
    return await deliverVideo(job, dependencies);
  } catch (error) {
    // With a marker set, the video may already be posted; only Discord's answer can rule that out.
    if (!mayGiveUp || job.deliveryMarkerChannelId !== undefined) throw error;
    const { logger } = dependencies;
    logger.error({ err: error, jobId: job.id }, 'finished video given up; no route delivered it');
    return { kind: 'no-route' };
  }
}

/** Returns a quarter of the time waited so far, between the two limits. */
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
