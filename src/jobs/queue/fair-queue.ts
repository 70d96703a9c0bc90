/**
 * The queue: a round robin over members. The member whose latest start is longest ago goes first;
 * members without a start go by the acceptance of their first job. A start moves its member to the
 * end. Server slots and vendor account slots use the same order, so a member with a job that could
 * start waits for at most one video of each other member. Pure.
 */
import { inRounds } from '../../fair-share.ts';

export interface WaitingJob {
  readonly jobId: string;
  readonly guildId: string;
  readonly memberId: string;
  /** Unix milliseconds. */
  readonly acceptedAtMs: number;
  /** Unix milliseconds. Until then the job is skipped but keeps its position. */
  readonly notBeforeMs?: number | undefined;
  /** The vendor account whose slot the job takes, by a name that `SlotLimits` accepts. */
  readonly account?: string | undefined;
  /** Number of the latest start of its member; undefined or 0: none yet. */
  readonly lastStart?: number | undefined;
}

export interface RunningJob extends Pick<WaitingJob, 'guildId' | 'memberId' | 'account'> {
  /** Starts are numbered in order over all servers. Undefined: later than every numbered start. */
  readonly startNumber?: number | undefined;
}

/**
 * How many videos may run at once; undefined: any number. A limit of 0 refuses new jobs; jobs accepted
 * before it was set still run, one at a time, so that no hold stays forever.
 */
export interface SlotLimits {
  server(guildId: string): number | undefined;
  member(guildId: string, memberId: string): number | undefined;
  account(account: string): number | undefined;
}

/** Returns whether one more job may run. */
export function hasFreeSlot(taken: number, most: number | undefined): boolean {
  return most === undefined || taken < Math.max(1, most);
}

/** Above every start number from the database. */
const JUST_STARTED = 2 ** 52;

/** Returns the waiting jobs in dispatch order, ignoring the limits. */
export function inDispatchOrder<Job extends WaitingJob>(
  waiting: readonly Job[],
  running: readonly RunningJob[],
): Job[] {
  return inRounds(membersInOrder(waiting, running).flat(), memberKey);
}

/**
 * Returns the jobs that get the free slots, in dispatch order. A job that cannot start now is skipped
 * and blocks no other: its server or account is full, its member is at their limit, or it pauses until
 * its next try.
 */
export function nextToStart<Job extends WaitingJob>(
  waiting: readonly Job[],
  running: readonly RunningJob[],
  { limits, nowMs }: { readonly limits: SlotLimits; readonly nowMs: number },
): Job[] {
  const slots = new Slots(running, limits);
  const canStart = (job: Job): boolean => (job.notBeforeMs ?? 0) <= nowMs && slots.take(job);
  const starting: Job[] = [];
  let round = membersInOrder(waiting, running).map((jobs) => ({ jobs, next: 0 }));
  while (round.length > 0) {
    const again: typeof round = [];
    for (const { jobs, next } of round) {
      // Slots only become fewer, so a skipped job need not be checked again.
      const index = jobs.findIndex((job, at) => at >= next && canStart(job));
      const job = jobs[index];
      if (job === undefined) continue;
      starting.push(job);
      again.push({ jobs, next: index + 1 });
    }
    round = again;
  }
  return starting;
}

/** Returns the starting jobs as running jobs. */
export function asStarted(starting: readonly WaitingJob[]): RunningJob[] {
  return starting.map((job, index) => ({ ...job, startNumber: JUST_STARTED + 1 + index }));
}

/**
 * Returns the position of each waiting job, from 1, among the jobs that wait for the same slots: those
 * of its server, and those of its vendor account while that is full. A position can grow when a member
 * with an older latest start places an order.
 */
export function queuePositions(
  waiting: readonly WaitingJob[],
  running: readonly RunningJob[],
  limits: SlotLimits,
): Map<string, number> {
  const slots = new Slots(running, limits);
  const ahead = new Map<string, number>();
  return new Map(
    inDispatchOrder(waiting, running).map((job) => {
      const { jobId, guildId, account } = job;
      const inServer = count(ahead, `server ${guildId}`);
      if (account === undefined) return [jobId, inServer + 1];
      const ofAccount = count(ahead, `account ${account}`);
      const ofBoth = count(ahead, `both ${account} ${guildId}`);
      return [jobId, inServer + (slots.isFull(account) ? ofAccount - ofBoth : 0) + 1];
    }),
  );
}

/** The occupied slots by server, member and vendor account. */
class Slots {
  readonly #limits: SlotLimits;
  readonly #taken = new Map<string, number>();

  constructor(running: readonly RunningJob[], limits: SlotLimits) {
    this.#limits = limits;
    for (const job of running) this.#occupy(job);
  }

  /** Takes a slot. @returns false when none was free */
  take(job: RunningJob): boolean {
    const isFree = this.#limitsOn(job).every(([key, most]) =>
      hasFreeSlot(this.#taken.get(key) ?? 0, most),
    );
    if (isFree) this.#occupy(job);
    return isFree;
  }

  isFull(account: string): boolean {
    return !hasFreeSlot(this.#taken.get(accountKey(account)) ?? 0, this.#limits.account(account));
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
    return [...own, [accountKey(account), this.#limits.account(account)]];
  }
}

/** Groups jobs by member: members in dispatch order, the jobs of each in order of acceptance. */
function membersInOrder<Job extends WaitingJob>(
  waiting: readonly Job[],
  running: readonly RunningJob[],
): Job[][] {
  const lastStarts = new Map<string, number>();
  const note = (key: string, start: number): void => {
    lastStarts.set(key, Math.max(lastStarts.get(key) ?? 0, start));
  };
  for (const job of running) note(memberKey(job), job.startNumber ?? JUST_STARTED);
  for (const job of waiting) note(memberKey(job), job.lastStart ?? 0);
  const members = Map.groupBy(waiting.toSorted(byAcceptance), memberKey);
  // The sort is stable, so ties go to the member whose first job was accepted first.
  return [...members]
    .toSorted(([one], [other]) => (lastStarts.get(one) ?? 0) - (lastStarts.get(other) ?? 0))
    .map(([, jobs]) => jobs);
}

function byAcceptance(one: WaitingJob, other: WaitingJob): number {
  return one.acceptedAtMs - other.acceptedAtMs || (one.jobId < other.jobId ? -1 : 1);
}

function memberKey({ guildId, memberId }: RunningJob): string {
  return `member ${guildId}/${memberId}`;
}

function accountKey(account: string): string {
  return `account ${account}`;
}

/** Increments a count. @returns the count before */
function count(counts: Map<string, number>, key: string): number {
  const before = counts.get(key) ?? 0;
  counts.set(key, before + 1);
  return before;
}
