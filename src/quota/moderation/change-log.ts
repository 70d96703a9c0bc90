/**
 * The change log: who changed what. Each row is written together with its change; moderators read them
 * newest first.
 */
import type { Selectable } from 'kysely';
import { z } from 'zod';

import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import { isLogDue } from '../../storage/index-conditions.ts';
import type { AuditLogTable } from '../../storage/schema.ts';
import { lockAccounts, serverAccount } from '../ledgers/ledger.ts';
import { subjectOf, type LimitTarget } from '../limits/stored-limits.ts';

const CHANGE_ACTIONS = [
  'set-limit',
  'clear-limit',
  'grant',
  'deduct',
  'reset',
  'block',
  'unblock',
  'time-zone',
  'settings',
] as const;
export type ChangeAction = (typeof CHANGE_ACTIONS)[number];

/** Who changes what. */
export interface ChangeBy {
  /** The interaction's id, or derived from it: the change is made only once per step. */
  readonly stepId: string;
  readonly guildId: string;
  readonly actorId: string;
  readonly action: ChangeAction;
  readonly target: LimitTarget;
  readonly note?: string | undefined;
  readonly nowMs: number;
}

/** The state before and after a change. */
export interface Changed<State> {
  readonly before: State;
  readonly after: State;
  /** True if this step was already made: nothing was changed now, and the values are the earlier ones. */
  readonly isRepeat: boolean;
}

export interface LoggedChange extends Omit<ChangeBy, 'nowMs'> {
  readonly atMs: number;
  /** Depends on the action: limits, an account, a block, a time zone, or a part of the settings. */
  readonly before: unknown;
  readonly after: unknown;
}

export interface ChangeLogPage {
  /** Newest first. */
  readonly entries: readonly LoggedChange[];
  /** From 1. */
  readonly page: number;
  /** At least 1. */
  readonly pages: number;
  readonly total: number;
}

const PAGE_SIZE = 10;

/**
 * Makes a change only once, and logs it.
 *
 * @param state the schema of before and after, by which a repeat reads them back
 * @param change makes the change; the server's account is locked, and no other lock may be needed first
 */
export async function changeOnce<State>(
  transaction: DatabaseTransaction,
  by: ChangeBy,
  {
    state,
    change,
  }: { state: z.ZodType<State>; change: () => Promise<{ before: State; after: State }> },
): Promise<Changed<State>> {
  const { guildId, stepId } = by;
  if (guildId === '') throw new RangeError('A change needs a server');
  await lockAccounts(transaction, [serverAccount(guildId)]);
  const done = await transaction
    .selectFrom('audit_log')
    .select(['before', 'after'])
    .where('guild_id', '=', guildId)
    .where('step_id', '=', stepId)
    .executeTakeFirst();
  if (done !== undefined) {
    const read = (json: string): State => state.parse(JSON.parse(json));
    return { before: read(done.before), after: read(done.after), isRepeat: true };
  }
  const { before, after } = await change();
  await transaction
    .insertInto('audit_log')
    .values({
      guild_id: guildId,
      step_id: stepId,
      at: by.nowMs,
      actor_id: by.actorId,
      action: by.action,
      scope: by.target.scope,
      subject_id: subjectOf(by.target),
      before: JSON.stringify(before),
      after: JSON.stringify(after),
      note: by.note ?? null,
      log_posted: 0,
    })
    .execute();
  return { before, after, isRepeat: false };
}

/** Returns a page of the log; a page beyond the last is the last one. */
export async function changeLogPage(
  database: Database,
  { guildId, page: wanted }: { guildId: string; page: number },
): Promise<ChangeLogPage> {
  const ofServer = database.selectFrom('audit_log').where('guild_id', '=', guildId);
  const { total } = await ofServer
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE));
  const page = Math.min(Math.max(1, Math.trunc(wanted)), pages);
  const rows = await ofServer
    .selectAll()
    .orderBy('at', 'desc')
    .orderBy('step_id', 'desc')
    .limit(PAGE_SIZE)
    .offset((page - 1) * PAGE_SIZE)
    .execute();
  return { entries: rows.map(entryFrom), page, pages, total };
}

/** Returns the servers with changes that are not yet posted to their log channel. */
export async function serversWithChangesToTell(database: Database): Promise<string[]> {
  const rows = await database
    .selectFrom('audit_log')
    .select('guild_id')
    .distinct()
    .where(isLogDue)
    .execute();
  return rows.map((row) => row.guild_id);
}

/** Returns a server's unposted changes, oldest first. */
export async function changesToTell(
  database: Database,
  { guildId, limit }: { guildId: string; limit: number },
): Promise<LoggedChange[]> {
  const rows = await database
    .selectFrom('audit_log')
    .selectAll()
    .where('guild_id', '=', guildId)
    .where(isLogDue)
    .orderBy('at')
    .orderBy('step_id')
    .limit(limit)
    .execute();
  return rows.map(entryFrom);
}

export async function markChangeTold(
  database: Database,
  { guildId, stepId }: Pick<LoggedChange, 'guildId' | 'stepId'>,
): Promise<void> {
  await database
    .updateTable('audit_log')
    .set({ log_posted: 1 })
    .where('guild_id', '=', guildId)
    .where('step_id', '=', stepId)
    .execute();
}

function entryFrom(row: Selectable<AuditLogTable>): LoggedChange {
  return {
    stepId: row.step_id,
    guildId: row.guild_id,
    actorId: row.actor_id,
    action: z.enum(CHANGE_ACTIONS).parse(row.action),
    target: targetFrom(row),
    atMs: row.at,
    before: JSON.parse(row.before),
    after: JSON.parse(row.after),
    ...(row.note === null ? {} : { note: row.note }),
  };
}

function targetFrom({ scope, subject_id: id }: Selectable<AuditLogTable>): LimitTarget {
  if (scope === 'server') return { scope };
  return scope === 'role' ? { scope, roleId: id } : { scope, memberId: id };
}
