/**
 * The queue as a round robin over members: the one whose latest start is longest ago goes first, and
 * of those who have none, the one whose job was accepted first. A start sends its member to the end.
 * The order is the same for the slots of a server and for those of a vendor account, so a member with
 * a job that could start waits for at most one video of each other member. Pure.
 */
import { inRounds } from '../../fair-share.ts';

export interface WaitingJob {
  readonly jobId: string;
  readonly guildId: string;
  readonly memberId: string;
  /** Unix milliseconds. */
  readonly acceptedAtMs: number;
  /** Unix milliseconds. Until then it is passed over, and keeps its place. */
  readonly notBeforeMs?: number | undefined;
  /** The vendor account whose slot it takes, by any name that `SlotLimits` knows. */
  readonly account?: string | undefined;
  /** Number of the latest start of its member; undefined or 0: none yet. */
  readonly lastStart?: number | undefined;
}

export interface RunningJob extends Pick<WaitingJob, 'guildId' | 'memberId' | 'account'> {
  /** Starts are numbered in their order, over all servers. Undefined: later than all that have one. */
  readonly startNumber?: number | undefined;
}

/**
 * How many videos there may be at once; undefined: any number. A limit of 0 refuses new jobs; those
 * accepted before it was set still run, one at a time, so that no hold stays for ever.
 */
export interface SlotLimits {
  server(guildId: string): number | undefined;
  member(guildId: string, memberId: string): number | undefined;
  account(account: string): number | undefined;
}

/** Whether one more may run beside those that have taken a slot. */
export function hasFreeSlot(taken: number, most: number | undefined): boolean {
  return most === undefined || taken < Math.max(1, most);
}

/** Above every number that the database gives out. */
const JUST_STARTED = 2 ** 52;

/** Returns the waiting jobs in dispatch order, whatever the limits. */
export function inDispatchOrder<Job extends WaitingJob>(
  waiting: readonly Job[],
  running: readonly RunningJob[],
): Job[] {
  return inRounds(membersInOrder(waiting, running).flat(), memberKey);
}

/**
 * Returns the jobs that get the free slots, in dispatch order. A job that cannot start now keeps no
 * other waiting: one of a full server or account, of a member at their limit, or with a pause until
 * its next try is passed over.
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
      // Slots only become fewer: a job that was passed over needs no second look.
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

/** Returns jobs that are about to start as running ones. */
export function asStarted(starting: readonly WaitingJob[]): RunningJob[] {
  return starting.map((job, index) => ({ ...job, startNumber: JUST_STARTED + 1 + index }));
}

/**
 * Returns the position of each waiting job, from 1, among those that wait for the same slots: of its
 * server, and of its vendor account while that is full. One pass over the queue. A position can grow:
 * a member whose latest start is longer ago may still order.
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

/** The slots that are taken, by server, member and vendor account. */
class Slots {
  readonly #limits: SlotLimits;
  readonly #taken = new Map<string, number>();

  constructor(running: readonly RunningJob[], limits: SlotLimits) {
    this.#limits = limits;
    for (const job of running) this.#occupy(job);
  }

  /** @returns whether there was a slot; it is then taken */
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

/** The jobs of each member as they were accepted; members in the order of their turn. */
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
  // Sorting is stable: of equal starts, the member whose first job was accepted first.
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

/** @returns how many there were before */
function count(counts: Map<string, number>, key: string): number {
  const before = counts.get(key) ?? 0;
  counts.set(key, before + 1);
  return before;
}
