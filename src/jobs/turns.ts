/**
 * Waiting in turn: of the accepted jobs, which may go to a vendor now, and at which place the others
 * wait. Looking decides nothing: the place is claimed in the transaction that takes it.
 */
import type { Clock } from '../clock.ts';
import { nextToStart, placeInLine, type WaitingJob } from '../quota/line/line.ts';
import type { Line, VendorAccounts } from '../quota/line/places.ts';
import type { QuotaManager } from '../quota/quota-manager.ts';
import type { Database, DatabaseTransaction } from '../storage/database.ts';
import type { JobStore } from './job-store.ts';
import type { Job } from './job.ts';
import type { Offers } from './offers.ts';
import { chooseOffer } from './refusal-policy.ts';

/** Of the oldest; who waits behind them is seen when it is nearer their turn. */
const MOST_WAITING = 1_000;

export interface TurnDependencies {
  database: Database;
  store: Pick<JobStore, 'inState'>;
  quota: Pick<QuotaManager, 'line' | 'claimPlace'>;
  offers: Offers;
  /** How many tasks each vendor's account takes at once; undefined: any number. */
  accounts?: VendorAccounts | undefined;
  clock: Clock;
}

export interface Turns {
  /** Those whose turn it is, first first; then those with a try still to come, which wait for a time only. */
  due(limit: number): Promise<Job[]>;
  /** From 1, by job: those that wait for a place. */
  places(): Promise<ReadonlyMap<string, number>>;
  /** Takes a place, until the transaction's job has ended. @throws NoPlace when another took the last */
  claim(transaction: DatabaseTransaction, job: Job, vendor: string): Promise<void>;
}

/** Somebody else took the place between the look and the claim. Nothing was written. */
export class NoPlace extends Error {
  readonly kind = 'no-place';
  override readonly name = 'NoPlace';
}

export function createTurns(dependencies: TurnDependencies): Turns {
  const { quota, accounts } = dependencies;
  return {
    async due(limit) {
      const { jobs, starting } = await look(dependencies);
      const nowMs = dependencies.clock.now();
      const startingIds = new Set(starting.map(({ jobId }) => jobId));
      const first = starting.flatMap(({ jobId }) => jobs.get(jobId) ?? []);
      const later = [...jobs.values()].filter(
        ({ id, retryAtMs }) => retryAtMs > nowMs && !startingIds.has(id),
      );
      return [...first, ...later].slice(0, limit);
    },
    async places() {
      const { waiting, starting, line } = await look(dependencies);
      const left = waiting.filter((job) => !starting.includes(job));
      const running = [...line.running, ...starting];
      return new Map(
        left
          .filter(({ notBeforeMs = 0 }) => notBeforeMs <= dependencies.clock.now())
          .map(({ jobId }) => [jobId, placeInLine(jobId, left, running) ?? 1]),
      );
    },
    async claim(transaction, { id: jobId, guildId, memberId }, vendor) {
      const account = accounts === undefined ? undefined : vendor;
      const place = { jobId, guildId, memberId, account, accounts };
      if (!(await quota.claimPlace(transaction, place))) throw new NoPlace();
    },
  };
}

interface Look {
  /** Every accepted job, oldest first. */
  jobs: ReadonlyMap<string, Job>;
  waiting: readonly WaitingJob[];
  starting: readonly WaitingJob[];
  line: Pick<Line, 'running' | 'limits'>;
}

async function look({
  database,
  store,
  quota,
  offers,
  accounts,
  clock,
}: TurnDependencies): Promise<Look> {
  const accepted = await store.inState('accepted', MOST_WAITING);
  const jobs = new Map(accepted.map((job) => [job.id, job]));
  const line = await quota.line(database, { accounts });
  const waiting = line.waiting.flatMap((one) => {
    const job = jobs.get(one.jobId);
    if (job === undefined) return [];
    const offer = chooseOffer(job, offers.for(job.request, job.onlyVendor));
    const account = accounts === undefined ? undefined : offer?.vendor.name;
    return [{ ...one, notBeforeMs: job.retryAtMs, account }];
  });
  const limits = { limits: line.limits, nowMs: clock.now() };
  return { jobs, waiting, starting: nextToStart(waiting, line.running, limits), line };
}
