/**
 * Keeps every job's message true: one loop redraws each message that is behind its record and brings
 * finished videos, one step per job at a time, so that an earlier picture never overtakes a later
 * one. Announcements only wake it.
 */
import { DAY, type Clock } from '../../clock.ts';
import type { JobStore } from '../../jobs/job-store.ts';
import { hasEnded, type Job } from '../../jobs/job.ts';
import { StepLoop } from '../../jobs/step-loop.ts';
import { deliver, type DeliveryDependencies, type DeliveryOutcome } from '../delivery/delivery.ts';
import { drawJob } from './drawing.ts';
import { jobMessage } from './job-message.ts';
import { tellMember } from './notice.ts';

const STEPS_AT_ONCE = 32;
/** A video that no way could bring to Discord for this long is given up, and refunded. */
export const GIVE_UP_AFTER_MS = 3 * DAY;

export interface PresenterDependencies extends DeliveryDependencies {
  store: JobStore;
  /** From 1, by job: those that wait in turn. */
  placesInLine: () => Promise<ReadonlyMap<string, number>>;
  clock: Clock;
}

/** What the message of an open job shows. */
interface Shown {
  readonly picture: string;
  readonly place: number | undefined;
}

export function createPresenter(dependencies: PresenterDependencies): StepLoop {
  const { store, placesInLine, clock, logger } = dependencies;
  /** What each open job's message shows, so that an unchanged picture costs no request. */
  const shown = new Map<string, Shown>();
  let places: ReadonlyMap<string, number> = new Map();
  return new StepLoop({
    name: 'present',
    concurrency: STEPS_AT_ONCE,
    find: async (limit) => {
      const behind = await store.behind(limit);
      places = await placesInLine();
      // A place changes when others come and go, not when the job itself does.
      const moved = [...places].filter(([id, place]) => shown.get(id)?.place !== place);
      const known = new Set(behind.map(({ id }) => id));
      const ids = moved.map(([id]) => id).filter((id) => !known.has(id));
      return [...behind, ...(await store.findMany(ids))];
    },
    step: async (job) => present(job, { shown, place: places.get(job.id) }, dependencies),
    clock,
    logger,
  });
}

interface Looks {
  shown: Map<string, Shown>;
  place: number | undefined;
}

async function present(job: Job, looks: Looks, dependencies: PresenterDependencies): Promise<void> {
  if (job.state === 'succeeded' && job.video !== undefined) await bring(job, dependencies);
  else if (job.state === 'delivered') await tellMember(job, dependencies);
  else await redraw(job, looks, dependencies);
  await dependencies.store.markShown(job.id, job.version);
  if (hasEnded(job)) looks.shown.delete(job.id);
}

async function redraw(
  job: Job,
  { shown, place }: Looks,
  dependencies: PresenterDependencies,
): Promise<void> {
  const picture = JSON.stringify(jobMessage(job, { place }));
  if (shown.get(job.id)?.picture !== picture) await drawJob(job, dependencies, { place });
  shown.set(job.id, { picture, place });
}

/** @throws Error when no way is open at present: try again later */
async function bring(job: Job, dependencies: PresenterDependencies): Promise<void> {
  const { store, transition } = dependencies;
  const outcome = await tryToDeliver(job, dependencies);
  // Delivering may itself have moved the job on, by the mark it leaves before a new message.
  const current = (await store.find(job.id)) ?? job;
  if (outcome === 'no-way') await transition(current, { type: 'undeliverable' });
  else await transition(current, { type: 'delivered', ...outcome });
}

/**
 * @returns `no-way` when it is to be given up
 * @throws Error while there is time to try again
 */
async function tryToDeliver(
  job: Job,
  dependencies: PresenterDependencies,
): Promise<DeliveryOutcome> {
  const { clock, logger } = dependencies;
  const isTimeOver = clock.now() - (job.result?.succeededAtMs ?? 0) > GIVE_UP_AFTER_MS;
  try {
    const outcome = await deliver(job, dependencies);
    if (outcome !== 'no-way' || isTimeOver) return outcome;
  } catch (error) {
    if (!isTimeOver) throw error;
    logger.error({ err: error, jobId: job.id }, 'a finished video is given up undelivered');
    return 'no-way';
  }
  throw new Error('no way to bring the finished video to Discord is open at present');
}
