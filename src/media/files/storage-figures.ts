/** Sums up the sizes of stored files for the operator's metrics. */
import type { Database } from '../../storage/database.ts';

const LARGEST = 10;

export interface StorageFigures {
  /** Bytes of all files. */
  readonly total: number;
  /** Bytes of the servers with the most, largest first. */
  readonly largest: readonly number[];
  /** Bytes of all other servers together. A file of two servers counts for each. */
  readonly others: number;
}

/**
 * Reads a row for each stored file. Their number is bounded by retention and server limits, but too large
 * for frequent calls.
 */
export async function storageFigures(database: Database): Promise<StorageFigures> {
  const { total } = await database
    .selectFrom('files')
    .select(({ fn }) => fn.sum<number | null>('bytes').as('total'))
    .executeTakeFirstOrThrow();
  const guilds = await database
    .selectFrom((from) =>
      from.selectFrom('file_uses').select(['guild_id', 'file', 'bytes']).distinct().as('kept'),
    )
    .select(({ fn }) => fn.sum<number>('bytes').as('bytes'))
    .groupBy('guild_id')
    .orderBy('bytes', 'desc')
    .execute();
  const bytes = guilds.map((guild) => guild.bytes);
  return {
    total: total ?? 0,
    largest: bytes.slice(0, LARGEST),
    others: bytes.slice(LARGEST).reduce((sum, one) => sum + one, 0),
  };
}
