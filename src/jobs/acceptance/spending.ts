/**
 * Records that a button press was used up ("spent"), under a unique key, in the transaction that
 * accepts the job. A second press, in any process and at any time, accepts no second job.
 */
import { MINUTE, SECOND } from '../../clock.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import { createJobStore } from '../record/job-store.ts';
import type { Job } from '../record/job.ts';

export const SPENDING_KINDS = ['confirmation', 'final', 'retry', 'again'] as const;
export type SpendingKind = (typeof SPENDING_KINDS)[number];

/**
 * | kind           | subject                    | can be spent again                              |
 * |----------------|----------------------------|-------------------------------------------------|
 * | `confirmation` | the question               | never                                           |
 * | `final`        | the draft's job            | once its job has ended without a video          |
 * | `retry`        | the job that failed        | never                                           |
 * | `again`        | the job shown by the card  | after 5 s: a double press counts once           |
 */
const REPEATS = {
  confirmation: 'never',
  final: 'after-failure',
  retry: 'never',
  again: 'later',
} as const satisfies Record<SpendingKind, string>;

const REPEAT_AFTER_MS = 5 * SECOND;
/** How far ahead the clock of the process that recorded the press may be. */
const CLOCKS_DIFFER_MS = MINUTE;

export interface Spending {
  readonly kind: SpendingKind;
  readonly subject: string;
}

/** A spending with the member who pressed the button and the time of the press. */
export interface Press extends Spending {
  readonly memberId: string;
  readonly nowMs: number;
}

/** The press was already spent. Nothing was held or recorded. */
export class AlreadySpent extends Error {
  override readonly name = 'AlreadySpent';
  readonly kind = 'already-spent';
  readonly spending: Spending;
  /** The job that the press accepted. */
  readonly job: Job;

  constructor({ kind, subject }: Spending, job: Job) {
    super(`The ${kind} of ${subject} was spent on job ${job.id}`);
    this.spending = { kind, subject };
    this.job = job;
  }
}

/**
 * Returns the job that a press was spent on, or undefined if the press can still be spent. Only an
 * early hint: `recordSpending` decides.
 */
export async function findSpent(database: Database, press: Press): Promise<Job | undefined> {
  const row = await rowOf(database, press);
  const job = row && (await createJobStore(database).find(row.job_id));
  const isSpent = job !== undefined && !mayRepeat(press, { job, spentAtMs: row?.at ?? 0 });
  return isSpent ? job : undefined;
}

/**
 * Marks the press as spent on this job.
 *
 * @throws AlreadySpent
 */
export async function recordSpending(
  transaction: DatabaseTransaction,
  press: Press,
  jobId: string,
): Promise<void> {
  const { kind, subject, memberId: member_id, nowMs: at } = press;
  // A concurrent press waits here until this transaction has ended.
  const { numInsertedOrUpdatedRows: inserted } = await transaction
    .insertInto('spendings')
    .values({ kind, subject, member_id, job_id: jobId, at })
    .onConflict((conflict) => conflict.columns(['kind', 'subject', 'member_id']).doNothing())
    .executeTakeFirst();
  if (inserted === 1n) return;
  const spent = await findSpent(transaction, press);
  if (spent !== undefined) throw new AlreadySpent(press, spent);
  await transaction
    .updateTable('spendings')
    .set({ job_id: jobId, at })
    .where('kind', '=', kind)
    .where('subject', '=', subject)
    .where('member_id', '=', member_id)
    .execute();
}

/** Deletes spendings from before `beforeMs`, whose buttons no longer work. */
export async function forgetSpendings(database: Database, beforeMs: number): Promise<void> {
  await database.deleteFrom('spendings').where('at', '<', beforeMs).execute();
}

async function rowOf(database: Database, { kind, subject, memberId }: Press) {
  return database
    .selectFrom('spendings')
    .select(['job_id', 'at'])
    .where('kind', '=', kind)
    .where('subject', '=', subject)
    .where('member_id', '=', memberId)
    .executeTakeFirst();
}

function mayRepeat(
  { kind, nowMs }: Press,
  { job, spentAtMs }: { job: Job; spentAtMs: number },
): boolean {
  switch (REPEATS[kind]) {
    case 'never':
      return false;
    case 'after-failure':
      return job.state === 'failed' || job.state === 'cancelled' || job.state === 'expired';
    case 'later': {
      const passedMs = nowMs - spentAtMs;
      return passedMs >= REPEAT_AFTER_MS || passedMs < -CLOCKS_DIFFER_MS;
    }
  }
}
