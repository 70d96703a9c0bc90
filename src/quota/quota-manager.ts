/**
 * The door of this room: who may spend how much, and where it went. Whatever changes money takes the
 * transaction of the change that it belongs to, and repeating a step changes nothing.
 */
import type { Database, DatabaseTransaction } from '../storage/database.ts';
import type { QuotaSettings, MemberAt } from './balance.ts';
import { checkMember, closeHold, holdJob, checkHold, type Hold } from './holds.ts';
import { checkConsistency } from './ledgers/consistency-check.ts';
import { allOpenHolds, type JobHold } from './ledgers/ledger-reader.ts';
import { createModeration, type Moderation } from './moderation/moderation.ts';
import { moderationWait } from './moderation/refused-prompts.ts';
import { exportLedger, type ExportOptions, type LedgerExport } from './reports/export.ts';
import { reportOf, type Report, type ReportPeriod } from './reports/report.ts';
import { viewOf, type QuotaView } from './view.ts';
import { dueWarnings, markWarningPosted, type BudgetWarning } from './warnings.ts';

/** Credits of jobs are whole and ≥ 0; others throw RangeError. */
export interface QuotaManager extends Moderation {
  /**
   * Holds a job's cost on the server's and the member's account. To be called in the transaction
   * that records the job, whose state is then `accepted`.
   *
   * @throws QuotaExceeded when a limit or a ceiling does not allow it; nothing was written
   * @throws UserError when the member is blocked, or has to wait after refused prompts
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
  /**
   * Checks the member before anything is done for a job; `hold` checks again.
   *
   * @throws UserError when the member is blocked, or has to wait after refused prompts
   */
  mayStart(database: Database, who: MemberAt): Promise<void>;
  /**
   * Checks all that `hold` checks, before files are fetched for a job: its hold is then no less than
   * the credits named here.
   *
   * @throws what `hold` throws; nothing is held
   */
  checkHold(database: Database, hold: Hold): Promise<void>;
  /** Until when a member has to wait after refused prompts, in Unix milliseconds; undefined: not at all. */
  moderationWait(database: Database, memberId: string, nowMs: number): Promise<number | undefined>;
  view(database: Database, who: MemberAt): Promise<QuotaView>;
  report(
    database: Database,
    asked: { guildId: string; period: ReportPeriod; nowMs: number },
  ): Promise<Report>;
  /** @throws UserError when a day is not one, they are in the wrong order, or there is too much between them */
  exportLedger(database: Database, options: ExportOptions): Promise<LedgerExport>;
  /** Shares of budgets that were reached and not yet told, of one server or of all, oldest first. */
  dueWarnings(database: Database, server?: { readonly guildId?: string }): Promise<BudgetWarning[]>;
  /** @returns false when another process has marked it: then it is not ours to post */
  markWarningPosted(
    database: Database,
    warning: Pick<BudgetWarning, 'guildId' | 'period' | 'percent'>,
    nowMs: number,
  ): Promise<boolean>;
  /** Every hold without an outcome, oldest first: a server's and a member's for each job. */
  openHolds(database: Database): Promise<JobHold[]>;
  /** A sentence for each thing in jobs, ledger and vendor ledger that does not add up; none when all is well. */
  audit(database: Database): Promise<string[]>;
}

export function createQuotaManager(settings: QuotaSettings): QuotaManager {
  return {
    ...createModeration(settings),
    hold: async (transaction, hold) => holdJob(transaction, settings, hold),
    settle: async (transaction, { jobId, credits, nowMs }) =>
      closeHold(transaction, { jobId, kind: 'settle', credits, nowMs }),
    release: async (transaction, { jobId, nowMs, reason }) =>
      closeHold(transaction, { jobId, kind: 'release', credits: 0, nowMs, reason }),
    mayStart: checkMember,
    checkHold: async (database, hold) => checkHold(database, settings, hold),
    moderationWait,
    view: async (database, who) => viewOf(database, settings, who),
    report: async (database, asked) => reportOf(database, settings, asked),
    exportLedger: async (database, options) => exportLedger(database, settings, options),
    dueWarnings,
    markWarningPosted,
    openHolds: allOpenHolds,
    audit: checkConsistency,
  };
}
