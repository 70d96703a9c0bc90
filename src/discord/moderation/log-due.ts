/**
 * Collects the lines due in the servers' log channels: delivered videos, moderators' changes, and budgets
 * that are nearly or fully spent. Each is a database row until it is marked as posted.
 */
import type { JobStore } from '../../jobs/record/job-store.ts';
import {
  changesToTell,
  markChangeTold,
  serversWithChangesToTell,
} from '../../quota/moderation/change-log.ts';
import type { QuotaManager } from '../../quota/quota-manager.ts';
import type { Database } from '../../storage/database.ts';
import type { Locale } from '../../text/locales.ts';
import { loggedChangeLine, videoLine, warningLine, type Line } from './log-lines.ts';

export interface LogDueDependencies {
  readonly store: Pick<JobStore, 'serversToTell' | 'toTell' | 'markTold'>;
  readonly quota: Pick<QuotaManager, 'dueWarnings' | 'markWarningPosted'>;
  readonly database: Database;
}

export interface DueLine {
  readonly atMs: number;
  /** The same at every try, so that Discord drops duplicates. */
  readonly key: string;
  /** Renders the line. Undefined for an outdated entry, which is only marked. */
  readonly line: ((locale: Locale) => Line) | undefined;
  mark(nowMs: number): Promise<unknown>;
}

/** Returns each server once, in no particular order. */
export async function serversWithDueLines({
  store,
  quota,
  database,
}: LogDueDependencies): Promise<string[]> {
  const warnings = await quota.dueWarnings(database);
  return [
    ...new Set([
      ...(await store.serversToTell()),
      ...(await serversWithChangesToTell(database)),
      ...warnings.map(({ guildId }) => guildId),
    ]),
  ];
}

/** Returns a server's lines, oldest first: at most `limit`, and fewer only when there are no more. */
export async function dueLinesOf(
  { guildId, limit, nowMs }: { guildId: string; limit: number; nowMs: number },
  dependencies: LogDueDependencies,
): Promise<DueLine[]> {
  const { store, quota, database } = dependencies;
  const jobs = await store.toTell(guildId, limit);
  const changes = await changesToTell(database, { guildId, limit });
  const warnings = await quota.dueWarnings(database, { guildId });
  const lines: DueLine[] = [
    ...jobs.map((job) => ({
      atMs: job.stateSinceMs,
      key: `video-${job.id}`,
      line: (locale: Locale) => videoLine(job, locale),
      mark: async () => store.markTold(job.id),
    })),
    ...changes.map((change) => ({
      atMs: change.atMs,
      key: `change-${guildId}-${change.stepId}`,
      line: (locale: Locale) => loggedChangeLine(change, locale),
      mark: async () => markChangeTold(database, change),
    })),
    ...warnings.map((warning) => ({
      atMs: warning.atMs,
      key: `budget-${guildId}-${warning.period}-${warning.percent}`,
      // A warning about a past period is outdated.
      line:
        warning.resetsAtMs <= nowMs ? undefined : (locale: Locale) => warningLine(warning, locale),
      mark: async (atMs: number) => quota.markWarningPosted(database, warning, atMs),
    })),
  ];
  return lines.toSorted((one, other) => one.atMs - other.atMs).slice(0, limit);
}
