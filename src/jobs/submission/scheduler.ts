/**
 * The scheduler: of the accepted jobs, which may go to a vendor now, and at which position of the
 * queue the others wait. Looking decides nothing: the slot is claimed in the transaction that takes
 * it. A look reads no more records than it needs, however many jobs wait.
 */
import { MINUTE, type Clock } from '../../clock.ts';
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
import { shownPosition } from '../queue/shown-position.ts';
import type { Slots } from '../queue/slots.ts';
import type { JobStore } from '../record/job-store.ts';
import type { Job } from '../record/job.ts';
import type { Offers } from './offers.ts';
import { chooseOffer, type VendorChoice } from './vendor-selection.ts';

/** Records that are read in one look; those behind them are read by the next looks. */
const MOST_READ = 1_000;
/** When some of those read cannot start: how many more are read at once. */
const READ_FURTHER = 4;
/** Positions of more than a few are counted less often, so that counting never becomes most of the work. */
const FEW_POSITIONS = 100;
const POSITION_AGE_PER_JOB_MS = 1;
/** The process that was refused may have been another one, on a machine whose clock is ahead of ours. */
const CLOCKS_DIFFER_MS = MINUTE;

export interface SchedulerDependencies {
  database: Database;
  store: Pick<JobStore, 'findMany' | 'stillWaiting'>;
  slots: Pick<Slots, 'queue' | 'claimSlot'>;
  offers: Offers;
  /** How many tasks each vendor's account takes at once; undefined: any number. */
  accounts?: VendorAccounts | undefined;
  clock: Clock;
}

export interface Scheduler {
  /**
   * Those whose turn it is, first first; then those with a try still to come, the soonest first.
   *
   * @param isBusy vendors that can be asked for no more at the moment: their jobs are passed over
   */
  due(limit: number, isBusy?: (vendor: string) => boolean): Promise<Job[]>;
  /** The vendor that would be asked now, or first. */
  vendorOf(job: Job): string | undefined;
  /** Milliseconds until the job may be tried: after a refusal, or while all who could make it rest. */
  waitMs(job: Job, nowMs: number): number;
  /** The position that is shown of each job that waits for a slot; see `shownPosition`. */
  positions(): Promise<ReadonlyMap<string, number>>;
  /**
   * Takes a slot, until the transaction's job has ended.
   *
   * @returns the number of the start
   * @throws NoFreeSlot when another took the last
   */
  claim(transaction: DatabaseTransaction, job: Job, vendor: string): Promise<number>;
}

/** Somebody else took the place between the look and the claim. Nothing was written. */
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
  let counted = { atMs: Number.NEGATIVE_INFINITY, jobs: 0, places: new Map<string, number>() };

  return {
    async due(limit, isBusy) {
      const { starting, waiting } = await lookFor(limit, isBusy);
      const nowMs = clock.now();
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
      if (isFresh && counted.jobs > FEW_POSITIONS) return counted.places;
      const found = await lookFor(Number.POSITIVE_INFINITY);
      counted = { atMs: nowMs, jobs: found.waiting.length, places: shownPositions(found, nowMs) };
      return counted.places;
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
/** Of a job whose vendor is busy: the end of that is not known. */
const BUSY_MS = Number.POSITIVE_INFINITY;

interface Waiting extends QueuedJob {
  readonly notBeforeMs: number;
  /** The vendor it is handed to is on trial. */
  readonly trialOf?: string | undefined;
}

interface Look {
  /** Without those whose record cannot be read, or was not read yet and would be needed. */
  readonly waiting: readonly Waiting[];
  /** Whose turn it is. The first `wanted` of them can start at the vendor that is chosen for them. */
  readonly starting: readonly Waiting[];
  readonly running: readonly RunningJob[];
  readonly limits: SlotLimits;
}

/** What the records say of the jobs that were read. */
interface Known {
  readonly waiting: Map<string, Waiting>;
  /** Their record cannot be read: they take nobody's slot. */
  readonly unreadable: Set<string>;
  /** Moved since the queue was read: most likely they have taken a slot. */
  readonly moved: Set<string>;
}

/**
 * Decides by the columns alone who could start, and reads the records of the first of them: only those
 * say which vendor would be asked. Who then cannot start leaves the turn to others, until the first
 * `wanted` are known.
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
    // However many of one server are unknown, they keep nobody of another from being read.
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

/** Refused at a time that is yet to come: the clock was set back, and is not waited for. */
function retryAtMs(job: Pick<Job, 'stateSinceMs' | 'retryAtMs'>, nowMs: number): number {
  return nowMs < job.stateSinceMs - CLOCKS_DIFFER_MS ? 0 : job.retryAtMs;
}

/** Of those that wait for a slot, and not for a time. */
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

/** A vendor on trial gets one job; the others find out at the next look where to go. */
function oneTrialEach(starting: readonly Waiting[]): Waiting[] {
  const onTrial = new Set<string>();
  return starting.filter(({ trialOf }) => {
    if (trialOf === undefined) return true;
    const isFirst = !onTrial.has(trialOf);
    onTrial.add(trialOf);
    return isFirst;
  });
}
