/**
 * The door of this room: who may spend how much, and where it went. Whatever changes money takes the
 * transaction of the change that it belongs to, and repeating a step changes nothing.
 */
import type { Database, DatabaseTransaction } from '../storage/database.ts';
import {
  checkCredits,
  grantChange,
  holdChange,
  resetChange,
  settleChange,
  splitHold,
  takeChange,
  type ByPot,
} from './arithmetic.ts';
import { auditOf } from './audit.ts';
import { allOpenHolds, countedJobsOf, holdsOfJob, type JobHold } from './ledger-reader.ts';
import {
  append,
  holdStepId,
  lockAccounts,
  OPERATOR,
  outcomeStepId,
  serverAccount,
  type Step,
} from './ledger.ts';
import { checkRooms } from './room.ts';
import {
  memberStanding,
  roomsFor,
  serverStanding,
  type QuotaSettings,
  type Standing,
} from './standing.ts';
import { viewOf, type QuotaView } from './view.ts';

export interface Hold {
  readonly jobId: string;
  readonly guildId: string;
  readonly memberId: string;
  /** The most the job may cost, in whole credits. */
  readonly credits: number;
  readonly nowMs: number;
}

/** What a moderator does to an account. */
export interface AccountChange {
  /** The interaction's id: the change is made once for it. */
  readonly stepId: string;
  readonly guildId: string;
  /** Undefined: the server's own account. */
  readonly memberId?: string | undefined;
  readonly actorId: string;
  readonly reason?: string | undefined;
  readonly nowMs: number;
}

/** All amounts are whole credits ≥ 0; others throw RangeError. */
export interface QuotaManager {
  /**
   * Holds a job's cost on the server's and the member's account. To be called in the transaction
   * that records the job, whose state is then `accepted`.
   *
   * @throws QuotaExceeded when a limit or a ceiling does not allow it; nothing was written
   */
  hold(transaction: DatabaseTransaction, hold: Hold): Promise<void>;
  /**
   * The job was delivered and cost `credits`: the member pays that, never more than the hold.
   *
   * @throws Error when the job never held anything
   */
  settle(
    transaction: DatabaseTransaction,
    outcome: { jobId: string; credits: number; nowMs: number },
  ): Promise<void>;
  /**
   * There is no video: the whole hold comes back. Does nothing after a settle, and the reverse.
   *
   * @throws Error when the job never held anything
   */
  release(
    transaction: DatabaseTransaction,
    outcome: { jobId: string; nowMs: number; reason: string },
  ): Promise<void>;
  grant(
    transaction: DatabaseTransaction,
    change: AccountChange & { readonly credits: number },
  ): Promise<void>;
  /** What was not granted can be taken as well: `extra` is then negative until it is granted back. */
  take(
    transaction: DatabaseTransaction,
    change: AccountChange & { readonly credits: number },
  ): Promise<void>;
  /** Forgives what was used in the current period, but for the open holds. */
  reset(transaction: DatabaseTransaction, change: AccountChange): Promise<void>;
  view(
    database: Database,
    who: { guildId: string; memberId: string; nowMs: number },
  ): Promise<QuotaView>;
  /** Every hold without an outcome, oldest first: a server's and a member's for each job. */
  openHolds(database: Database): Promise<JobHold[]>;
  /** A sentence for each thing in jobs, ledger and vendor book that does not add up; none when all is well. */
  audit(database: Database): Promise<string[]>;
}

export function createQuotaManager(settings: QuotaSettings): QuotaManager {
  return {
    hold: async (transaction, hold) => holdJob(transaction, settings, hold),
    settle: async (transaction, { jobId, credits, nowMs }) =>
      endJob(transaction, { jobId, kind: 'settle', credits, nowMs }),
    release: async (transaction, { jobId, nowMs, reason }) =>
      endJob(transaction, { jobId, kind: 'release', credits: 0, nowMs, reason }),
    grant: async (transaction, { credits, ...change }) => {
      const { extra } = grantChange(credits);
      await changeAccount(transaction, settings, { ...change, kind: 'grant', change: { extra } });
    },
    take: async (transaction, { credits, ...change }) => {
      const { extra } = takeChange(credits);
      await changeAccount(transaction, settings, { ...change, kind: 'take', change: { extra } });
    },
    reset: async (transaction, change) => resetAccount(transaction, settings, change),
    view: async (database, who) => viewOf(database, settings, who),
    openHolds: allOpenHolds,
    audit: auditOf,
  };
}

async function holdJob(
  transaction: DatabaseTransaction,
  settings: QuotaSettings,
  hold: Hold,
): Promise<void> {
  const { jobId, guildId, memberId, nowMs } = hold;
  const credits = checkCredits(hold.credits);
  if (guildId === '' || memberId === '') throw new RangeError('A hold needs a server and a member');
  await lockAccounts(transaction, [OPERATOR, serverAccount(guildId), { guildId, memberId }]);
  if ((await holdsOfJob(transaction, jobId)).length > 0) return;

  const server = await serverStanding(transaction, settings, hold);
  const member = await memberStanding(transaction, settings, hold);
  checkRooms(await roomsFor(transaction, settings, { server, member, jobId, nowMs }), credits);
  await append(
    transaction,
    [server, member].map((standing) => {
      const shares = splitHold(standing.state, credits);
      const change = inPotsOf(shares, holdChange(shares));
      return { ...stepNow(standing, nowMs), id: holdStepId(jobId), kind: 'hold', jobId, change };
    }),
  );
}

interface Outcome {
  readonly jobId: string;
  readonly kind: 'settle' | 'release';
  /** What the job cost. */
  readonly credits: number;
  readonly nowMs: number;
  readonly reason?: string;
}

/** Both kinds write the same keys: whichever comes first is the job's outcome. */
async function endJob(transaction: DatabaseTransaction, outcome: Outcome): Promise<void> {
  const { jobId, kind, credits, nowMs: atMs, reason } = outcome;
  const holds = await holdsOfJob(transaction, jobId);
  if (holds.length === 0) throw new Error(`The job ${jobId} has no hold to ${kind}`);
  await lockAccounts(
    transaction,
    holds.map(({ account }) => account),
  );
  await append(
    transaction,
    holds.map(({ account, countedAtMs, period, shares }) => {
      const change = inPotsOf(shares, settleChange(shares, credits));
      const id = outcomeStepId(jobId);
      return { id, kind, account, jobId, atMs, countedAtMs, period, change, reason };
    }),
  );
}

async function changeAccount(
  transaction: DatabaseTransaction,
  settings: QuotaSettings,
  change: AccountChange & Pick<Step, 'kind' | 'change'>,
): Promise<void> {
  const { stepId: id, kind, actorId, reason, nowMs } = change;
  const standing = await lockedStanding(transaction, settings, change);
  const by = { id, kind, actorId, reason };
  await append(transaction, [{ ...stepNow(standing, nowMs), ...by, change: change.change }]);
}

async function resetAccount(
  transaction: DatabaseTransaction,
  settings: QuotaSettings,
  reset: AccountChange,
): Promise<void> {
  const { stepId: id, actorId, reason, nowMs } = reset;
  const standing = await lockedStanding(transaction, settings, reset);
  const by = { ...stepNow(standing, nowMs), id, kind: 'reset', actorId, reason } as const;
  // This row changes nothing: it marks the reset as done, and shows that there was one.
  const isNew = await append(transaction, [{ ...by, change: { allowance: 0 } }]);
  if (!isNew) return;
  const jobs = await countedJobsOf(transaction, standing.account, standing.period.startsAtMs);
  await append(
    transaction,
    jobs.map(({ allowance, ...job }) => {
      return { ...by, ...job, change: { allowance: resetChange([allowance]).allowance } };
    }),
  );
}

async function lockedStanding(
  transaction: DatabaseTransaction,
  settings: QuotaSettings,
  { guildId, memberId, nowMs }: AccountChange,
): Promise<Standing> {
  if (memberId === undefined) {
    await lockAccounts(transaction, [serverAccount(guildId)]);
    return serverStanding(transaction, settings, { guildId, nowMs });
  }
  await lockAccounts(transaction, [serverAccount(guildId), { guildId, memberId }]);
  return memberStanding(transaction, settings, { guildId, memberId, nowMs });
}

function stepNow({ account, period }: Standing, nowMs: number) {
  return { account, atMs: nowMs, countedAtMs: nowMs, period: period.key };
}

/** A hold and its outcome have a row for the allowance, and for `extra` where the hold drew from it. */
function inPotsOf(shares: ByPot, { allowance, extra }: ByPot): Partial<ByPot> {
  return shares.extra === 0 ? { allowance } : { allowance, extra };
}
