/** What the database says of all jobs and credits, added up there: a scrape reads no rows. */
import { ENDED_STATES, JOB_STATES, type JobState } from '../jobs/record/job.ts';
import { periodOf } from '../quota/limits/period.ts';
import type { Database } from '../storage/database.ts';

export interface JobFigures {
  /** How many are in each state; every state is there. */
  readonly inState: ReadonlyMap<JobState, number>;
  /** Whole credits held for jobs that have not ended. */
  readonly heldCredits: number;
}

/** Whole credits. */
export interface MoneyFigures {
  /** What members have paid, by the ledger, for jobs of this UTC month. */
  readonly membersSpent: number;
  /** What the operator may owe, by the vendor book. */
  readonly vendors: ReadonlyMap<string, VendorMoney>;
}

export interface VendorMoney {
  /** For tasks that the vendor has, or may have. */
  readonly held: number;
  /** Billed, or lost sight of, in this UTC month. */
  readonly spent: number;
}

const OPEN_STATES = JOB_STATES.filter((state) => !ENDED_STATES.some((ended) => ended === state));

/** Quick also where there are many: an index has all of it but what open jobs hold. */
export async function jobFigures(database: Database): Promise<JobFigures> {
  const rows = await database
    .selectFrom('jobs')
    .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute();
  const counts = new Map<string, number>(rows.map(({ state, count }) => [state, count]));
  const { held } = await database
    .selectFrom('jobs')
    .select(({ fn }) => fn.sum<number | null>('hold_credits').as('held'))
    .where('state', 'in', OPEN_STATES)
    .executeTakeFirstOrThrow();
  return {
    inState: new Map(JOB_STATES.map((state) => [state, counts.get(state) ?? 0])),
    heldCredits: held ?? 0,
  };
}

/**
 * Takes the longer the more was made in the month: tens of milliseconds for tens of thousands.
 *
 * @param nowMs Unix milliseconds
 */
export async function moneyFigures(database: Database, nowMs: number): Promise<MoneyFigures> {
  return {
    membersSpent: await membersSpent(database, nowMs),
    vendors: await vendorsMoney(database, nowMs),
  };
}

async function membersSpent(database: Database, nowMs: number): Promise<number> {
  const { startsAtMs } = periodOf(nowMs, 'month', 'UTC');
  const { amount } = await database
    // By way of the jobs, which have an index by state: the ledger itself only grows.
    .selectFrom('jobs')
    .innerJoin('ledger', 'ledger.job_id', 'jobs.id')
    .select(({ fn }) => fn.sum<number | null>('ledger.amount').as('amount'))
    .where('jobs.state', '=', 'delivered')
    .where('jobs.created_at', '>=', startsAtMs)
    // Each job draws on the server's account what it draws on the member's: one of them is enough.
    .where('ledger.member_id', '=', '')
    .where('ledger.kind', 'in', ['hold', 'settle'])
    .executeTakeFirstOrThrow();
  return 0 - (amount ?? 0);
}

async function vendorsMoney(database: Database, nowMs: number): Promise<Map<string, VendorMoney>> {
  const month = periodOf(nowMs, 'month', 'UTC');
  const before = periodOf(month.startsAtMs - 1, 'month', 'UTC');
  const rows = await database
    .selectFrom('vendor_book')
    .select(({ fn }) => {
      const sum = fn.sum<number | null>('credits');
      return [
        'vendor',
        sum.filterWhere('state', '=', 'open').as('held'),
        sum
          .filterWhere('state', 'in', ['billed', 'lost'])
          .filterWhere('period', '=', month.key)
          .as('spent'),
      ];
    })
    // No vendor keeps a task for a month: what is open was opened in this one or the one before.
    .where('period', 'in', [month.key, before.key])
    .groupBy('vendor')
    .execute();
  return new Map(
    rows.map(({ vendor, held, spent }) => [vendor, { held: held ?? 0, spent: spent ?? 0 }]),
  );
}
