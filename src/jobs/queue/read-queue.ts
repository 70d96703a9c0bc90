/** Reads the queue: the waiting jobs, the running jobs, and the limits on running jobs. */
import { memberMost, serverMost, type StoredRules } from '../../quota/limits/limits.ts';
import { parseRoleIds, rulesFrom } from '../../quota/limits/stored-limits.ts';
import type { Database } from '../../storage/database.ts';
import { isOpenJob } from '../../storage/index-conditions.ts';
import type { RunningJob, SlotLimits, WaitingJob } from './fair-queue.ts';

export const RUNNING_STATES = ['submitting', 'queued', 'running'] as const;

/** How many tasks the vendor accounts run at once. */
export interface VendorAccounts {
  /** @param vendor undefined for a job that no vendor was asked for yet */
  accountOf(job: {
    readonly model: string;
    readonly vendor: string | undefined;
  }): string | undefined;
  most(account: string): number | undefined;
}

/** An `accepted` job, from its columns alone. */
export interface QueuedJob extends WaitingJob {
  readonly version: number;
  /** When the job began to wait. */
  readonly stateSinceMs: number;
  /** Earliest time of the next try. */
  readonly retryAtMs: number;
}

export interface Queue {
  readonly waiting: readonly QueuedJob[];
  readonly running: readonly RunningJob[];
  readonly limits: SlotLimits;
}

export interface QueueOptions {
  /** Undefined: all servers. */
  readonly guildId?: string | undefined;
  readonly accounts?: VendorAccounts | undefined;
}

export async function readQueue(
  database: Database,
  { guildId, accounts }: QueueOptions = {},
): Promise<Queue> {
  const open = await readOpenJobs(database, guildId);
  const account = ({ model, vendor }: (typeof open)[number]): string | undefined =>
    accounts?.accountOf({ model, vendor: vendor ?? undefined });
  const rows = open.filter(({ state }) => state === 'accepted');
  const waiting = rows.map((row) => ({
    ...memberOf(row),
    jobId: row.id,
    version: row.version,
    acceptedAtMs: row.created_at,
    stateSinceMs: row.updated_at,
    retryAtMs: row.retry_at,
    account: account(row),
    lastStart: row.last_start ?? 0,
  }));
  const running = open.filter(({ state }) => state !== 'accepted');
  const guildIds = new Set(waiting.map((job) => job.guildId));
  if (guildId !== undefined) guildIds.add(guildId);
  const limits = await readSlotLimits(database, { guildIds: [...guildIds] });
  return {
    waiting,
    running: running.map((row) => ({
      ...memberOf(row),
      account: account(row),
      startNumber: row.start_number ?? undefined,
    })),
    limits: { ...limits, account: (name) => accounts?.most(name) },
  };
}

function memberOf(row: { guild_id: string; member_id: string }) {
  return { guildId: row.guild_id, memberId: row.member_id };
}

async function readOpenJobs(database: Database, guildId: string | undefined) {
  const query = database
    .selectFrom('jobs')
    .select(['id', 'version', 'guild_id', 'member_id', 'created_at', 'updated_at', 'retry_at'])
    .select(['state', 'model', 'vendor', 'start_number'])
    .select(({ selectFrom }) =>
      selectFrom('accounts')
        .select('accounts.start_number')
        .whereRef('accounts.guild_id', '=', 'jobs.guild_id')
        .whereRef('accounts.member_id', '=', 'jobs.member_id')
        .as('last_start'),
    )
    .where('state', 'in', ['accepted', ...RUNNING_STATES])
    .where(isOpenJob);
  return (guildId === undefined ? query : query.where('guild_id', '=', guildId)).execute();
}

interface Whose {
  readonly guildIds: readonly string[];
  /** Undefined: all members. */
  readonly memberId?: string | undefined;
}

/** Returns the limits on running videos in these servers, for one member or for all. */
export async function readSlotLimits(
  database: Database,
  whose: Whose,
): Promise<Omit<SlotLimits, 'account'>> {
  const rules = await readRulesOf(database, whose);
  return {
    server: (guildId) => serverMost('atOnce', rules(guildId, ''))?.most,
    member: (guildId, memberId) => memberMost('atOnce', rules(guildId, memberId))?.most,
  };
}

/** Returns a function from member to rules, using the roles of the member's last order. */
async function readRulesOf(
  database: Database,
  { guildIds, memberId: only }: Whose,
): Promise<(guildId: string, memberId: string) => StoredRules> {
  if (guildIds.length === 0) return () => rulesFrom([], '');
  const rows = await database
    .selectFrom('limits')
    .selectAll()
    .where('guild_id', 'in', guildIds)
    .where('at_once', 'is not', null)
    .execute();
  const limited = [...new Set(rows.map((row) => row.guild_id))];
  const accounts = await readRoleIds(database, { guildIds: limited, memberId: only });
  const roleIdsOf = new Map(
    accounts.map((row) => [`${row.guild_id}/${row.member_id}`, parseRoleIds(row.role_ids)]),
  );
  const rowsOf = Map.groupBy(rows, (row) => row.guild_id);
  return (guildId, memberId) => {
    const own = rowsOf.get(guildId) ?? [];
    if (own.length === 0) return rulesFrom([], guildId);
    const roleIds = new Set([guildId, ...(roleIdsOf.get(`${guildId}/${memberId}`) ?? [])]);
    const concerned = own.filter(
      ({ scope, subject_id }) =>
        scope === 'server' ||
        (scope === 'user' ? subject_id === memberId : roleIds.has(subject_id)),
    );
    return rulesFrom(concerned, guildId);
  };
}

async function readRoleIds(database: Database, { guildIds, memberId }: Whose) {
  if (guildIds.length === 0) return [];
  const query = database
    .selectFrom('accounts')
    .select(['guild_id', 'member_id', 'role_ids'])
    .where('guild_id', 'in', guildIds)
    .where('role_ids', '!=', '[]');
  return (memberId === undefined ? query : query.where('member_id', '=', memberId)).execute();
}
