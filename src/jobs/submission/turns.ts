/**
 * Waiting in turn: of the accepted jobs, which may go to a vendor now, and at which place the others
 * wait. Looking decides nothing: the place is claimed in the transaction that takes it.
 */
import type { Clock } from '../../clock.ts';
import { nextToStart, placeInLine, type WaitingJob } from '../../quota/line/line.ts';
import type { Line, VendorAccounts } from '../../quota/line/places.ts';
import type { QuotaManager } from '../../quota/quota-manager.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import type { JobStore } from '../record/job-store.ts';
import type { Job } from '../record/job.ts';
import type { Offers } from './offers.ts';
import { chooseOffer, type Choice } from './refusal-policy.ts';

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
  /** Milliseconds until the job may be tried: after a refusal, or while all who could make it rest. */
  waitMs(job: Job, nowMs: number): number;
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
      const { jobs, waiting, starting } = await look(dependencies);
      const nowMs = dependencies.clock.now();
      const later = waiting
        .filter((job) => job.notBeforeMs > nowMs)
        .toSorted((one, other) => one.acceptedAtMs - other.acceptedAtMs);
      return [...oneTrialEach(starting), ...later]
        .flatMap(({ jobId }) => jobs.get(jobId) ?? [])
        .slice(0, limit);
    },
    waitMs(job, nowMs) {
      const { offers } = dependencies;
      const choice = chooseOffer(job, offers.for(job.request, job.onlyVendor), nowMs);
      return notBeforeMs(job, choice) - nowMs;
    },
    async places() {
      const { waiting, starting, line } = await look(dependencies);
      const left = waiting.filter((job) => !starting.includes(job));
      const running = [...line.running, ...starting];
      return new Map(
        left
          .filter((job) => job.notBeforeMs <= dependencies.clock.now())
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

interface Waiting extends WaitingJob {
  readonly notBeforeMs: number;
  /** The vendor it is handed to is on trial. */
  readonly trialOf: string | undefined;
}

interface Look {
  /** Every accepted job, oldest first. */
  jobs: ReadonlyMap<string, Job>;
  waiting: readonly Waiting[];
  starting: readonly Waiting[];
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
  const nowMs = clock.now();
  const waiting = line.waiting.flatMap((one): Waiting[] => {
    const job = jobs.get(one.jobId);
    if (job === undefined) return [];
    const choice = chooseOffer(job, offers.for(job.request, job.onlyVendor), nowMs);
    const vendor = choice.next === 'give-up' ? undefined : choice.offer.vendor.name;
    const account = accounts === undefined ? undefined : vendor;
    const isTrial = choice.next === 'ask' && choice.offer.health.state === 'on-trial';
    const trialOf = isTrial ? vendor : undefined;
    return [{ ...one, notBeforeMs: notBeforeMs(job, choice), account, trialOf }];
  });
  const limits = { limits: line.limits, nowMs };
  return { jobs, waiting, starting: nextToStart(waiting, line.running, limits), line };
}

function notBeforeMs({ retryAtMs }: Job, choice: Choice): number {
  return choice.next === 'wait' ? Math.max(retryAtMs, choice.untilMs) : retryAtMs;
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
