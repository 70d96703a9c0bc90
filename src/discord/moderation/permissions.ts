/** Who may moderate, checked in code on every path: Discord's own check can be overridden, and a button outlives it. */
import { PermissionFlagsBits, type Interaction } from 'discord.js';
import { z } from 'zod';

import { UserError } from '../../errors.ts';
import { text } from '../../text/text.ts';

/** What Discord is told: who sees the command where the server's admins say nothing else. */
export const MODERATORS_ONLY = String(PermissionFlagsBits.ManageGuild);

/** @throws UserError unless the member may manage the server, by what Discord says in this interaction */
export function checkModerator({
  memberPermissions,
}: Pick<Interaction, 'memberPermissions'>): void {
  if (memberPermissions?.has(PermissionFlagsBits.ManageGuild) === true) return;
  throw new UserError(text('moderation:moderatorsOnly'));
}

/** A member as discord.js gives one: of a server it knows, or as Discord sent it. */
interface SomeMember {
  readonly roles: readonly string[] | { readonly cache: ReadonlyMap<string, unknown> } | null;
}

/** What Discord said of a member's roles; kept by the library, and not in its types. */
const saidRolesSchema = z.looseObject({ _roles: z.array(z.string()).nullish() });

/**
 * All that Discord said: the library's own list leaves out roles that it has not been told of, and with
 * them the limits that moderators gave to these roles.
 *
 * @returns undefined for somebody who is not in the server, or of whose roles Discord said nothing
 */
export function roleIdsOf(member: SomeMember | null): readonly string[] | undefined {
  const said = saidRolesSchema.safeParse(member).data?._roles;
  // First of all: the library's own list cannot be asked for where nothing was said.
  if (member === null || said === null) return undefined;
  const { roles } = member;
  if (roles === null) return undefined;
  if (!('cache' in roles)) return roles;
  return [...new Set([...roles.cache.keys(), ...(said ?? [])])];
}
