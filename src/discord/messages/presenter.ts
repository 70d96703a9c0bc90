/**
 * Keeps every job's message up to date. One loop redraws each message that is behind its record, one step
 * per job at a time, so that an older version never overwrites a newer one. Announcements only wake the
 * loop.
 */
import type { Clock } from '../../clock.ts';
import { JobWorker } from '../../jobs/job-worker.ts';
import type { JobStore } from '../../jobs/record/job-store.ts';
import { hasEnded, type Job } from '../../jobs/record/job.ts';
import type { Leases } from '../../storage/leases/leases.ts';
import { jobMessage } from './job-message.ts';
import { notifyMember } from './notify-member.ts';
import { PositionUpdates } from './position-updates.ts';
import { renderJob, type RenderDependencies, type DrawTarget } from './render-message.ts';
import { VERIFY_AFTER_MS } from './verifier.ts';

const STEPS_AT_ONCE = 32;
/** Bounds the memory: jobs that another process finishes are never removed from the map. */
const MOST_REMEMBERED = 10_000;

export interface PresenterDependencies extends RenderDependencies {
  store: JobStore;
  /** Returns the displayed queue position of each waiting job. */
  queuePositions: () => Promise<ReadonlyMap<string, number>>;
  leases: Leases;
  clock: Clock;
}

/** What this process last drew in the message of an open job. */
interface Drawn {
  readonly picture: string;
  readonly version: number;
  readonly position: number | undefined;
}

export function createPresenter(dependencies: PresenterDependencies): JobWorker {
  const { store, queuePositions, leases, clock, logger } = dependencies;
  /** Avoids a request when nothing visible has changed. */
  const drawn = new Map<string, Drawn>();
  const updates = new PositionUpdates(clock);
  return new JobWorker({
    name: 'present',
    concurrency: STEPS_AT_ONCE,
    find: async (limit) => {
      const behind = await store.behind(limit);
      const positions = await queuePositions();
      // A position changes when other jobs start or end, not with the job itself.
      if (!updates.isFor(positions)) updates.set(positions, await store.positionsShown());
      const known = new Set(behind.map(({ id }) => id));
      const others = updates.due().filter((id) => !known.has(id));
      return [...behind, ...(await firstOf(others, limit - behind.length, store))];
    },
    leases,
    lease: 'show',
    isCurrent: async ({ id, version }) => {
      const shown = (await store.shown([id])).get(id);
      const isShown = shown?.version === version && shown.position === updates.positionOf(id);
      return shown?.newest === version && !isShown;
    },
    async step(job) {
      updates.drawn(job.id);
      await present(job, { drawn, position: updates.positionOf(job.id) }, dependencies);
    },
    clock,
    logger,
  });
}

/** Returns the first readable jobs of the list without reading the records of all that moved up. */
async function firstOf(ids: readonly string[], wanted: number, store: JobStore): Promise<Job[]> {
  const jobs: Job[] = [];
  for (let at = 0; at < ids.length && jobs.length < wanted; at += wanted) {
    jobs.push(...(await store.findMany(ids.slice(at, at + wanted))));
  }
  return jobs;
}

interface Looks {
  drawn: Map<string, Drawn>;
  position: number | undefined;
}

async function present(job: Job, looks: Looks, dependencies: PresenterDependencies): Promise<void> {
  const { store, clock } = dependencies;
  const { id, version } = job;
  const where =
    job.state === 'delivered' ? deliveredTo(job) : await redraw(job, looks, dependencies);
  if (job.state === 'delivered') await notifyMember(job, dependencies);
  const isToVerify = hasEnded(job) && where === 'its-message';
  const verifyAtMs = isToVerify ? clock.now() + VERIFY_AFTER_MS : undefined;
  await store.markShown(id, { version, position: looks.position, verifyAtMs });
  if (hasEnded(job)) looks.drawn.delete(id);
}

function deliveredTo({ deliveryMarkerChannelId }: Job): DrawTarget {
  return deliveryMarkerChannelId === undefined ? 'its-message' : 'new-message';
}

/** @returns where the message was drawn */
async function redraw(
  job: Job,
  { drawn, position }: Looks,
  dependencies: PresenterDependencies,
): Promise<DrawTarget> {
  const { id, version } = job;
  const picture = JSON.stringify(jobMessage(job, { position }));
  const last = drawn.get(id);
  const isThere = last?.picture === picture && (await isStillShown(id, last, dependencies.store));
  const where = isThere ? 'its-message' : await renderJob(job, dependencies, { position });
  drawn.set(id, { picture, version, position });
  const [oldest] = drawn.keys();
  if (drawn.size > MOST_REMEMBERED && oldest !== undefined) drawn.delete(oldest);
  return where;
}

/** Checks that no other process has drawn something else since. */
async function isStillShown(id: string, last: Drawn, store: JobStore): Promise<boolean> {
  const shown = (await store.shown([id])).get(id);
  return shown?.version === last.version && shown.position === last.position;
}
