/** Reports a server's spending in a period: in total, by member, by model, by day, and the failures. */
import type { Database } from '../../storage/database.ts';
import { zoneOf, type QuotaSettings } from '../balance.ts';
import { OUTCOMES } from '../ledgers/ledger-reader.ts';
import { dateReader, periodOf, type Period } from '../limits/period.ts';
import { readRules } from '../limits/stored-limits.ts';

export type ReportPeriod = 'today' | 'this_month' | 'last_month';

/** Counts and sums of jobs accepted in the period. */
export interface Tally {
  /** Delivered. */
  readonly videos: number;
  /** Jobs without an outcome yet. */
  readonly open: number;
  readonly failed: number;
  /** Cancelled by the member while waiting. */
  readonly cancelled: number;
  /** Whole credits that delivered videos cost. */
  readonly spent: number;
  /** Whole credits held for open jobs. */
  readonly held: number;
}

export interface Report {
  readonly period: Period;
  /** The server's, an IANA name. */
  readonly timeZone: string;
  readonly total: Tally;
  /** Highest spending first, as for models. */
  readonly byMember: readonly (Tally & { readonly memberId: string })[];
  readonly byModel: readonly (Tally & { readonly model: string })[];
  /** Every day with an order, as `YYYY-MM-DD`, oldest first. */
  readonly byDay: readonly (Tally & { readonly day: string })[];
  /** By failure reason (`FAILURE_REASONS`), most frequent first, without cancelled jobs. */
  readonly failures: readonly { readonly reason: string; readonly count: number }[];
  /** Whole credits that moderators granted and deducted in the period, over all accounts. */
  readonly granted: number;
  readonly taken: number;
}

const CANCELLED = 'cancelled-by-member';
/** Replaces the member, model or reason of a job whose record was deleted. */
export const UNKNOWN = 'unknown';
const NOTHING: Tally = { videos: 0, open: 0, failed: 0, cancelled: 0, spent: 0, held: 0 };

export async function reportOf(
  database: Database,
  settings: QuotaSettings,
  asked: { readonly guildId: string; readonly period: ReportPeriod; readonly nowMs: number },
): Promise<Report> {
  const { guildId, nowMs } = asked;
  const timeZone = zoneOf(settings, await readRules(database, { guildId }));
  const period = reportedPeriod(asked.period, nowMs, timeZone);
  const jobs = await jobsIn(database, guildId, period);
  const dayAt = dateReader(timeZone);
  const failed = jobs.filter((job) => tallyOf(job).failed > 0);
  return {
    period,
    timeZone,
    total: sumUp(jobs),
    byMember: grouped(jobs, ({ memberId }) => memberId)
      .map(({ key, tally }) => ({ memberId: key, ...tally }))
      .toSorted(byDrawn),
    byModel: grouped(jobs, ({ model }) => model)
      .map(({ key, tally }) => ({ model: key, ...tally }))
      .toSorted(byDrawn),
    byDay: grouped(jobs, ({ countedAtMs }) => dayAt(countedAtMs))
      .map(({ key, tally }) => ({ day: key, ...tally }))
      .toSorted((one, other) => (one.day < other.day ? -1 : 1)),
    failures: [...Map.groupBy(failed, ({ reason }) => reason ?? UNKNOWN)]
      .map(([reason, { length: count }]) => ({ reason, count }))
      .toSorted((one, other) => other.count - one.count),
    ...(await grantsIn(database, guildId, period)),
  };
}

function reportedPeriod(name: ReportPeriod, nowMs: number, timeZone: string): Period {
  if (name === 'today') return periodOf(nowMs, 'day', timeZone);
  const month = periodOf(nowMs, 'month', timeZone);
  return name === 'this_month' ? month : periodOf(month.startsAtMs - 1, 'month', timeZone);
}

interface ReportedJob {
  readonly memberId: string;
  readonly model: string;
  readonly countedAtMs: number;
  /** Whole credits: what it cost, or holds. */
  readonly drawn: number;
  readonly outcome: string | null;
  readonly reason: string | null;
}

/** Reads the jobs from the server's own account, which every job draws on. */
async function jobsIn(
  database: Database,
  guildId: string,
  { startsAtMs, endsAtMs }: Period,
): Promise<ReportedJob[]> {
  const rows = await database
    .selectFrom('ledger')
    .leftJoin('jobs', 'jobs.id', 'ledger.job_id')
    .select(({ fn }) => [
      'ledger.job_id',
      'ledger.counted_at as countedAtMs',
      'jobs.member_id as memberId',
      'jobs.model as model',
      fn.sum<number>('ledger.amount').as('amount'),
      fn.max('ledger.kind').filterWhere('ledger.kind', 'in', OUTCOMES).as('outcome'),
      fn.max('ledger.reason').as('reason'),
    ])
    .where('ledger.guild_id', '=', guildId)
    .where('ledger.member_id', '=', '')
    .where('ledger.counted_at', '>=', startsAtMs)
    .where('ledger.counted_at', '<', endsAtMs)
    .where('ledger.kind', 'in', ['hold', ...OUTCOMES])
    .groupBy(['ledger.job_id', 'ledger.counted_at', 'jobs.member_id', 'jobs.model'])
    .execute();
  return rows.map(({ amount, memberId, model, ...row }) => ({
    ...row,
    memberId: memberId ?? UNKNOWN,
    model: model ?? UNKNOWN,
    drawn: 0 - amount,
  }));
}

async function grantsIn(
  database: Database,
  guildId: string,
  { startsAtMs, endsAtMs }: Period,
): Promise<Pick<Report, 'granted' | 'taken'>> {
  const sums = await database
    .selectFrom('ledger')
    .select(({ fn }) => {
      const sum = fn.sum<number | null>('amount');
      return [
        sum.filterWhere('kind', '=', 'grant').as('granted'),
        sum.filterWhere('kind', '=', 'deduct').as('taken'),
      ];
    })
    .where('guild_id', '=', guildId)
    .where('at', '>=', startsAtMs)
    .where('at', '<', endsAtMs)
    .where('kind', 'in', ['grant', 'deduct'])
    .executeTakeFirstOrThrow();
  return { granted: sums.granted ?? 0, taken: 0 - (sums.taken ?? 0) };
}

function tallyOf({ outcome, reason, drawn }: ReportedJob): Tally {
  if (outcome === null) return { ...NOTHING, open: 1, held: drawn };
  if (outcome === 'settle') return { ...NOTHING, videos: 1, spent: drawn };
  return reason === CANCELLED ? { ...NOTHING, cancelled: 1 } : { ...NOTHING, failed: 1 };
}

function sumUp(jobs: readonly ReportedJob[]): Tally {
  return jobs.map(tallyOf).reduce(
    (sum, one) => ({
      videos: sum.videos + one.videos,
      open: sum.open + one.open,
      failed: sum.failed + one.failed,
      cancelled: sum.cancelled + one.cancelled,
      spent: sum.spent + one.spent,
      held: sum.held + one.held,
    }),
    NOTHING,
  );
}

function grouped(
  jobs: readonly ReportedJob[],
  by: (job: ReportedJob) => string,
): { key: string; tally: Tally }[] {
  return [...Map.groupBy(jobs, by)].map(([key, own]) => ({ key, tally: sumUp(own) }));
}

function byDrawn(one: Tally, other: Tally): number {
  return other.spent + other.held - (one.spent + one.held);
}
