/**
 * Waiting in turn: of the accepted jobs, which may go to a vendor now, and at which place the others
 * wait. Looking decides nothing: the place is claimed in the transaction that takes it.
 */
import { MINUTE, type Clock } from '../../clock.ts';
import { nearestTurn, nextToStart, placeInLine, type WaitingJob } from '../../quota/line/line.ts';
import type { Line, VendorAccounts } from '../../quota/line/places.ts';
import type { QuotaManager } from '../../quota/quota-manager.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import type { JobStore } from '../record/job-store.ts';
import type { Job } from '../record/job.ts';
import type { Offers } from './offers.ts';
import { chooseOffer, type Choice } from './refusal-policy.ts';

/** Records that are read in one look; who waits behind them is seen when it is nearer their turn. */
const MOST_WAITING = 1_000;
/** The process that was refused may have been another one, on a machine whose clock is ahead of ours. */
const CLOCKS_DIFFER_MS = MINUTE;

export interface TurnDependencies {
  database: Database;
  store: Pick<JobStore, 'findMany' | 'stillWaiting'>;
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
      return notBeforeMs(job, choice, nowMs) - nowMs;
    },
    async places() {
      const { waiting, starting, ...now } = await look(dependencies);
      const left = waiting.filter((job) => !starting.includes(job));
      const running = [...now.running, ...starting];
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
  /** The accepted ones that are looked at. */
  jobs: ReadonlyMap<string, Job>;
  waiting: readonly Waiting[];
  starting: readonly Waiting[];
  running: Line['running'];
}

async function look({
  database,
  store,
  quota,
  offers,
  accounts,
  clock,
}: TurnDependencies): Promise<Look> {
  const line = await quota.line(database, { accounts });
  const nearest = nearestTurn(line.waiting, line.running, MOST_WAITING);
  const found = await store.findMany(nearest.map(({ jobId }) => jobId));
  const jobs = new Map(found.filter(isAccepted).map((job) => [job.id, job]));
  const missing = nearest.filter(({ jobId }) => !jobs.has(jobId));
  // Who was moved since the line was read has most likely taken a place; whose record cannot be read has none.
  const stillWaiting = await store.stillWaiting(missing.map(({ jobId }) => jobId));
  const moved = missing.filter(({ jobId }) => !stillWaiting.has(jobId));
  const running = [...line.running, ...moved];
  const nowMs = clock.now();
  const waiting = nearest.flatMap((one): Waiting[] => {
    const job = jobs.get(one.jobId);
    if (job === undefined) return [];
    const choice = chooseOffer(job, offers.for(job.request, job.onlyVendor), nowMs);
    const vendor = choice.next === 'give-up' ? undefined : choice.offer.vendor.name;
    const account = accounts === undefined ? undefined : vendor;
    const isTrial = choice.next === 'ask' && choice.offer.health.state === 'on-trial';
    const trialOf = isTrial ? vendor : undefined;
    return [{ ...one, notBeforeMs: notBeforeMs(job, choice, nowMs), account, trialOf }];
  });
  const limits = { limits: line.limits, nowMs };
  return { jobs, waiting, starting: nextToStart(waiting, running, limits), running };
}

function isAccepted({ state }: Job): boolean {
  return state === 'accepted';
}

function notBeforeMs(job: Job, choice: Choice, nowMs: number): number {
  // Refused at a time that is yet to come: the clock was set back, and is not waited for.
  const isSetBack = nowMs < job.stateSinceMs - CLOCKS_DIFFER_MS;
  const retryAtMs = isSetBack ? 0 : job.retryAtMs;
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
