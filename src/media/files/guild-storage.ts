/** How much of our disk a server's files take, and what goes first when that is too much. */
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { Database } from '../../storage/database.ts';
import { deleteIfUnused } from './file-rows.ts';
import type { FileStore } from './file-store.ts';
import { dropUses } from './file-uses.ts';

/** Jobs whose files are dropped in one transaction. */
const BATCH = 50;

/** Bytes of the server's files, each counted once, however many of its jobs use it. */
export async function storedBytes(
  database: Database,
  guildId: string,
  { isOpenOnly = false } = {},
): Promise<number> {
  const { total } = await database
    .selectFrom((from) => {
      const files = from
        .selectFrom('file_uses')
        .select(['file', 'bytes'])
        .distinct()
        .where('guild_id', '=', guildId);
      return (isOpenOnly ? files.where('ended_at', 'is', null) : files).as('kept');
    })
    .select(({ fn }) => fn.sum<number | null>('bytes').as('total'))
    .executeTakeFirstOrThrow();
  return total ?? 0;
}

/** The job of the server that ended first, of those that have files still. */
async function oldestEnded(database: Database, guildId: string): Promise<string | undefined> {
  const row = await database
    .selectFrom('file_uses')
    .select('job_id')
    .where('guild_id', '=', guildId)
    .where('ended_at', 'is not', null)
    .orderBy('ended_at')
    .limit(1)
    .executeTakeFirst();
  return row?.job_id;
}

/** Ended jobs whose files are past their time, the first that ended first. */
export async function endedBefore(
  database: Database,
  { isDelivered, beforeMs }: { isDelivered: boolean; beforeMs: number },
): Promise<string[]> {
  const rows = await database
    .selectFrom('file_uses')
    .select(['job_id', 'ended_at'])
    .distinct()
    .where('is_delivered', '=', isDelivered ? 1 : 0)
    .where('ended_at', '<=', beforeMs)
    .orderBy('ended_at')
    .limit(BATCH)
    .execute();
  return rows.map((row) => row.job_id);
}

export interface BoundDependencies {
  readonly database: Database;
  readonly files: FileStore;
  /** What each server may keep, in bytes. */
  readonly guildBytes: number;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/**
 * Drops the oldest files of ended jobs until the server's files, with so many bytes more, are within
 * its bound. Nothing is dropped where that would not be enough.
 *
 * @returns whether they are within it
 */
export async function makeRoom(
  { guildId, moreBytes }: { readonly guildId: string; readonly moreBytes: number },
  dependencies: BoundDependencies,
): Promise<boolean> {
  const { database, guildBytes } = dependencies;
  if ((await storedBytes(database, guildId)) + moreBytes <= guildBytes) return true;
  const openBytes = await storedBytes(database, guildId, { isOpenOnly: true });
  if (openBytes + moreBytes > guildBytes) return false;
  await dropOldest({ guildId, mostBytes: guildBytes - moreBytes }, dependencies);
  return true;
}

/** Drops files of ended jobs, the first that ended first, until no more than this is left, or none of them. */
export async function dropOldest(
  { guildId, mostBytes }: { readonly guildId: string; readonly mostBytes: number },
  { database, files, clock, logger }: BoundDependencies,
): Promise<void> {
  let dropped = 0;
  while ((await storedBytes(database, guildId)) > mostBytes) {
    const oldest = await oldestEnded(database, guildId);
    if (oldest === undefined) break;
    const unused = await dropUses(database, { of: 'ended-jobs', jobIds: [oldest] }, clock.now());
    for (const name of unused) {
      await deleteIfUnused(database, files, { name, nowMs: clock.now() });
    }
    dropped += 1;
  }
  if (dropped > 0) logger.info({ guildId, jobs: dropped }, 'removed old files of a full server');
}
