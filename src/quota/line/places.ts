/** What waiting in turn needs from the database: who waits, who runs, and who may have how many. */
import { PostgresAdapter } from 'kysely';

import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import { isOpenJob } from '../../storage/index-conditions.ts';
import { lockAccounts, OPERATOR, serverAccount } from '../books/ledger.ts';
import { memberMost, serverMost, type StoredRules } from '../limits/limits.ts';
import { parseRoleIds, rulesFrom } from '../limits/stored-limits.ts';
import {
  nextToStart,
  placeInLine,
  type PlaceLimits,
  type RunningJob,
  type WaitingJob,
} from './line.ts';

export const RUNNING_STATES = ['submitting', 'queued', 'running'] as const;

/** What the vendors' accounts take at once. Without it, they take anything. */
export interface VendorAccounts {
  /** @param vendor undefined for a job that has not been with one yet */
  accountOf(job: {
    readonly model: string;
    readonly vendor: string | undefined;
  }): string | undefined;
  most(account: string): number | undefined;
}

export interface Line {
  /** Jobs that are `accepted`. */
  readonly waiting: readonly WaitingJob[];
  readonly running: readonly RunningJob[];
  readonly limits: PlaceLimits;
}

export interface LineOptions {
  /** Undefined: of all servers. */
  readonly guildId?: string | undefined;
  readonly accounts?: VendorAccounts | undefined;
}

export interface PlaceClaim {
  readonly jobId: string;
  readonly guildId: string;
  readonly memberId: string;
  /** Of the vendor that will be asked. */
  readonly account?: string | undefined;
  readonly accounts?: VendorAccounts | undefined;
}

export interface Places {
  line(database: Database, options?: LineOptions): Promise<Line>;
  /** From 1; undefined when the job does not wait. */
  placeInLine(
    database: Database,
    job: { readonly jobId: string; readonly guildId: string },
    accounts?: VendorAccounts,
  ): Promise<number | undefined>;
  /**
   * Whether the job may go to a vendor now, with the accounts locked until the transaction ends: two
   * processes cannot both take the last place. To be called first in the transaction that writes
   * `submitting`; when it says no, that transaction must write nothing.
   */
  claimPlace(transaction: DatabaseTransaction, claim: PlaceClaim): Promise<boolean>;
}

export function createPlaces(): Places {
  return {
    line: readLine,
    async placeInLine(database, { jobId, guildId }, accounts) {
      // Without accounts only jobs of the same server compete.
      const { waiting, running } = await readLine(
        database,
        accounts === undefined ? { guildId } : { accounts },
      );
      return placeInLine(jobId, waiting, running);
    },
    claimPlace,
  };
}

export async function readLine(
  database: Database,
  { guildId, accounts }: LineOptions = {},
): Promise<Line> {
  const open = await readOpenJobs(database, guildId);
  const jobs = open.map((row) => {
    const account = accounts?.accountOf({ model: row.model, vendor: row.vendor ?? undefined });
    const { id: jobId, guild_id, member_id: memberId, created_at: acceptedAtMs } = row;
    return { jobId, guildId: guild_id, memberId, acceptedAtMs, account, state: row.state };
  });
  const waiting = jobs.filter(({ state }) => state === 'accepted');
  const guildIds = new Set(waiting.map((job) => job.guildId));
  if (guildId !== undefined) guildIds.add(guildId);
  const limits = await readPlaceLimits(database, [...guildIds]);
  return {
    waiting,
    running: jobs.filter(({ state }) => state !== 'accepted'),
    limits: { ...limits, account: (account) => accounts?.most(account) },
  };
}

async function readOpenJobs(database: Database, guildId: string | undefined) {
  const query = database
    .selectFrom('jobs')
    .select(['id', 'guild_id', 'member_id', 'created_at', 'state', 'model', 'vendor'])
    .where('state', 'in', ['accepted', ...RUNNING_STATES])
    .where(isOpenJob);
  return (guildId === undefined ? query : query.where('guild_id', '=', guildId)).execute();
}

async function readPlaceLimits(
  database: Database,
  guildIds: readonly string[],
): Promise<Omit<PlaceLimits, 'account'>> {
  const rules = await readRulesOf(database, guildIds);
  return {
    server: (guildId) => serverMost('atOnce', rules(guildId, ''))?.most,
    member: (guildId, memberId) => memberMost('atOnce', rules(guildId, memberId))?.most,
  };
}

/** The rules of all members of some servers, by the roles of their last order. */
async function readRulesOf(
  database: Database,
  guildIds: readonly string[],
): Promise<(guildId: string, memberId: string) => StoredRules> {
  if (guildIds.length === 0) return () => rulesFrom([], '');
  const rows = await database
    .selectFrom('limits')
    .selectAll()
    .where('guild_id', 'in', guildIds)
    .where('at_once', 'is not', null)
    .execute();
  const limited = [...new Set(rows.map((row) => row.guild_id))];
  const accounts = limited.length === 0 ? [] : await readRoleIds(database, limited);
  const roleIdsOf = new Map(
    accounts.map((row) => [`${row.guild_id}/${row.member_id}`, parseRoleIds(row.role_ids)]),
  );
  return (guildId, memberId) => {
    const roleIds = new Set([guildId, ...(roleIdsOf.get(`${guildId}/${memberId}`) ?? [])]);
    const concerned = rows.filter(
      ({ guild_id, scope, subject_id }) =>
        guild_id === guildId &&
        (scope === 'server' ||
          (scope === 'user' ? subject_id === memberId : roleIds.has(subject_id))),
    );
    return rulesFrom(concerned, guildId);
  };
}

async function readRoleIds(database: Database, guildIds: readonly string[]) {
  return database
    .selectFrom('accounts')
    .select(['guild_id', 'member_id', 'role_ids'])
    .where('guild_id', 'in', guildIds)
    .where('role_ids', '!=', '[]')
    .execute();
}

async function claimPlace(
  transaction: DatabaseTransaction,
  { jobId, guildId, memberId, account, accounts }: PlaceClaim,
): Promise<boolean> {
  await lockJob(transaction, jobId);
  const own = [serverAccount(guildId), { guildId, memberId }];
  // Places of a vendor account are shared by all servers.
  await lockAccounts(transaction, account === undefined ? own : [OPERATOR, ...own]);
  const { running, limits } = await readLine(
    transaction,
    account === undefined ? { guildId } : { accounts },
  );
  const job = { jobId, guildId, memberId, acceptedAtMs: 0, account };
  return nextToStart([job], running, { limits, nowMs: 0 }).length > 0;
}

/** Before the accounts, as everybody does who changes a job and then its money. */
async function lockJob(transaction: DatabaseTransaction, jobId: string): Promise<void> {
  if (!(transaction.getExecutor().adapter instanceof PostgresAdapter)) return;
  await transaction.selectFrom('jobs').select('id').where('id', '=', jobId).forUpdate().execute();
}
