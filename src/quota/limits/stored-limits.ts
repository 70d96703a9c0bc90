/** Stores the limits that moderators set, and the time zones and roles that the limits depend on. */
import type { Selectable } from 'kysely';
import { z } from 'zod';

import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import type { LimitTable } from '../../storage/schema.ts';
import type { AccountKey } from '../ledgers/ledger.ts';
import { EVERYONE, type StoredLimits, type StoredRules } from './limits.ts';

/** Whose limits they are. */
export type LimitTarget =
  | { readonly scope: 'server' }
  | { readonly scope: 'role'; readonly roleId: string }
  | { readonly scope: 'user'; readonly memberId: string };

/** The rules for one member of one server, with the facts they depend on. */
export interface Rules extends StoredRules {
  /** The server's choice; undefined if it made none. */
  readonly timeZone: string | undefined;
  /** The member's roles, which selected `roles`. */
  readonly roleIds: readonly string[];
}

export interface WhoseRules {
  readonly guildId: string;
  /** Undefined: only the server's rules. */
  readonly memberId?: string | undefined;
  /** Undefined: the roles of the member's last order. */
  readonly roleIds?: readonly string[] | undefined;
}

const roleIdsSchema = z.array(z.string());

export function subjectOf(target: LimitTarget): string {
  switch (target.scope) {
    case 'server':
      return '';
    case 'role':
      return target.roleId;
    case 'user':
      return target.memberId;
    default:
      return target satisfies never;
  }
}

export async function readRules(database: Database, who: WhoseRules): Promise<Rules> {
  const { guildId, memberId } = who;
  const accounts = await database
    .selectFrom('accounts')
    .select(['member_id', 'time_zone', 'role_ids'])
    .where('guild_id', '=', guildId)
    .where('member_id', 'in', memberId === undefined ? [''] : ['', memberId])
    .execute();
  const seen = accounts.find((row) => row.member_id === memberId)?.role_ids ?? '[]';
  const roleIds = who.roleIds ?? parseRoleIds(seen);
  const rows = await database
    .selectFrom('limits')
    .selectAll()
    .where('guild_id', '=', guildId)
    .where(({ or, and, eb }) =>
      or([
        eb('scope', '=', 'server'),
        and({ scope: 'user', subject_id: memberId ?? '' }),
        and([eb('scope', '=', 'role'), eb('subject_id', 'in', [guildId, ...roleIds])]),
      ]),
    )
    .execute();
  const timeZone = accounts.find((row) => row.member_id === '')?.time_zone ?? undefined;
  return { ...rulesFrom(rows, guildId), timeZone, roleIds };
}

/** @param rows of one server: its own, one member's, and those of the member's roles */
export function rulesFrom(rows: readonly Selectable<LimitTable>[], guildId: string): StoredRules {
  const roles = rows.filter(({ scope }) => scope === 'role');
  const of = (wanted: LimitTable['scope']): StoredLimits => {
    const row = rows.find(({ scope }) => scope === wanted);
    return row === undefined ? {} : limitsFrom(row);
  };
  return {
    server: of('server'),
    member: of('user'),
    roles: new Map(
      roles.map((row) => [row.subject_id === guildId ? EVERYONE : row.subject_id, limitsFrom(row)]),
    ),
  };
}

export function parseRoleIds(json: string): string[] {
  return roleIdsSchema.parse(JSON.parse(json));
}

/** Stores a member's roles in their account row, which must exist. */
export async function keepRoleIds(
  transaction: DatabaseTransaction,
  { guildId, memberId }: AccountKey,
  roleIds: readonly string[],
): Promise<void> {
  const json = JSON.stringify(roleIds.toSorted());
  await transaction
    .updateTable('accounts')
    .set({ role_ids: json })
    .where('guild_id', '=', guildId)
    .where('member_id', '=', memberId)
    .where('role_ids', '!=', json)
    .execute();
}

export async function keepTimeZone(
  transaction: DatabaseTransaction,
  guildId: string,
  timeZone: string,
): Promise<void> {
  await transaction
    .updateTable('accounts')
    .set({ time_zone: timeZone })
    .where('guild_id', '=', guildId)
    .where('member_id', '=', '')
    .execute();
}

export async function readLimits(
  database: Database,
  guildId: string,
  target: LimitTarget,
): Promise<StoredLimits> {
  const row = await database
    .selectFrom('limits')
    .selectAll()
    .where('guild_id', '=', guildId)
    .where('scope', '=', target.scope)
    .where('subject_id', '=', subjectOf(target))
    .executeTakeFirst();
  return row === undefined ? {} : limitsFrom(row);
}

/** Replaces the limits of the target. */
export async function writeLimits(
  transaction: DatabaseTransaction,
  { guildId, target }: { guildId: string; target: LimitTarget },
  limits: StoredLimits,
): Promise<void> {
  const key = { guild_id: guildId, scope: target.scope, subject_id: subjectOf(target) };
  const values = {
    credits: limits.credits ?? null,
    per: limits.credits === undefined ? null : (limits.per ?? 'month'),
    at_once: limits.atOnce ?? null,
    waiting: limits.waiting ?? null,
    max_cost: limits.maxCost ?? null,
  };
  if (Object.values(values).every((value) => value === null)) {
    await transaction
      .deleteFrom('limits')
      .where(({ and }) => and(key))
      .execute();
    return;
  }
  await transaction
    .insertInto('limits')
    .values({ ...key, ...values })
    .onConflict((conflict) =>
      conflict.columns(['guild_id', 'scope', 'subject_id']).doUpdateSet(values),
    )
    .execute();
}

/** Returns all limits that moderators of a server have set: the server's first, then roles, then members. */
export async function allLimits(
  database: Database,
  guildId: string,
): Promise<{ target: LimitTarget; limits: StoredLimits }[]> {
  const rows = await database
    .selectFrom('limits')
    .selectAll()
    .where('guild_id', '=', guildId)
    .orderBy('subject_id')
    .execute();
  const all = rows.map((row) => ({ target: targetOf(row), limits: limitsFrom(row) }));
  const inOrder = ['server', 'role', 'user'];
  return all.toSorted(
    (one, other) => inOrder.indexOf(one.target.scope) - inOrder.indexOf(other.target.scope),
  );
}

function targetOf({ scope, subject_id: id }: Selectable<LimitTable>): LimitTarget {
  if (scope === 'server') return { scope };
  return scope === 'role' ? { scope, roleId: id } : { scope, memberId: id };
}

function limitsFrom(row: Selectable<LimitTable>): StoredLimits {
  return {
    ...(row.credits === null ? {} : { credits: row.credits, per: row.per ?? 'month' }),
    ...(row.at_once === null ? {} : { atOnce: row.at_once }),
    ...(row.waiting === null ? {} : { waiting: row.waiting }),
    ...(row.max_cost === null ? {} : { maxCost: row.max_cost }),
  };
}
