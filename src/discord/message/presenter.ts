/**
 * Keeps every job's message true: one loop redraws each message that is behind its record and brings
 * finished videos, one step per job at a time, so that an earlier picture never overtakes a later
 * one. Announcements only wake it.
 */
import { DAY, HOUR, MINUTE } from '../../clock.ts';
import { StepLoop } from '../../jobs/loops/step-loop.ts';
import type { JobStore } from '../../jobs/record/job-store.ts';
import { hasEnded, type Job } from '../../jobs/record/job.ts';
import type { JobEvent } from '../../jobs/record/machine.ts';
import type { Leases } from '../../storage/leases/leases.ts';
import { deliver, type DeliveryDependencies, type DeliveryOutcome } from '../delivery/delivery.ts';
import { drawJob } from './drawing.ts';
import { jobMessage } from './job-message.ts';
import { tellMember } from './notice.ts';

const STEPS_AT_ONCE = 32;
/** A job that another process ends is never forgotten otherwise. */
const MOST_REMEMBERED = 10_000;
/** A video that no way could bring to Discord for this long is given up, and refunded. */
const GIVE_UP_AFTER_MS = 3 * DAY;
/** Where no way was open, people have to open one: after a minute at first, at last once an hour. */
const LEAST_NO_WAY_PAUSE_MS = MINUTE;
const MOST_NO_WAY_PAUSE_MS = HOUR;

export interface PresenterDependencies extends DeliveryDependencies {
  store: JobStore;
  /** From 1, by job: those that wait in turn. */
  placesInLine: () => Promise<ReadonlyMap<string, number>>;
  leases: Leases;
}

/** What this process last drew in the message of an open job. */
interface Drawn {
  readonly picture: string;
  readonly version: number;
  readonly place: number | undefined;
}

export function createPresenter(dependencies: PresenterDependencies): StepLoop {
  const { store, placesInLine, leases, clock, logger } = dependencies;
  /** So that an unchanged picture costs no request. */
  const drawn = new Map<string, Drawn>();
  /** By job: before then, no way is looked for again. */
  const noWayUntilMs = new Map<string, number>();
  let places: ReadonlyMap<string, number> = new Map();
  return new StepLoop({
    name: 'present',
    concurrency: STEPS_AT_ONCE,
    find: async (limit) => {
      const behind = await store.behind(limit);
      places = await placesInLine();
      // A place changes when others come and go, not when the job itself does.
      const shown = await store.shown([...places.keys()]);
      const moved = [...places].filter(([id, place]) => shown.get(id)?.place !== place);
      const known = new Set(behind.map(({ id }) => id));
      const ids = moved.map(([id]) => id).filter((id) => !known.has(id));
      return [...behind, ...(await store.findMany(ids))];
    },
    leases,
    lease: 'show',
    isCurrent: async ({ id, version }) => {
      const shown = (await store.shown([id])).get(id);
      const place = places.get(id);
      const isPlaceShown = place === undefined || shown?.place === place;
      return shown?.newest === version && !(shown.version === version && isPlaceShown);
    },
    waitMs: ({ id }, nowMs) => (noWayUntilMs.get(id) ?? nowMs) - nowMs,
    step: async (job) =>
      present(job, { drawn, noWayUntilMs, place: places.get(job.id) }, dependencies),
    clock,
    logger,
  });
}

interface Looks {
  drawn: Map<string, Drawn>;
  noWayUntilMs: Map<string, number>;
  place: number | undefined;
}

async function present(job: Job, looks: Looks, dependencies: PresenterDependencies): Promise<void> {
  if (job.state === 'succeeded' && job.video !== undefined) await bring(job, looks, dependencies);
  else if (job.state === 'delivered') await tellMember(job, dependencies);
  else await redraw(job, looks, dependencies);
  await dependencies.store.markShown(job.id, { version: job.version, place: looks.place });
  if (!hasEnded(job)) return;
  looks.drawn.delete(job.id);
  looks.noWayUntilMs.delete(job.id);
}

async function redraw(
  job: Job,
  { drawn, place }: Pick<Looks, 'drawn' | 'place'>,
  dependencies: PresenterDependencies,
): Promise<void> {
  const { id, version } = job;
  const picture = JSON.stringify(jobMessage(job, { place }));
  const last = drawn.get(id);
  const isThere = last?.picture === picture && (await isStillShown(id, last, dependencies.store));
  if (!isThere) await drawJob(job, dependencies, { place });
  drawn.set(id, { picture, version, place });
  const [oldest] = drawn.keys();
  if (drawn.size > MOST_REMEMBERED && oldest !== undefined) drawn.delete(oldest);
}

/** Another process may have drawn something else since. */
async function isStillShown(id: string, last: Drawn, store: JobStore): Promise<boolean> {
  const shown = (await store.shown([id])).get(id);
  return shown?.version === last.version && shown.place === last.place;
}

/** @throws Error when no way is open at present, or Discord could not be asked: try again later */
async function bring(
  job: Job,
  { noWayUntilMs }: Pick<Looks, 'noWayUntilMs'>,
  dependencies: PresenterDependencies,
): Promise<void> {
  const { store, transition, clock } = dependencies;
  const waitedMs = clock.now() - (job.result?.succeededAtMs ?? 0);
  const outcome = await tryToDeliver(job, waitedMs, dependencies);
  if (outcome === 'no-way' && waitedMs <= GIVE_UP_AFTER_MS) {
    noWayUntilMs.set(job.id, clock.now() + noWayPauseMs(waitedMs));
    throw new Error('no way to bring the finished video to Discord is open at present');
  }
  // Delivering may itself have moved the job on, by the mark it leaves before a new message.
  const current = (await store.find(job.id)) ?? job;
  await transition(current, eventOf(outcome));
}

/** @throws Error while there is time to try again */
async function tryToDeliver(
  job: Job,
  waitedMs: number,
  dependencies: PresenterDependencies,
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
