/** Blocks: members who may not make videos in a server. */
import { SECOND } from '../../clock.ts';
import { UserError } from '../../errors.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import type { BlockTable } from '../../storage/schema.ts';
import { text } from '../../text/text.ts';

export interface Block {
  readonly memberId: string;
  readonly atMs: number;
  /** Undefined: until a moderator lifts it. */
  readonly untilMs?: number;
  readonly actorId: string;
  /** The moderator's words, which must be escaped wherever they are shown. */
  readonly reason?: string;
}

export interface WhoIsBlocked {
  readonly guildId: string;
  readonly memberId: string;
  readonly nowMs: number;
}

/** Returns a member's block; undefined if there is none or it has expired. */
export async function blockOf(
  database: Database,
  { guildId, memberId, nowMs }: WhoIsBlocked,
): Promise<Block | undefined> {
  const row = await inForce(database, guildId, nowMs)
    .where('member_id', '=', memberId)
    .executeTakeFirst();
  return row === undefined ? undefined : blockFrom(row);
}

/** Returns the current blocks of a server, newest first. */
export async function blocksOf(
  database: Database,
  { guildId, nowMs }: Omit<WhoIsBlocked, 'memberId'>,
): Promise<Block[]> {
  const rows = await inForce(database, guildId, nowMs).orderBy('at', 'desc').execute();
  return rows.map(blockFrom);
}

/** Replaces the member's block. @param block undefined removes it */
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

/** Returns the refusal for a blocked member. */
export function blockedError({ untilMs, reason }: Block): UserError {
  const blocked =
    untilMs === undefined
      ? text('quota:blockedOpen')
      : text('quota:blockedUntil', { until: `<t:${Math.ceil(untilMs / SECOND)}:f>` });
  const why = reason === undefined ? [] : [text('quota:blockReason', { reason: inert(reason) })];
  return new UserError({ sentences: [blocked, ...why] });
}

/** Wraps text in inline code, where Discord renders no mentions, links or formatting; only a backtick could end it. */
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
