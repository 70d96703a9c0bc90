/**
 * Entry point of `quota`: who may spend how much, and where the credits went. Every change of credits
 * takes the transaction of the change that causes it, and repeating a step changes nothing.
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

/** Credits of jobs must be whole and ≥ 0; otherwise calls throw RangeError. */
export interface QuotaManager extends Moderation {
  /**
   * Holds a job's cost on the server's and the member's account. Must be called in the transaction that
   * records the job as `accepted`.
   *
   * @throws QuotaExceeded when a limit or a ceiling does not allow it; nothing was written
   * @throws UserError when the member is blocked, or has to wait after refused prompts
   */
  hold(transaction: DatabaseTransaction, hold: Hold): Promise<void>;
  /**
   * Settles the hold of a delivered job: the member pays `credits`, but at most the hold.
   *
   * @throws Error when the job never held anything
   */
  settle(
    transaction: DatabaseTransaction,
    outcome: { jobId: string; credits: number; nowMs: number },
  ): Promise<void>;
  /**
   * Returns the whole hold of a job without a video. Does nothing after a settle, and vice versa.
   *
   * @throws Error when the job never held anything
   */
  release(
    transaction: DatabaseTransaction,
    outcome: { jobId: string; nowMs: number; reason: string },
  ): Promise<void>;
  /**
   * Checks the member before any work is done for a job; `hold` checks again.
   *
   * @throws UserError when the member is blocked, or has to wait after refused prompts
   */
  mayStart(database: Database, who: MemberAt): Promise<void>;
  /**
   * Makes all checks of `hold`, before files are fetched for a job. The credits are a lower bound of the
   * later hold.
   *
   * @throws what `hold` throws; nothing is held
   */
  checkHold(database: Database, hold: Hold): Promise<void>;
  /** Returns until when a member has to wait after refused prompts, in Unix milliseconds; undefined: no wait. */
  moderationWait(database: Database, memberId: string, nowMs: number): Promise<number | undefined>;
  view(database: Database, who: MemberAt): Promise<QuotaView>;
  report(
    database: Database,
    asked: { guildId: string; period: ReportPeriod; nowMs: number },
  ): Promise<Report>;
  /** @throws UserError when a day is invalid, the days are in the wrong order, or the range has too many rows */
  exportLedger(database: Database, options: ExportOptions): Promise<LedgerExport>;
  /** Returns the budget warnings that are not posted yet, of one server or of all, oldest first. */
  dueWarnings(database: Database, server?: { readonly guildId?: string }): Promise<BudgetWarning[]>;
  /** @returns false when another process has already marked it and will post it */
  markWarningPosted(
    database: Database,
    warning: Pick<BudgetWarning, 'guildId' | 'period' | 'percent'>,
    nowMs: number,
  ): Promise<boolean>;
  /** Returns every hold without an outcome, oldest first: a server's and a member's for each job. */
  openHolds(database: Database): Promise<JobHold[]>;
  /** Runs the consistency check. Returns a sentence for each fault in jobs, ledger and vendor ledger. */
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
