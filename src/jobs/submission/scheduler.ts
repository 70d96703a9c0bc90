/**
 * The scheduler: picks the accepted jobs to submit next and computes the queue positions of the others.
 * Picking reserves nothing; the slot is claimed in the transaction that starts the submission. A run
 * reads only the records it needs, however many jobs wait.
 */
import { MINUTE, SECOND, type Clock } from '../../clock.ts';
import { inRounds } from '../../fair-share.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import {
  asStarted,
  nextToStart,
  queuePositions,
  type SlotLimits,
  type RunningJob,
} from '../queue/fair-queue.ts';
import { createQueueRecords, type QueueRecords } from '../queue/queue-records.ts';
import type { QueuedJob, VendorAccounts } from '../queue/read-queue.ts';
import type { Slots } from '../queue/running-slots.ts';
import { shownPosition } from '../queue/shown-position.ts';
import type { JobStore } from '../record/job-store.ts';
import type { Job } from '../record/job.ts';
import type { Offers } from './offers.ts';
import { chooseOffer, type VendorChoice } from './vendor-selection.ts';

/** Maximum records read in one run; later runs read the rest. */
const MOST_READ = 1_000;
/** Growth of the batch while some of the jobs read cannot start. */
const READ_FURTHER = 4;
/** A run over a longer queue rests afterwards in proportion to its length, so that runs stay cheap together. */
const SHORT_QUEUE = 100;
const REST_PER_JOB_MS = 0.1;
const LONGEST_REST_MS = SECOND;
/** Positions of a longer queue are cached in proportion to its length, for the same reason. */
const POSITION_AGE_PER_JOB_MS = 1;
/** The refusal may have been recorded by a machine whose clock is ahead of this one. */
const CLOCKS_DIFFER_MS = MINUTE;

export interface SchedulerDependencies {
  database: Database;
  store: Pick<JobStore, 'findMany' | 'stillWaiting'>;
  slots: Pick<Slots, 'queue' | 'claimSlot'>;
  offers: Offers;
  /** How many tasks each vendor account runs at once; undefined: any number. */
  accounts?: VendorAccounts | undefined;
  clock: Clock;
}

export interface Scheduler {
  /**
   * Returns the jobs to submit now, in dispatch order; then those that wait for their next try, soonest
   * first.
   *
   * @param isBusy whether a vendor has no free slot for a create call; its jobs are skipped
   */
  due(limit: number, isBusy?: (vendor: string) => boolean): Promise<Job[]>;
  /** Returns the vendor that would be called now, or first after a wait. */
  vendorOf(job: Job): string | undefined;
  /** Returns the milliseconds until the next try: after a refusal, or while all suitable vendors rest. */
  waitMs(job: Job, nowMs: number): number;
  /** Returns the displayed position of each job that waits for a slot; see `shownPosition`. */
  positions(): Promise<ReadonlyMap<string, number>>;
  /**
   * Claims a slot, which the job occupies until it leaves the vendor.
   *
   * @returns the start number
   * @throws NoFreeSlot when another job took the last slot
   */
  claim(transaction: DatabaseTransaction, job: Job, vendor: string): Promise<number>;
}

/** Another job took the slot between the run and the claim. Nothing was written. */
export class NoFreeSlot extends Error {
  readonly kind = 'no-free-slot';
  override readonly name = 'NoFreeSlot';
}

export function createScheduler(dependencies: SchedulerDependencies): Scheduler {
  const { slots, accounts, clock, offers } = dependencies;
  const records = createQueueRecords(dependencies.store);
  const lookFor = async (wanted: number, isBusy: IsBusy = () => false): Promise<Look> =>
    look({ wanted, isBusy }, records, dependencies);
  const choiceFor = (job: Job, nowMs: number): VendorChoice =>
    chooseOffer(job, offers.for(job.request, job.onlyVendor), nowMs);
  let nextRunAtMs = 0;
  let counted = { atMs: Number.NEGATIVE_INFINITY, jobs: 0, positions: new Map<string, number>() };

  return {
    async due(limit, isBusy) {
      const restMs = Math.min(nextRunAtMs - clock.now(), LONGEST_REST_MS);
      if (restMs > 0) await clock.sleep(restMs);
      const { starting, waiting } = await lookFor(limit, isBusy);
      const nowMs = clock.now();
      nextRunAtMs = nowMs + (waiting.length > SHORT_QUEUE ? waiting.length * REST_PER_JOB_MS : 0);
      const later = waiting
        .filter((job) => job.notBeforeMs > nowMs && job.notBeforeMs < BUSY_MS)
        .toSorted((one, other) => one.notBeforeMs - other.notBeforeMs)
        .slice(0, limit);
      const found = [...oneTrialEach(starting), ...later].slice(0, limit);
      const { jobs } = await records.read(found);
      return found.flatMap(({ jobId }) => jobs.get(jobId) ?? []);
    },
    waitMs(job, nowMs) {
      return notBeforeMs(job, choiceFor(job, nowMs), nowMs) - nowMs;
    },
    vendorOf: (job) => vendorOf(choiceFor(job, clock.now())),
    async positions() {
      const nowMs = clock.now();
      const ageMs = nowMs - counted.atMs;
      const isFresh = ageMs >= 0 && ageMs < counted.jobs * POSITION_AGE_PER_JOB_MS;
      if (isFresh && counted.jobs > SHORT_QUEUE) return counted.positions;
      const found = await lookFor(Number.POSITIVE_INFINITY);
      counted = {
        atMs: nowMs,
        jobs: found.waiting.length,
        positions: shownPositions(found, nowMs),
      };
      return counted.positions;
    },
    async claim(transaction, { id: jobId, guildId, memberId }, vendor) {
      const account = accounts === undefined ? undefined : vendor;
      const place = { jobId, guildId, memberId, account, accounts };
      const startNumber = await slots.claimSlot(transaction, place);
      if (startNumber === undefined) throw new NoFreeSlot();
      return startNumber;
    },
  };
}

type IsBusy = (vendor: string) => boolean;
/** For a job whose vendor is busy: no end is known. */
const BUSY_MS = Number.POSITIVE_INFINITY;

interface Waiting extends QueuedJob {
  readonly notBeforeMs: number;
  /** The vendor that would be called, if it is on trial. */
  readonly trialOf?: string | undefined;
}

interface Look {
  /** Without jobs whose record is unreadable, or is needed but not read yet. */
  readonly waiting: readonly Waiting[];
  /** Jobs that get a slot. The first `wanted` of them can start at their chosen vendor. */
  readonly starting: readonly Waiting[];
  readonly running: readonly RunningJob[];
  readonly limits: SlotLimits;
}

/** What is known from the records read so far. */
interface Known {
  readonly waiting: Map<string, Waiting>;
  /** Jobs with an unreadable record, which must not take a slot. */
  readonly unreadable: Set<string>;
  /** Jobs that changed since the queue was read; most likely they have taken a slot. */
  readonly moved: Set<string>;
}

/**
 * Decides from the columns which jobs could start and reads the records of the first ones, because only
 * a record tells which vendor would be called. If one then cannot start, others move up; this repeats
 * until the first `wanted` are settled.
 */
async function look(
  { wanted, isBusy }: { readonly wanted: number; readonly isBusy: IsBusy },
  records: QueueRecords,
  { database, slots, offers, accounts, clock }: SchedulerDependencies,
): Promise<Look> {
  const { waiting: queue, running: started, limits } = await slots.queue(database, { accounts });
  records.forgetOthers(queue);
  const nowMs = clock.now();
  const known: Known = { waiting: new Map(), unreadable: new Set(), moved: new Set() };
  let left = MOST_READ;
  for (let batch = wanted; ; batch *= READ_FURTHER) {
    const running = [...started, ...queue.filter(({ jobId }) => known.moved.has(jobId))];
    const waiting = stillWaiting(queue, known, nowMs);
    const starting = nextToStart(waiting, running, { limits, nowMs });
    const unknown = starting.filter(({ jobId }) => !known.waiting.has(jobId));
    if (starting.slice(0, wanted).every(({ jobId }) => known.waiting.has(jobId))) {
      return { waiting, starting, running, limits };
    }
    if (left <= 0) {
      const unread = new Set(unknown);
      const isRead = (job: Waiting): boolean => !unread.has(job);
      return {
        waiting: waiting.filter(isRead),
        starting: starting.filter(isRead),
        running,
        limits,
      };
    }
    // In rounds, so that a server with many unread jobs does not delay reading those of others.
    const next = inRounds(unknown, ({ guildId }) => guildId).slice(0, Math.min(batch, left));
    const { jobs, gone, readCount } = await records.read(next);
    left -= readCount;
    for (const one of next) {
      const job = jobs.get(one.jobId);
      if (job !== undefined) {
        known.waiting.set(one.jobId, asWaiting(one, job, { offers, accounts, isBusy, nowMs }));
      } else if (gone.has(one.jobId)) known.moved.add(one.jobId);
      else known.unreadable.add(one.jobId);
    }
  }
}

function stillWaiting(queue: readonly QueuedJob[], known: Known, nowMs: number): Waiting[] {
  return queue
    .filter(({ jobId }) => !known.moved.has(jobId) && !known.unreadable.has(jobId))
    .map((job) => known.waiting.get(job.jobId) ?? { ...job, notBeforeMs: retryAtMs(job, nowMs) });
}

interface Asked extends Pick<SchedulerDependencies, 'offers' | 'accounts'> {
  readonly isBusy: IsBusy;
  readonly nowMs: number;
}

function asWaiting(
  queued: QueuedJob,
  job: Job,
  { offers, accounts, isBusy, nowMs }: Asked,
): Waiting {
  const choice = chooseOffer(job, offers.for(job.request, job.onlyVendor), nowMs);
  const vendor = vendorOf(choice);
  const account = accounts === undefined ? undefined : vendor;
  const isTrial = choice.next === 'ask' && choice.offer.health.state === 'on-trial';
  const trialOf = isTrial ? vendor : undefined;
  const isPassedOver = choice.next === 'ask' && isBusy(choice.offer.vendor.name);
  const untilMs = isPassedOver ? BUSY_MS : notBeforeMs(job, choice, nowMs);
  return { ...queued, notBeforeMs: untilMs, account, trialOf };
}

function vendorOf(choice: VendorChoice): string | undefined {
  return choice.next === 'give-up' ? undefined : choice.offer.vendor.name;
}

function notBeforeMs(job: Job, choice: VendorChoice, nowMs: number): number {
  const retryMs = retryAtMs(job, nowMs);
  return choice.next === 'wait' ? Math.max(retryMs, choice.untilMs) : retryMs;
}

/** Returns the time of the next try; at once if the refusal is in the future, since the clock was set back. */
function retryAtMs(job: Pick<Job, 'stateSinceMs' | 'retryAtMs'>, nowMs: number): number {
  return nowMs < job.stateSinceMs - CLOCKS_DIFFER_MS ? 0 : job.retryAtMs;
}

/** Returns the displayed positions of the jobs that wait for a slot, not for a time. */
function shownPositions({ waiting, starting, running, limits }: Look, nowMs: number) {
  const isStarting = new Set<Waiting>(starting);
  const left = waiting.filter((job) => !isStarting.has(job));
  const positions = queuePositions(left, [...running, ...asStarted(starting)], limits);
  return new Map(
    left
      .filter((job) => job.notBeforeMs <= nowMs)
      .map(({ jobId }) => [jobId, shownPosition(positions.get(jobId) ?? 1)]),
  );
}

/** Keeps one job per vendor on trial; the others are scheduled again in the next run. */
function oneTrialEach(starting: readonly Waiting[]): Waiting[] {
  const onTrial = new Set<string>();
  return starting.filter(({ trialOf }) => {
    if (trialOf === undefined) return true;
    const isFirst = !onTrial.has(trialOf);
    onTrial.add(trialOf);
    return isFirst;
  });
}
