/** Limits the disk space of a server's files, and deletes the oldest files above the limit. */
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { Database } from '../../storage/database.ts';
import { deleteIfUnused } from './file-rows.ts';
import type { FileStore } from './file-store.ts';
import { dropUses } from './file-uses.ts';

/** Jobs whose uses are dropped in one transaction. */
const BATCH = 50;

/** Returns the bytes of a server's files, counting each file once however many jobs use it. */
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

/** Returns the server's ended job with files that ended first. */
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

/** Returns ended jobs whose files have expired, in the order of their end. */
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
  /** Maximum bytes per server. */
  readonly guildBytes: number;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/**
 * Drops the oldest files of ended jobs until the server has room for `moreBytes`. Drops nothing if that
 * would not be enough.
 *
 * @returns whether there is room
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

/** Drops files of ended jobs, in the order of their end, until at most `mostBytes` are left, or none of them. */
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
