/** Ledger queries: sums of an account, the holds of jobs, the last entries. */
import type { Database } from '../../storage/database.ts';
import type { ByPot } from '../limits/arithmetic.ts';
import type { AccountKey, LedgerKind } from './ledger.ts';

export const OUTCOMES = ['settle', 'release'] as const;
const OF_JOBS = ['hold', ...OUTCOMES, 'reset'] as const;

/** Whole credits of an account, summed from its rows. "The period" is the one that began at `startsAtMs`. */
export interface AccountSums {
  /** Drawn from the allowance by jobs accepted in the period. */
  readonly used: number;
  /** Unspent grants. */
  readonly extra: number;
  /** Drawn from both pots by jobs accepted in the period, including open holds. */
  readonly drawn: number;
}

/** What a job holds, or held, on one account. */
export interface JobHold {
  readonly account: AccountKey;
  readonly jobId: string;
  readonly countedAtMs: number;
  readonly period: string;
  readonly shares: ByPot;
}

/** One line of an account's history, both pots together. */
export interface LedgerEntry {
  readonly atMs: number;
  readonly kind: LedgerKind;
  /** The signed change of what was left. */
  readonly credits: number;
  readonly jobId?: string;
  readonly actorId?: string;
  readonly reason?: string;
}

export async function sumsOf(
  database: Database,
  { guildId, memberId }: AccountKey,
  startsAtMs: number,
): Promise<AccountSums> {
  const ofPot = (pot: keyof ByPot) =>
    database
      .selectFrom('ledger')
      .where('guild_id', '=', guildId)
      .where('member_id', '=', memberId)
      .where('pot', '=', pot);
  // One query per pot, so that allowance entries of earlier periods are never read.
  const allowance = ofPot('allowance')
    .where('counted_at', '>=', startsAtMs)
    .select(({ fn }) => {
      const sum = fn.sum<number | null>('amount');
      return [sum.as('all'), sum.filterWhere('kind', 'in', OF_JOBS).as('ofJobs')];
    });
  const extra = ofPot('extra').select(({ fn }) => {
    const sum = fn.sum<number | null>('amount');
    const ofJobs = sum
      .filterWhere('counted_at', '>=', startsAtMs)
      .filterWhere('kind', 'in', OF_JOBS);
    return [sum.as('all'), ofJobs.as('ofJobs')];
  });
  const sums = await database
    .selectFrom([allowance.as('allowance'), extra.as('extra')])
    .select(['allowance.all as used', 'extra.all as extra'])
    .select(['allowance.ofJobs as ofAllowance', 'extra.ofJobs as ofExtra'])
    .executeTakeFirstOrThrow();
  return {
    used: 0 - (sums.used ?? 0),
    extra: sums.extra ?? 0,
    drawn: 0 - (sums.ofAllowance ?? 0) - (sums.ofExtra ?? 0),
  };
}

/** Returns the whole credits of jobs accepted since `startsAtMs` that have no outcome yet. */
export async function openCreditsOf(
  database: Database,
  { guildId, memberId }: AccountKey,
  startsAtMs: number,
): Promise<number> {
  const { amount } = await openRows(database)
    .select(({ fn }) => fn.sum<number | null>('held.amount').as('amount'))
    .where('held.guild_id', '=', guildId)
    .where('held.member_id', '=', memberId)
    .where('held.counted_at', '>=', startsAtMs)
    .executeTakeFirstOrThrow();
  return 0 - (amount ?? 0);
}

/** Returns the whole credits of grants that an account's open holds have drawn, over all periods. */
export async function openExtraOf(
  database: Database,
  { guildId, memberId }: AccountKey,
): Promise<number> {
  const { amount } = await openRows(database)
    .select(({ fn }) => fn.sum<number | null>('held.amount').as('amount'))
    .where('held.guild_id', '=', guildId)
    .where('held.member_id', '=', memberId)
    .where('held.pot', '=', 'extra')
    .executeTakeFirstOrThrow();
  return 0 - (amount ?? 0);
}

/** Returns every hold without an outcome, of servers and members, oldest first. */
export async function allOpenHolds(database: Database): Promise<JobHold[]> {
  const rows = await openRows(database).selectAll('held').orderBy('held.at').execute();
  return holdsFrom(rows);
}

/** Returns what a job held on each account; empty if it never held anything. */
export async function holdsOfJob(database: Database, jobId: string): Promise<JobHold[]> {
  const rows = await database
    .selectFrom('ledger')
    .selectAll()
    .where('job_id', '=', jobId)
    .where('kind', '=', 'hold')
    .execute();
  return holdsFrom(rows);
}

/** Returns the jobs with an outcome that still count against the period's allowance, with their change of it. */
export async function countedJobsOf(
  database: Database,
  { guildId, memberId }: AccountKey,
  startsAtMs: number,
) {
  return database
    .selectFrom('ledger')
    .select(({ fn }) => [
      'job_id as jobId',
      'counted_at as countedAtMs',
      'period',
      fn.sum<number>('amount').as('allowance'),
    ])
    .where('guild_id', '=', guildId)
    .where('member_id', '=', memberId)
    .where('pot', '=', 'allowance')
    .where('counted_at', '>=', startsAtMs)
    .where('job_id', '!=', '')
    .groupBy(['job_id', 'counted_at', 'period'])
    .having(({ fn, eb }) => eb(fn.countAll().filterWhere('kind', 'in', OUTCOMES), '>', 0))
    .having(({ fn, eb }) => eb(fn.sum('amount'), '!=', 0))
    .execute();
}

/** Returns an account's last entries, newest first. */
export async function lastEntriesOf(
  database: Database,
  { guildId, memberId }: AccountKey,
  count: number,
): Promise<LedgerEntry[]> {
  const steps = database
    .selectFrom('ledger')
    .select(['step_id', 'at'])
    .distinct()
    .where('guild_id', '=', guildId)
    .where('member_id', '=', memberId)
    .orderBy('at', 'desc')
    // Within a millisecond, `outcome:…` is newer than `hold:…`.
    .orderBy('step_id', 'desc')
    .limit(count);
  const rows = await database
    .selectFrom('ledger')
    .select(({ fn }) => [
      'step_id',
      'kind',
      'at',
      'actor_id',
      'reason',
      fn.sum<number>('amount').as('credits'),
      // A reset has a row for each job it forgave, but belongs to no job.
      fn.min('job_id').as('job_id'),
    ])
    .where('guild_id', '=', guildId)
    .where('member_id', '=', memberId)
    .where('step_id', 'in', database.selectFrom(steps.as('last')).select('step_id'))
    .groupBy(['step_id', 'kind', 'at', 'actor_id', 'reason'])
    .orderBy('at', 'desc')
    .orderBy('step_id', 'desc')
    .execute();
  return rows.map((row) => ({
    atMs: row.at,
    kind: row.kind,
    credits: row.credits,
    ...(row.job_id === '' ? {} : { jobId: row.job_id }),
    ...(row.actor_id === null ? {} : { actorId: row.actor_id }),
    ...(row.reason === null ? {} : { reason: row.reason }),
  }));
}

/** Returns what an account's newest job has drawn, ignoring resets; undefined without a job. */
export async function lastCostOf(
  database: Database,
  { guildId, memberId }: AccountKey,
): Promise<number | undefined> {
  const ofAccount = database
    .selectFrom('ledger')
    .where('guild_id', '=', guildId)
    .where('member_id', '=', memberId);
  const last = await ofAccount
    .select('job_id')
    .where('kind', '=', 'hold')
    .orderBy('at', 'desc')
    .orderBy('step_id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last === undefined) return undefined;
  const { amount } = await ofAccount
    .select(({ fn }) => fn.sum<number>('amount').as('amount'))
    .where('job_id', '=', last.job_id)
    .where('kind', '!=', 'reset')
    .executeTakeFirstOrThrow();
  return 0 - amount;
}

function openRows(database: Database) {
  return database
    .selectFrom('ledger as held')
    .where('held.kind', '=', 'hold')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('ledger as outcome')
            .select('outcome.job_id')
            .whereRef('outcome.job_id', '=', 'held.job_id')
            .where('outcome.kind', 'in', OUTCOMES),
        ),
      ),
    );
}

interface HoldRow {
  job_id: string;
  guild_id: string;
  member_id: string;
  pot: keyof ByPot;
  counted_at: number;
  period: string;
  amount: number;
}

/** Merges the rows of each hold, one or two per account. */
function holdsFrom(rows: readonly HoldRow[]): JobHold[] {
  const holds = new Map<string, JobHold>();
  for (const row of rows) {
    const key = `${row.job_id}/${row.guild_id}/${row.member_id}`;
    const shares = holds.get(key)?.shares ?? { allowance: 0, extra: 0 };
    holds.set(key, {
      account: { guildId: row.guild_id, memberId: row.member_id },
      jobId: row.job_id,
      countedAtMs: row.counted_at,
      period: row.period,
      shares: { ...shares, [row.pot]: 0 - row.amount },
    });
  }
  return [...holds.values()];
}
