/** Who may moderate, checked in code on every path: Discord's own check can be overridden, and a button outlives it. */
import { PermissionFlagsBits, type Interaction } from 'discord.js';

import { UserError } from '../../errors.ts';

/** What Discord is told: who sees the command where the server's admins say nothing else. */
export const MODERATORS_ONLY = String(PermissionFlagsBits.ManageGuild);

/** @throws UserError unless the member may manage the server, by what Discord says in this interaction */
export function checkModerator({
  memberPermissions,
}: Pick<Interaction, 'memberPermissions'>): void {
  if (memberPermissions?.has(PermissionFlagsBits.ManageGuild) === true) return;
  throw new UserError('Only moderators can do this: it needs the permission Manage Server.');
}

/** A member as discord.js gives one: of a server it knows, or as Discord sent it. */
interface SomeMember {
  readonly roles: readonly string[] | { readonly cache: ReadonlyMap<string, unknown> };
}

/** @returns undefined for somebody who is not in the server, whose roles nobody can tell */
export function roleIdsOf(member: SomeMember | null): readonly string[] | undefined {
  if (member === null) return undefined;
  return 'cache' in member.roles ? [...member.roles.cache.keys()] : member.roles;
}
