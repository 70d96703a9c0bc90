/** Reads sums of jobs and credits, computed in the database, so that a scrape reads no rows. */
import { OPEN_STATES, type OpenState } from '../jobs/record/job.ts';
import { OUTCOMES } from '../quota/ledgers/ledger-reader.ts';
import { periodOf } from '../quota/limits/period.ts';
import type { Database } from '../storage/database.ts';
import { isOfServer, isOpenJob } from '../storage/index-conditions.ts';

export interface JobFigures {
  /** Number of jobs in each open state, including 0. */
  readonly inState: ReadonlyMap<OpenState, number>;
  /** Whole credits held for jobs that have not ended. */
  readonly heldCredits: number;
}

/** Whole credits. */
export interface MoneyFigures {
  /** What members have paid, according to the ledger, for jobs of this UTC month. */
  readonly membersSpent: number;
  /** What the operator may owe, according to the vendor ledger. */
  readonly vendors: ReadonlyMap<string, VendorMoney>;
}

export interface VendorMoney {
  /** For tasks that the vendor has, or may have. */
  readonly held: number;
  /** Billed or lost in this UTC month, including corrections. */
  readonly spent: number;
}

/** Reads open jobs only, so that a scrape does not become slower over time. */
export async function jobFigures(database: Database): Promise<JobFigures> {
  const rows = await database
    .selectFrom('jobs')
    .select(({ fn }) => [
      'state',
      fn.countAll<number>().as('count'),
      fn.sum<number>('hold_credits').as('held'),
    ])
    .where(isOpenJob)
    .groupBy('state')
    .execute();
  const counts = new Map<string, number>(rows.map(({ state, count }) => [state, count]));
  return {
    inState: new Map(OPEN_STATES.map((state) => [state, counts.get(state) ?? 0])),
    heldCredits: rows.reduce((sum, { held }) => sum + held, 0),
  };
}

/**
 * Takes time in proportion to the month's jobs: tens of milliseconds for tens of thousands.
 *
 * @param nowMs Unix milliseconds
 */
export async function moneyFigures(database: Database, nowMs: number): Promise<MoneyFigures> {
  return {
    membersSpent: await membersSpent(database, nowMs),
    vendors: await vendorsMoney(database, nowMs),
  };
}

/** Sums the servers' accounts only, since each job draws the same amount on its server's and member's account. */
async function membersSpent(database: Database, nowMs: number): Promise<number> {
  const { startsAtMs } = periodOf(nowMs, 'month', 'UTC');
  const { drawn } = await database
    .selectFrom('ledger')
    .select(({ fn }) => fn.sum<number | null>('amount').as('drawn'))
    .where(isOfServer)
    .where('counted_at', '>=', startsAtMs)
    .where('kind', 'in', ['hold', ...OUTCOMES])
    .executeTakeFirstOrThrow();
  const { held } = await database
    .selectFrom('jobs')
    .select(({ fn }) => fn.sum<number | null>('hold_credits').as('held'))
    .where(isOpenJob)
    .where('created_at', '>=', startsAtMs)
    .executeTakeFirstOrThrow();
  return 0 - (drawn ?? 0) - (held ?? 0);
}

async function vendorsMoney(database: Database, nowMs: number): Promise<Map<string, VendorMoney>> {
  const month = periodOf(nowMs, 'month', 'UTC');
  const before = periodOf(month.startsAtMs - 1, 'month', 'UTC');
  const rows = await database
    .selectFrom('vendor_ledger')
    .select(({ fn }) => {
      const sum = fn.sum<number | null>('credits');
      return [
        'vendor',
        sum.filterWhere('state', '=', 'open').as('held'),
        sum
          .filterWhere('state', 'in', ['billed', 'lost', 'correction'])
          .filterWhere('period', '=', month.key)
          .as('spent'),
      ];
    })
    // No task lasts a month, so open ones were opened in this month or the one before.
    .where('period', 'in', [month.key, before.key])
    .groupBy('vendor')
    .execute();
  return new Map(
    rows.map(({ vendor, held, spent }) => [vendor, { held: held ?? 0, spent: spent ?? 0 }]),
  );
}
