/** Blocks: members whom a moderator has barred from making videos in a server. */
import { SECOND } from '../../clock.ts';
import { UserError } from '../../errors.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import type { BlockTable } from '../../storage/schema.ts';
import { text } from '../../text/text.ts';

export interface Block {
  readonly memberId: string;
  readonly atMs: number;
  /** Undefined: until the block is lifted. */
  readonly untilMs?: number;
  readonly actorId: string;
  /** The moderator's text; must be escaped wherever it is shown. */
  readonly reason?: string;
}

export interface WhoIsBlocked {
  readonly guildId: string;
  readonly memberId: string;
  readonly nowMs: number;
}

/** Returns undefined if there is no block or it has expired. */
export async function blockOf(
  database: Database,
  { guildId, memberId, nowMs }: WhoIsBlocked,
): Promise<Block | undefined> {
  const row = await inForce(database, guildId, nowMs)
    .where('member_id', '=', memberId)
    .executeTakeFirst();
  return row === undefined ? undefined : blockFrom(row);
}

/** Returns all active blocks in a server, newest first. */
export async function blocksOf(
  database: Database,
  { guildId, nowMs }: Omit<WhoIsBlocked, 'memberId'>,
): Promise<Block[]> {
  const rows = await inForce(database, guildId, nowMs).orderBy('at', 'desc').execute();
  return rows.map(blockFrom);
}

/** @param block undefined removes the block */
export async function writeBlock(
  transaction: DatabaseTransaction,
  { guildId, memberId }: { guildId: string; memberId: string },
  block: Block | undefined,
): Promise<void> {
  await transaction
    .deleteFrom('blocks')
    .where('guild_id', '=', guildId)
    .where('member_id', '=', memberId)
    .execute();
  if (block === undefined) return;
  const { atMs, untilMs, actorId, reason } = block;
  await transaction
    .insertInto('blocks')
    .values({
      guild_id: guildId,
      member_id: memberId,
      at: atMs,
      until: untilMs ?? null,
      actor_id: actorId,
      reason: reason ?? null,
    })
    .execute();
}

/** Returns the error that the blocked member sees. */
export function blockedError({ untilMs, reason }: Block): UserError {
  const blocked =
    untilMs === undefined
      ? text('quota:blockedOpen')
      : text('quota:blockedUntil', { until: `<t:${Math.ceil(untilMs / SECOND)}:f>` });
  const why = reason === undefined ? [] : [text('quota:blockReason', { reason: inert(reason) })];
  return new UserError({ sentences: [blocked, ...why] });
}

/**
 * Escapes text for inline code, where only a backtick could end it; Discord renders no mention, link or
 * format there.
 */
function inert(words: string): string {
  return `\`${words.replaceAll('`', "'")}\``;
}

function inForce(database: Database, guildId: string, nowMs: number) {
  return database
    .selectFrom('blocks')
    .selectAll()
    .where('guild_id', '=', guildId)
    .where(({ or, eb }) => or([eb('until', 'is', null), eb('until', '>', nowMs)]));
}

function blockFrom(row: BlockTable): Block {
  return {
    memberId: row.member_id,
    atMs: row.at,
    actorId: row.actor_id,
    ...(row.until === null ? {} : { untilMs: row.until }),
    ...(row.reason === null ? {} : { reason: row.reason }),
  };
}
