/**
 * Entry point of `jobs`: accepts orders, runs every job to its end and announces each change. It does
 * not depend on Discord; listeners show and deliver the jobs.
 */
import type { BackoffPolicy } from '../backoff.ts';
import { HOUR, SECOND, type Clock } from '../clock.ts';
import { FairSlots } from '../fair-slots.ts';
import type { IdMaker } from '../ids.ts';
import type { Logger } from '../logger.ts';
import type { SafeFetch } from '../media/download/safe-fetch.ts';
import type { FileStore } from '../media/files/file-store.ts';
import type { StoredFiles } from '../media/files/stored-files.ts';
import type { VendorLedger } from '../quota/ledgers/vendor-ledger.ts';
import type { QuotaManager } from '../quota/quota-manager.ts';
import type { Database } from '../storage/database.ts';
import type { Leases } from '../storage/leases/leases.ts';
import type { Vendor } from '../vendors/vendor.ts';
import { acceptJob, type Order, type OrderOrigin } from './acceptance/accept-job.ts';
import { createFetchQueue } from './acceptance/fetch-queue.ts';
import { pricedFinals } from './acceptance/finals.ts';
import type { Alongside } from './acceptance/record-job.ts';
import { findSpent, type Spending } from './acceptance/spending.ts';
import { cancelJob, type CancelOutcome } from './cancel.ts';
import { createCollector } from './collector.ts';
import { DOWNLOADS_OF_VENDOR, downloadShares, findDownloads } from './downloads.ts';
import { JobWorker } from './job-worker.ts';
import { createOverdueLoop } from './polling/overdue.ts';
import { createPoller, type PollLoop } from './polling/poller.ts';
import { createRateLimiter, type RateLimiter } from './polling/rate-limiter.ts';
import { RUNNING_STATES, type VendorAccounts } from './queue/read-queue.ts';
import { createSlots } from './queue/running-slots.ts';
import { createBillAlerts } from './record/bill-alerts.ts';
import type { JobStore } from './record/job-store.ts';
import { lastSubmission, type Job, type JobState } from './record/job.ts';
import { createTransition, type JobListener, type Transition } from './record/transition.ts';
import { searchLostSubmission } from './submission/lost-submission.ts';
import type { Offers } from './submission/offers.ts';
import type { PlanContextOf } from './submission/replan.ts';
import { createScheduler, type Scheduler } from './submission/scheduler.ts';
import {
  submissionShares,
  SUBMISSIONS_OF_VENDOR,
  vendorShares,
} from './submission/submission-shares.ts';
import { createSubmitter } from './submission/submitter.ts';
import { createTaskSearch } from './submission/task-search.ts';

const SEARCHES_AT_ONCE = 50;
const ACCEPTANCES_AT_ONCE = 4;
const CHECKS_AT_ONCE = 4;
/**
 * Slow enough that the 24 hours of a link expire before its 100 downloads are used up: about 50
 * steps, the first four with five requests each, the others with two.
 */
const DOWNLOAD_AGAIN: BackoffPolicy = { firstMs: SECOND, maxMs: HOUR };
const DEFAULT_LIST_PACE_MS = SECOND;
/** How often to check whether this process has taken over an account. */
const ACCOUNT_ELSEWHERE_MS = 2 * SECOND;

export interface JobsDependencies {
  database: Database;
  leases: Leases;
  store: JobStore;
  quota: QuotaManager;
  vendorLedger: VendorLedger;
  vendors: readonly Vendor[];
  offers: Offers;
  planContextOf: PlanContextOf;
  files: FileStore;
  storedFiles: StoredFiles;
  safeFetch: SafeFetch;
  safetySalt: string;
  /** How many tasks each vendor account runs at once; undefined: any number. */
  accounts?: VendorAccounts | undefined;
  ids: IdMaker;
  clock: Clock;
  logger: Logger;
}

export interface PricedMember extends Pick<OrderOrigin, 'guildId' | 'memberId' | 'roleIds'> {
  readonly credits: number;
}

export interface Jobs {
  /**
   * @param alongside runs in the transaction that records the job; an error rolls both back
   * @throws UserError, QuotaExceeded; AcceptanceUnknown when the job may have been recorded
   * @throws AlreadySpent when an earlier use of the same button press accepted a job
   */
  accept(order: Order, alongside?: Alongside): Promise<Job>;
  /**
   * Checks whether the member could start a video at this price now. Holds nothing.
   *
   * @throws UserError, QuotaExceeded
   */
  checkPrice(who: PricedMember): Promise<void>;
  /** Returns the job that a press was spent on, or undefined if it can still be spent. */
  findSpent(spending: Spending, memberId: string): Promise<Job | undefined>;
  cancel(job: Job): Promise<CancelOutcome>;
  readonly transition: Transition;
  /** Returns the displayed position of each job that waits for a slot; large positions are rounded. */
  queuePositions(): Promise<ReadonlyMap<string, number>>;
  /** Calls the listener for every new job and for every change, after it is saved. */
  onChange(listener: JobListener): void;
  start(): void;
  /** Waits for the steps under way; the remaining work resumes at the next start. */
  stop(): Promise<void>;
}

export function createJobs(dependencies: JobsDependencies): Jobs {
  const { vendors, clock } = dependencies;
  const listeners: JobListener[] = [createBillAlerts(dependencies.logger)];
  const announce: JobListener = (after, before) => {
    for (const listener of listeners) listener(after, before);
  };
  const transition = createTransition({ ...dependencies, announce });
  const paces = new Map(
    vendors.map((vendor) => [
      vendor.name,
      createRateLimiter(vendor.checkMany?.everyMs ?? DEFAULT_LIST_PACE_MS, clock),
    ]),
  );
  const rateLimiterOf = (vendor: Vendor): RateLimiter =>
    paces.get(vendor.name) ?? createRateLimiter(0, clock);
  const vendorNamed = (name: string): Vendor | undefined =>
    vendors.find((vendor) => vendor.name === name);
  const scheduler = createScheduler({ ...dependencies, slots: createSlots() });
  const limits = {
    acceptances: new FairSlots(ACCEPTANCES_AT_ONCE),
    checks: new FairSlots(CHECKS_AT_ONCE),
    fetchQueue: createFetchQueue(clock),
  };
  const shared = { ...dependencies, transition, rateLimiterOf, vendorNamed, scheduler };

  const pollers = new Map<string, PollLoop>(
    vendors.map((vendor) => [
      vendor.name,
      createPoller({ ...shared, vendor, rateLimiter: rateLimiterOf(vendor) }),
    ]),
  );
  const { submitting, searching, collecting } = createStepLoops({ ...shared, pollers });
  const loops = [submitting, searching, collecting, ...pollers.values(), createOverdueLoop(shared)];

  listeners.push((job, before) => {
    // A slot may be free again for a waiting job.
    if (isAtVendor(before?.state) && !isAtVendor(job.state)) submitting.wake();
    if (job.state === 'accepted') submitting.wake();
    else if (job.state === 'queued') pollers.get(lastSubmission(job)?.vendor ?? '')?.wake();
    else if (job.state === 'succeeded') collecting.wake();
  });

  return {
    accept: async (order, alongside) =>
      acceptJob(order, { ...dependencies, ...limits, announce, alongside }),
    checkPrice: async (who) => checkPrice(who, { ...dependencies, ...limits }),
    findSpent: async (spending, memberId) =>
      findSpent(dependencies.database, { ...spending, memberId, nowMs: clock.now() }),
    cancel: async (job) => cancelJob(job, shared),
    transition,
    queuePositions: async () => scheduler.positions(),
    onChange: (listener) => void listeners.push(listener),
    start() {
      for (const loop of loops) loop.start();
    },
    async stop() {
      await Promise.all(loops.map(async (loop) => loop.stop()));
    },
  };
}

async function checkPrice(
  who: PricedMember,
  { quota, database, ids, clock, checks }: JobsDependencies & { readonly checks: FairSlots },
): Promise<void> {
  const hold = { ...who, jobId: ids.next(), nowMs: clock.now() };
  await checks.run(who.guildId, async () => quota.checkHold(database, hold));
}

interface StepDependencies extends JobsDependencies {
  transition: Transition;
  rateLimiterOf: (vendor: Vendor) => RateLimiter;
  vendorNamed: (name: string) => Vendor | undefined;
  scheduler: Scheduler;
  pollers: ReadonlyMap<string, PollLoop>;
}

function isAtVendor(state: JobState | undefined): boolean {
  return RUNNING_STATES.some((running) => running === state);
}

function createStepLoops(
  dependencies: StepDependencies,
): Record<'submitting' | 'searching' | 'collecting', JobWorker> {
  const { store, leases, scheduler, pollers, clock, logger } = dependencies;
  const submitter = createSubmitter(dependencies);
  const { recordSubmitted } = submitter;
  const lookAtList = createTaskSearch(dependencies.rateLimiterOf);
  const vendorCount = Math.max(1, dependencies.vendors.length);
  const shared = {
    leases,
    lease: 'work',
    isCurrent: async (job: Job) => store.isNewest(job),
    clock,
    logger,
  } as const;
  return {
    submitting: new JobWorker({
      name: 'submit',
      concurrency: SUBMISSIONS_OF_VENDOR * vendorCount,
      find: async (limit, hand) => {
        const slots = hand.slots();
        return scheduler.due(
          limit,
          (vendor) => !slots.hasRoom(vendorShares(vendor, SUBMISSIONS_OF_VENDOR)),
        );
      },
      sharesOf: (job) => submissionShares(job, scheduler.vendorOf(job)),
      waitMs: (job, nowMs) => scheduler.waitMs(job, nowMs),
      step: async (job, signal) => submitter.submit(job, signal),
      ...shared,
    }),
    searching: new JobWorker({
      name: 'search',
      concurrency: SEARCHES_AT_ONCE * vendorCount,
      sharesOf: (job) => vendorShares(lastSubmission(job)?.vendor, SEARCHES_AT_ONCE),
      find: async (limit) => store.inState('submitting', limit),
      // Only the process that polls an account searches it, because its list rate limit is shared.
      waitMs: (job) => {
        const poller = pollers.get(lastSubmission(job)?.vendor ?? '');
        return poller === undefined || poller.isOwner() ? 0 : ACCOUNT_ELSEWHERE_MS;
      },
      step: async (job, signal) =>
        searchLostSubmission(job, signal, { ...dependencies, recordSubmitted, lookAtList }),
      ...shared,
    }),
    collecting: new JobWorker({
      name: 'collect',
      concurrency: DOWNLOADS_OF_VENDOR * vendorCount,
      find: async (limit, hand) => findDownloads(limit, hand, store),
      sharesOf: (job) =>
        downloadShares({ guildId: job.guildId, vendor: lastSubmission(job)?.vendor ?? null }),
      step: createCollector({
        ...dependencies,
        finalsOf: (job) => pricedFinals(job, dependencies.offers),
      }),
      retry: DOWNLOAD_AGAIN,
      ...shared,
    }),
  };
}
