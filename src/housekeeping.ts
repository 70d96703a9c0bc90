/**
 * Deletes data in the background: expired prompts, files and documents, and the data of servers that
 * removed the bot.
 */
import { DRAFT_LIFE_DAYS } from './catalogue/models.ts';
import { DAY, HOUR, type Clock } from './clock.ts';
import type { GuildRecords } from './discord/server/guild-records.ts';
import { forgetSpendings } from './jobs/acceptance/spending.ts';
import type { JobStore } from './jobs/record/job-store.ts';
import { removePrompts } from './jobs/record/prompt-removal.ts';
import type { Logger } from './logger.ts';
import { Loop } from './loop.ts';
import type { FileStore } from './media/files/file-store.ts';
import type { StoredFiles } from './media/files/stored-files.ts';
import { sweepFiles } from './media/files/sweep.ts';
import type { Database } from './storage/database.ts';
import { dropExpiredDocuments } from './storage/documents.ts';
import { leasedTurn } from './storage/leases/leased-turn.ts';
import type { Leases } from './storage/leases/leases.ts';

/** A draft's button works for a week. */
const BUTTON_DAYS = DRAFT_LIFE_DAYS + 1;
/** Grace period, since a server may have removed the bot by mistake. */
const LEFT_GUILD_MS = 30 * DAY;

export interface HousekeepingDependencies {
  database: Database;
  leases: Leases;
  store: Pick<JobStore, 'fileJob'>;
  guilds: Pick<GuildRecords, 'leftBefore' | 'forget'>;
  files: FileStore;
  storedFiles: StoredFiles;
  retentionDays: number;
  clock: Clock;
  logger: Logger;
}

export function createHousekeeping(dependencies: HousekeepingDependencies): Loop {
  const { leases, clock, logger } = dependencies;
  return new Loop({
    clock,
    tick: leasedTurn(leases, 'housekeeping', async (signal) => {
      await clearAway({ ...dependencies, signal });
      return HOUR;
    }),
    onError(error) {
      logger.error({ err: error }, 'housekeeping failed; retrying');
      return HOUR;
    },
  });
}

interface Clearing extends HousekeepingDependencies {
  readonly signal: AbortSignal;
}

async function clearAway(clearing: Clearing): Promise<void> {
  const { database, store, retentionDays, clock, logger } = clearing;
  const nowMs = clock.now();
  const retentionMs = retentionDays * DAY;
  await dropExpiredDocuments(database, nowMs);
  await forgetSpendings(database, nowMs - Math.max(retentionDays, BUTTON_DAYS) * DAY);
  const endedBeforeMs = nowMs - retentionMs;
  const prompts = await removePrompts({ endedBeforeMs }, { ...clearing, nowMs });
  await clearLeftGuilds(clearing);
  const findJob = async (jobId: string) => store.fileJob(jobId);
  const files = await sweepFiles({ ...clearing, findJob, retentionMs });
  if (prompts > 0) logger.info({ prompts }, 'removed prompts past their retention');
  if (files > 0) logger.info({ files }, 'removed files past their retention');
}

/** Clears servers that removed the bot. Jobs still under way are left to a later turn. */
async function clearLeftGuilds(clearing: Clearing): Promise<void> {
  const { guilds, storedFiles, clock, logger, signal } = clearing;
  const nowMs = clock.now();
  for (const guildId of await guilds.leftBefore(nowMs - LEFT_GUILD_MS)) {
    if (signal.aborted) return;
    const prompts = await removePrompts({ endedBeforeMs: nowMs, guildId }, { ...clearing, nowMs });
    const isEmpty = await storedFiles.dropAll(guildId);
    if (isEmpty && !signal.aborted) await guilds.forget(guildId);
    logger.info({ guildId, prompts }, 'removed data of a server that removed the bot');
  }
}
