/**
 * Waiting in turn. Each job has a rank: how many videos its member has ahead of it, running or
 * waiting. Lower ranks go first, so that everybody gets one before anybody gets a second; of equal
 * rank who was accepted first. Pure.
 */

export interface WaitingJob {
  readonly jobId: string;
  readonly guildId: string;
  readonly memberId: string;
  /** Unix milliseconds. */
  readonly acceptedAtMs: number;
  /** Unix milliseconds. It keeps its place, and is passed over until then. */
  readonly notBeforeMs?: number | undefined;
  /** The vendor account whose place it takes, by any name that `PlaceLimits` knows. */
  readonly account?: string | undefined;
}

export type RunningJob = Pick<WaitingJob, 'guildId' | 'memberId' | 'account'>;

/**
 * How many videos there may be at once; undefined: any number. A limit of 0 refuses new jobs; those
 * accepted before it was set still run, one at a time, so that no hold stays for ever.
 */
export interface PlaceLimits {
  server(guildId: string): number | undefined;
  member(guildId: string, memberId: string): number | undefined;
  account(account: string): number | undefined;
}

/** Everyone who waits, who goes first first. */
export function inTurn<Job extends WaitingJob>(
  waiting: readonly Job[],
  running: readonly RunningJob[],
): Job[] {
  const ahead = new Map<string, number>();
  for (const job of running) count(ahead, memberKey(job));
  const ranked = waiting.toSorted(byAcceptance).map((job) => {
    return { job, rank: count(ahead, memberKey(job)) };
  });
  return ranked.toSorted((one, other) => one.rank - other.rank).map(({ job }) => job);
}

/**
 * The `most` to be looked at when more wait than can be: of each server who is first there, then of
 * each who is second, and so on. However many wait in one server, they hide nobody of another.
 */
export function nearestTurn<Job extends WaitingJob>(
  waiting: readonly Job[],
  running: readonly RunningJob[],
  most: number,
): readonly Job[] {
  if (waiting.length <= most) return waiting;
  const ahead = new Map<string, number>();
  return inTurn(waiting, running)
    .map((job) => ({ job, aheadInServer: count(ahead, job.guildId) }))
    .toSorted((one, other) => one.aheadInServer - other.aheadInServer)
    .slice(0, most)
    .map(({ job }) => job);
}

/**
 * Who gets the free places. Who cannot start now does not keep the others waiting: a job of a full
 * server, of a member at their limit, or that has to wait before its next try, is passed over.
 *
 * @returns the jobs to start, who goes first first
 */
export function nextToStart<Job extends WaitingJob>(
  waiting: readonly Job[],
  running: readonly RunningJob[],
  { limits, nowMs }: { readonly limits: PlaceLimits; readonly nowMs: number },
): Job[] {
  const places = new Places(running, limits);
  return inTurn(waiting, running).filter(
    (job) => (job.notBeforeMs ?? 0) <= nowMs && places.take(job),
  );
}

/**
 * The place that is shown, from 1: by turn, among the jobs that wait for the same places. It can grow,
 * when members who have none yet come after.
 *
 * @returns undefined when the job does not wait
 */
export function placeInLine(
  jobId: string,
  waiting: readonly WaitingJob[],
  running: readonly RunningJob[],
): number | undefined {
  const job = waiting.find((candidate) => candidate.jobId === jobId);
  if (job === undefined) return undefined;
  const rivals = inTurn(waiting, running).filter((other) => areRivals(job, other));
  return rivals.findIndex((other) => other.jobId === jobId) + 1;
}

/** The places that are taken, by server, member and vendor account. */
class Places {
  readonly #limits: PlaceLimits;
  readonly #taken = new Map<string, number>();

  constructor(running: readonly RunningJob[], limits: PlaceLimits) {
    this.#limits = limits;
    for (const job of running) this.#occupy(job);
  }

  /** @returns whether there was a place; it is then taken */
  take(job: RunningJob): boolean {
    const isFree = this.#limitsOn(job).every(
      ([key, most]) => most === undefined || (this.#taken.get(key) ?? 0) < Math.max(1, most),
    );
    if (isFree) this.#occupy(job);
    return isFree;
  }

  #occupy(job: RunningJob): void {
    for (const [key] of this.#limitsOn(job)) count(this.#taken, key);
  }

  #limitsOn(job: RunningJob): [key: string, most: number | undefined][] {
    const { guildId, memberId, account } = job;
    const own: [string, number | undefined][] = [
      [`server ${guildId}`, this.#limits.server(guildId)],
      [memberKey(job), this.#limits.member(guildId, memberId)],
    ];
    if (account === undefined) return own;
    return [...own, [`account ${account}`, this.#limits.account(account)]];
  }
}

function areRivals(one: WaitingJob, other: WaitingJob): boolean {
  const isSameAccount = one.account !== undefined && one.account === other.account;
  return one.guildId === other.guildId || isSameAccount;
}

function byAcceptance(one: WaitingJob, other: WaitingJob): number {
  return one.acceptedAtMs - other.acceptedAtMs || (one.jobId < other.jobId ? -1 : 1);
}

function memberKey({ guildId, memberId }: RunningJob): string {
  return `member ${guildId}/${memberId}`;
}

/** @returns how many there were before */
function count(counts: Map<string, number>, key: string): number {
  const before = counts.get(key) ?? 0;
  counts.set(key, before + 1);
  return before;
}
