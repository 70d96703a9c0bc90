/**
 * The transaction that accepts a job, and what became of it when its commit was not answered: a
 * database that restarts may have done it all the same, or be about to.
 */
import { SECOND, type Clock } from '../../clock.ts';
import { UserError } from '../../errors.ts';
import type { FairSlots } from '../../fair-slots.ts';
import type { Logger } from '../../logger.ts';
import { confirmUses } from '../../media/files/file-uses.ts';
import type { CheckQueue } from '../../quota/holds.ts';
import { lockAccounts } from '../../quota/ledgers/ledger.ts';
import type { QuotaManager } from '../../quota/quota-manager.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import { text } from '../../text/text.ts';
import { checkQueueLimits } from '../queue/queue-limits.ts';
import { recordAccepted } from '../record/job-events.ts';
import { createJobStore, type JobStore } from '../record/job-store.ts';
import type { Job } from '../record/job.ts';
import { retryWrite } from '../retry-write.ts';
import { recordSpending, type Spending } from './spending.ts';

/** A member waits for an answer to an interaction, whose token lives for 15 minutes. */
const FIND_OUT_WITHIN_MS = 80 * SECOND;

/** What else is true once the job is recorded, and only then. */
export type Alongside = (transaction: DatabaseTransaction) => Promise<void>;

export interface AcceptanceDependencies {
  database: Database;
  store: Pick<JobStore, 'insert'>;
  quota: Pick<QuotaManager, 'hold'>;
  clock: Clock;
  logger: Logger;
  alongside?: Alongside | undefined;
  /**
   * Of the transactions that accept: with many orders at once, the loops would wait for the database
   * behind all of them.
   */
  acceptances: FairSlots;
}

/** Nobody can tell at present whether the job was accepted. It must not be undone, nor promised. */
export class AcceptanceUnknown extends UserError {
  override readonly kind = 'acceptance-unknown';
  override readonly name = 'AcceptanceUnknown';

  constructor(options: ErrorOptions) {
    super(text('orders:acceptanceUnknown'), options);
  }
}

/** What is recorded with a job, and is not in its record. */
export interface Acceptance {
  readonly roleIds: readonly string[] | undefined;
  /** What the member spent by pressing a button. */
  readonly spendings: readonly Spending[];
}

/**
 * Holds the credits and records the job and what was spent, or nothing of it.
 *
 * @throws AlreadySpent when the press has accepted a job before
 * @throws AcceptanceUnknown when the commit was not answered, and nobody can say what came of it
 * @throws UserError, QuotaExceeded, and what the database throws: then nothing was recorded
 */
export async function recordAcceptance(
  job: Job,
  { roleIds, spendings }: Acceptance,
  dependencies: AcceptanceDependencies,
): Promise<void> {
  const { database, quota, store, alongside, acceptances, logger } = dependencies;
  const { id: jobId, guildId, memberId, holdCredits: credits, createdAtMs: nowMs } = job;
  let isToCommit = false;
  try {
    await acceptances.run(guildId, async () =>
      database.transaction().execute(async (transaction) => {
        // Before the hold: a second press is told that it is one, and not that there are no credits left.
        for (const spending of spendings) {
          await recordSpending(transaction, { ...spending, memberId, nowMs }, jobId);
        }
        const who = { guildId, memberId, roleIds, nowMs };
        const checkQueue: CheckQueue = async (_transaction, rules) =>
          checkQueueLimits(transaction, rules, { ...who, jobId });
        await quota.hold(transaction, { ...who, jobId, credits, checkQueue });
        await store.insert(transaction, job);
        await confirmInputs(transaction, job);
        await recordAccepted(transaction, job);
        await alongside?.(transaction);
        isToCommit = true;
      }),
    );
  } catch (error) {
    // What fails before the commit is rolled back, by the database itself if need be.
    if (!isToCommit || !(await wasCommitted(job, dependencies))) throw error;
    logger.warn(
      { err: error, jobId },
      'an order was written, and the answer to that lost; it goes on',
    );
  }
}

/** @throws UserError when a file that was reserved is no longer there */
async function confirmInputs(
  transaction: DatabaseTransaction,
  { id, inputs }: Pick<Job, 'id' | 'inputs'>,
): Promise<void> {
  const files = inputs.map(({ file }) => file);
  if (await confirmUses(transaction, id, files)) return;
  throw new UserError(text('orders:filesGone'));
}

/** @throws AcceptanceUnknown when that cannot be found out in time */
async function wasCommitted(
  job: Job,
  { database, clock, logger }: AcceptanceDependencies,
): Promise<boolean> {
  const over = new AbortController();
  const writing = { clock, log: logger.child({ jobId: job.id }), signal: over.signal };
  // Not awaited for longer than that: a database that is gone may leave a question open for minutes.
  const timeUp = clock.sleep(FIND_OUT_WITHIN_MS, over.signal).then(() => {
    throw new Error(`The database could not be asked for ${FIND_OUT_WITHIN_MS} ms`);
  });
  try {
    return await Promise.race([retryWrite(async () => isRecorded(job, database), writing), timeUp]);
  } catch (cause) {
    throw new AcceptanceUnknown({ cause });
  } finally {
    over.abort();
  }
}

/** Waits, where it can be, for the end of the transaction whose answer was lost: that has the lock. */
async function isRecorded({ id, guildId, memberId }: Job, database: Database): Promise<boolean> {
  // In a transaction that is answered for: what it has seen is committed, and not to be undone.
  const found = await database.transaction().execute(async (transaction) => {
    await lockAccounts(transaction, [{ guildId, memberId }]);
    return createJobStore(transaction).find(id);
  });
  return found !== undefined;
}
