/**
 * Moderators' changes: limits, grants, blocks. Each change is made only once per step, in the caller's
 * transaction, together with its entry in the change log.
 */
import { z } from 'zod';

import { DAY } from '../../clock.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import type { QuotaSettings } from '../balance.ts';
import { guildCeiling, storedLimitsSchema, type StoredLimits } from '../limits/limits.ts';
import {
  allLimits,
  keepTimeZone,
  readLimits,
  readRules,
  writeLimits,
  type LimitTarget,
} from '../limits/stored-limits.ts';
import { createAccountChanges, noteBudgetNow, type AccountChanges } from './account-changes.ts';
import { blockOf, blocksOf, writeBlock, type Block, type WhoIsBlocked } from './blocks.ts';
import {
  changeLogPage,
  changeOnce,
  type ChangeBy,
  type Changed,
  type ChangeLogPage,
} from './change-log.ts';
import { checkedDays, checkedLimits, checkedNote, checkedTimeZone } from './checked-input.ts';
import { changeWithinCeiling } from './reach.ts';

/** Who makes a change in a server, and when. */
export type ByModerator = Pick<ChangeBy, 'stepId' | 'guildId' | 'actorId' | 'note' | 'nowMs'>;

export type Clearable = 'credits' | 'atOnce' | 'waiting' | 'maxCost' | 'all';

/** All methods throw UserError for invalid input or a change that is not allowed; nothing is written then. */
export interface Moderation extends AccountChanges {
  /** Sets the given limits and keeps the others. `per` alone changes the period of the credits. */
  setLimit(
    transaction: DatabaseTransaction,
    change: ByModerator & { readonly target: LimitTarget; readonly limits: StoredLimits },
  ): Promise<Changed<StoredLimits>>;
  /** Removes limits; one that was not set remains unset. */
  clearLimit(
    transaction: DatabaseTransaction,
    change: ByModerator & { readonly target: LimitTarget; readonly clear: Clearable },
  ): Promise<Changed<StoredLimits>>;
  /** Returns everything that is set in a server: its own limits, its roles' and its members'. */
  limits(
    database: Database,
    guildId: string,
  ): Promise<{ target: LimitTarget; limits: StoredLimits }[]>;
  /** A second block replaces the first. Jobs already accepted continue. */
  block(
    transaction: DatabaseTransaction,
    change: ByModerator & { readonly memberId: string; readonly days?: number | undefined },
  ): Promise<Changed<Block | null>>;
  unblock(
    transaction: DatabaseTransaction,
    change: ByModerator & { readonly memberId: string },
  ): Promise<Changed<Block | null>>;
  blockOf(database: Database, who: WhoIsBlocked): Promise<Block | undefined>;
  blocks(database: Database, server: { guildId: string; nowMs: number }): Promise<Block[]>;
  /**
   * Changes the zone. It determines at once which jobs count in the current period; the credits they drew
   * do not change.
   */
  setTimeZone(
    transaction: DatabaseTransaction,
    change: ByModerator & { readonly timeZone: string },
  ): Promise<Changed<string>>;
  timeZone(database: Database, guildId: string): Promise<string>;
  changeLog(
    database: Database,
    page: { readonly guildId: string; readonly page: number },
  ): Promise<ChangeLogPage>;
}

const blockSchema = z
  .object({
    memberId: z.string(),
    atMs: z.int(),
    untilMs: z.int().exactOptional(),
    actorId: z.string(),
    reason: z.string().exactOptional(),
  })
  .nullable();

export function createModeration(settings: QuotaSettings): Moderation {
  return {
    ...createAccountChanges(settings),
    ...limitChanges(settings),
    ...blockChanges(),
    setTimeZone: async (transaction, change) => setTimeZone(transaction, settings, change),
    async timeZone(database, guildId) {
      return (await readRules(database, { guildId })).timeZone ?? settings.timeZone;
    },
    changeLog: changeLogPage,
  };
}

function limitChanges(
  settings: QuotaSettings,
): Pick<Moderation, 'setLimit' | 'clearLimit' | 'limits'> {
  const replace = async (
    transaction: DatabaseTransaction,
    by: ChangeBy,
    next: (before: StoredLimits) => StoredLimits,
  ): Promise<Changed<StoredLimits>> =>
    changeOnce(transaction, by, {
      state: storedLimitsSchema,
      change: async () => {
        const { guildId, target, nowMs } = by;
        const before = await readLimits(transaction, guildId, target);
        const after = next(before);
        await changeWithinCeiling(transaction, settings, {
          guildId,
          target,
          nowMs,
          change: async () => writeLimits(transaction, { guildId, target }, after),
        });
        if (target.scope === 'server') {
          await noteBudgetNow(transaction, settings, { guildId, nowMs });
        }
        return { before, after };
      },
    });
  return {
    setLimit: async (transaction, { limits, ...by }) => {
      const ceiling = guildCeiling(settings.limits, by.guildId);
      return replace(transaction, noted({ ...by, action: 'set-limit' }), (before) =>
        checkedLimits(before, limits, ceiling),
      );
    },
    clearLimit: async (transaction, { clear, ...by }) =>
      replace(transaction, noted({ ...by, action: 'clear-limit' }), (before) =>
        without(before, clear),
      ),
    limits: allLimits,
  };
}

function without({ credits, per, ...others }: StoredLimits, clear: Clearable): StoredLimits {
  if (clear === 'all') return {};
  if (clear === 'credits') return others;
  const { [clear]: _cleared, ...left } = { credits, per, ...others };
  return left;
}

function blockChanges(): Pick<Moderation, 'block' | 'unblock' | 'blockOf' | 'blocks'> {
  return {
    block: async (transaction, { days, memberId, ...change }) => {
      const by = noted({ ...change, action: 'block', target: { scope: 'user', memberId } });
      const { nowMs, actorId, note: reason } = by;
      const block: Block = {
        memberId,
        atMs: nowMs,
        actorId,
        ...(days === undefined ? {} : { untilMs: nowMs + checkedDays(days) * DAY }),
        ...(reason === undefined ? {} : { reason }),
      };
      return replaceBlock(transaction, by, { memberId, block });
    },
    unblock: async (transaction, { memberId, ...change }) => {
      const by = noted({ ...change, action: 'unblock', target: { scope: 'user', memberId } });
      return replaceBlock(transaction, by, { memberId, block: undefined });
    },
    blockOf,
    blocks: blocksOf,
  };
}

async function replaceBlock(
  transaction: DatabaseTransaction,
  by: ChangeBy,
  { memberId, block }: { memberId: string; block: Block | undefined },
): Promise<Changed<Block | null>> {
  return changeOnce(transaction, by, {
    state: blockSchema,
    change: async () => {
      const who = { guildId: by.guildId, memberId, nowMs: by.nowMs };
      const before = await blockOf(transaction, who);
      await writeBlock(transaction, who, block);
      return { before: before ?? null, after: block ?? null };
    },
  });
}

async function setTimeZone(
  transaction: DatabaseTransaction,
  settings: QuotaSettings,
  { timeZone, ...change }: ByModerator & { readonly timeZone: string },
): Promise<Changed<string>> {
  const after = checkedTimeZone(timeZone);
  const { guildId } = change;
  const by = noted({ ...change, action: 'time-zone', target: { scope: 'server' } });
  return changeOnce(transaction, by, {
    state: z.string(),
    change: async () => {
      const before = (await readRules(transaction, { guildId })).timeZone ?? settings.timeZone;
      await keepTimeZone(transaction, guildId, after);
      return { before, after };
    },
  });
}

function noted(by: ChangeBy): ChangeBy {
  return { ...by, note: checkedNote(by.note) };
}
