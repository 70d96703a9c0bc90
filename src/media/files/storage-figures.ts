/** What all stored files take, for the operator's metrics. */
import type { Database } from '../../storage/database.ts';

const LARGEST = 10;

export interface StorageFigures {
  /** Of every file, in bytes. */
  readonly total: number;
  /** Of the servers that have the most, in bytes, the most first. */
  readonly largest: readonly number[];
  /** Of all other servers together, in bytes. A file of two servers counts for each. */
  readonly others: number;
}

/**
 * Reads a row for each kept file: as many as retention and the bounds of the servers allow, however
 * long the bot runs. Too many to be asked often.
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
