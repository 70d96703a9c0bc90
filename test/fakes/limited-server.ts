/** A server on a database, whose moderator sets limits one after the other. */
import type { StoredLimits } from '#src/quota/limits/limits.ts';
import type { LimitTarget } from '#src/quota/limits/stored-limits.ts';
import type { Database } from '#src/storage/database.ts';

import { quotaOn, quotaSettings, who } from './quota.ts';

const { nowMs } = who;
export const SERVER = { scope: 'server' } as const;
export const ALICE = { scope: 'user', memberId: 'alice' } as const;
export const roleTarget = (roleId: string) => ({ scope: 'role', roleId }) as const;

/** @param stepPrefix a different one for a second server on the same database, because each step runs once */
export function limitedServer(database: Database, settings = quotaSettings(), stepPrefix = 'step') {
  let steps = 0;
  const acting = quotaOn(database, settings);
  const stepAt = (atMs: number) => {
    steps += 1;
    return {
      stepId: `${stepPrefix} ${steps}`,
      guildId: 'guild',
      actorId: 'moderator',
      nowMs: atMs,
    };
  };
  const { quota, inTransaction } = acting;
  return {
    ...acting,
    by: stepAt,
    set: async (target: LimitTarget, limits: StoredLimits, atMs = nowMs) =>
      inTransaction(async (tx) => quota.setLimit(tx, { ...stepAt(atMs), target, limits })),
    clear: async (target: LimitTarget, clear: 'credits' | 'atOnce' | 'maxCost' | 'all') =>
      inTransaction(async (tx) => quota.clearLimit(tx, { ...stepAt(nowMs), target, clear })),
    zone: async (timeZone: string) =>
      inTransaction(async (tx) => quota.setTimeZone(tx, { ...stepAt(nowMs), timeZone })),
  };
}
