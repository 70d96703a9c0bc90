/**
 * The transaction that accepts a job. When the answer to its commit is lost, for example because the
 * database restarts, finds out whether the commit took effect.
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
import { findAfterUnknownCommit } from '../find-after-unknown-commit.ts';
import { checkQueueLimits } from '../queue/queue-limits.ts';
import { recordAccepted } from '../record/job-events.ts';
import type { JobStore } from '../record/job-store.ts';
import type { Job } from '../record/job.ts';
import { recordSpending, type Spending } from './spending.ts';

/** The member waits for a reply to an interaction, whose token lives for 15 minutes. */
const FIND_OUT_WITHIN_MS = 80 * SECOND;

/** Further writes in the transaction that records the job. */
export type Alongside = (transaction: DatabaseTransaction) => Promise<void>;

export interface AcceptanceDependencies {
  database: Database;
  store: Pick<JobStore, 'insert'>;
  quota: Pick<QuotaManager, 'hold'>;
  clock: Clock;
  logger: Logger;
  alongside?: Alongside | undefined;
  /**
   * Limits concurrent acceptance transactions, so that many orders at once do not keep the loops
   * waiting for the database.
   */
  acceptances: FairSlots;
}

/** It is unknown whether the job was accepted. The caller must neither undo it nor promise it. */
export class AcceptanceUnknown extends UserError {
  override readonly kind = 'acceptance-unknown';
  override readonly name = 'AcceptanceUnknown';

  constructor(options: ErrorOptions) {
    super(text('orders:acceptanceUnknown'), options);
  }
}

/** What is recorded with a job but not in its record. */
export interface Acceptance {
  readonly roleIds: readonly string[] | undefined;
  /** The button presses that the member used up. */
  readonly spendings: readonly Spending[];
}

/**
 * Holds the credits and records the job and its spendings in one transaction.
 *
 * @throws AlreadySpent when an earlier use of the same button press accepted a job
 * @throws AcceptanceUnknown when the outcome of the commit cannot be determined
 * @throws UserError, QuotaExceeded or a database error when nothing was recorded
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
        // Before the hold: a second press must report itself as such, not as missing credits.
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
    // A failure before the commit is rolled back, if necessary by the database itself.
    if (!isToCommit || !(await wasCommitted(job, dependencies))) throw error;
    logger.warn({ err: error, jobId }, 'order commit answer lost; the order was recorded');
  }
}

/** @throws UserError when a reserved file no longer exists */
async function confirmInputs(
  transaction: DatabaseTransaction,
  { id, inputs }: Pick<Job, 'id' | 'inputs'>,
): Promise<void> {
  const files = inputs.map(({ file }) => file);
  if (await confirmUses(transaction, id, files)) return;
  throw new UserError(text('orders:filesGone'));
}

/** @throws AcceptanceUnknown when the outcome cannot be determined in time */
async function wasCommitted(
  { id: jobId, guildId, memberId }: Job,
  { database, clock, logger }: AcceptanceDependencies,
): Promise<boolean> {
  const over = new AbortController();
  const found = findAfterUnknownCommit(
    {
      database,
      jobId,
      lock: async (transaction) => lockAccounts(transaction, [{ guildId, memberId }]),
    },
    { clock, log: logger.child({ jobId }), signal: over.signal },
  );
  // Not awaited for longer than that: a database that is gone may leave a question open for minutes.
  const timeUp = clock.sleep(FIND_OUT_WITHIN_MS, over.signal).then(() => {
    throw new Error(`The database could not be asked for ${FIND_OUT_WITHIN_MS} ms`);
  });
  try {
    return (await Promise.race([found, timeUp])) !== undefined;
  } catch (cause) {
    throw new AcceptanceUnknown({ cause });
  } finally {
    over.abort();
  }
}
