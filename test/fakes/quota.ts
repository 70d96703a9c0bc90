/** A quota manager at work: jobs are recorded and held in one transaction, as in the jobs module. */
import { checkQueueLimits } from '#src/jobs/queue/queue-limits.ts';
import type { QuotaSettings } from '#src/quota/balance.ts';
import type { CheckQueue } from '#src/quota/holds.ts';
import type { LimitSettings } from '#src/quota/limits/limits.ts';
import { createQuotaManager } from '#src/quota/quota-manager.ts';
import type { Database, DatabaseTransaction } from '#src/storage/database.ts';

import { insertJobRow, setJobState } from './job-rows.ts';

/** Limits that let nearly everything pass, except what a test is about. */
export function quotaSettings(
  limits: Partial<LimitSettings> = {},
  timeZone = 'UTC',
): QuotaSettings {
  return {
    timeZone,
    limits: {
      defaultGuildCredits: 1000,
      defaultMemberCredits: undefined,
      maxGuildCreditsPerMonth: 100_000,
      guildCredits: new Map(),
      operatorCreditsPerMonth: 100_000,
      ...limits,
    },
  };
}

export interface Who {
  readonly guildId: string;
  readonly memberId: string;
  readonly roleIds?: readonly string[] | undefined;
  readonly nowMs: number;
}

/** The default actor and time. */
export const who = {
  guildId: 'guild',
  memberId: 'alice',
  nowMs: Date.parse('2026-11-21T12:00:00Z'),
};

export function quotaOn(database: Database, settings: QuotaSettings) {
  const quota = createQuotaManager(settings);
  const inTransaction = async <Result>(
    change: (transaction: DatabaseTransaction) => Promise<Result>,
  ): Promise<Result> => database.transaction().execute(change);
  return {
    quota,
    inTransaction,
    accept: async (jobId: string, credits: number, from: Partial<Who> = {}) =>
      inTransaction(async (transaction) => {
        const asked: Who = { ...who, ...from };
        const checkQueue: CheckQueue = async (_transaction, rules) =>
          checkQueueLimits(transaction, rules, { ...asked, jobId });
        await quota.hold(transaction, { ...asked, jobId, credits, checkQueue });
        const { guildId, memberId, nowMs: atMs } = asked;
        await insertJobRow(transaction, { id: jobId, guildId, memberId, credits, atMs });
      }),
    deliver: async (jobId: string, credits: number, nowMs = who.nowMs) =>
      inTransaction(async (transaction) => {
        await setJobState(transaction, jobId, 'delivered');
        await quota.settle(transaction, { jobId, credits, nowMs });
      }),
    fail: async (jobId: string, nowMs = who.nowMs, reason = 'vendor-failed') =>
      inTransaction(async (transaction) => {
        await setJobState(transaction, jobId, 'failed');
        await quota.release(transaction, { jobId, nowMs, reason });
      }),
    view: async (from: Partial<Who> = {}) => quota.view(database, { ...who, ...from }),
  };
}
