/**
 * Checks who may moderate. The code checks on every path, because server admins can override Discord's
 * own check, and a button stays after a member's permissions are gone.
 */
import { PermissionFlagsBits, type Interaction } from 'discord.js';
import { z } from 'zod';

import { UserError } from '../../errors.ts';
import { text } from '../../text/text.ts';

/** Registered with Discord: who sees the command unless the server's admins decide otherwise. */
export const MODERATORS_ONLY = String(PermissionFlagsBits.ManageGuild);

/** @throws UserError unless the interaction says that the member may manage the server */
export function checkModerator({
  memberPermissions,
}: Pick<Interaction, 'memberPermissions'>): void {
  if (memberPermissions?.has(PermissionFlagsBits.ManageGuild) === true) return;
  throw new UserError(text('moderation:moderatorsOnly'));
}

/** A member from discord.js: of a cached server, or as Discord sent it. */
interface SomeMember {
  readonly roles: readonly string[] | { readonly cache: ReadonlyMap<string, unknown> } | null;
}

/** The roles as Discord sent them; discord.js keeps them but does not type them. */
const sentRolesSchema = z.looseObject({ _roles: z.array(z.string()).nullish() });

/**
 * Returns all roles that Discord sent. discord.js's own list omits roles that are not cached, and the
 * limits that moderators gave these roles would be lost with them.
 *
 * @returns undefined for somebody outside the server, or when Discord sent no roles
 */
export function roleIdsOf(member: SomeMember | null): readonly string[] | undefined {
  const said = sentRolesSchema.safeParse(member).data?._roles;
  // Checked first, because discord.js's own list throws when Discord sent no roles.
  if (member === null || said === null) return undefined;
  const { roles } = member;
  if (roles === null) return undefined;
  if (!('cache' in roles)) return roles;
  return [...new Set([...roles.cache.keys(), ...(said ?? [])])];
}
