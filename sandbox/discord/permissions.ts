/** Who may do what, in Discord's bits (Discord developer docs, "Permissions"). */
import { PermissionFlagsBits } from 'discord-api-types/v10';

import { refusal } from './rest/refusals.ts';
import type { ChannelRecord, GuildRecord, MemberRecord, Store } from './store.ts';

export type PermissionName = keyof typeof PermissionFlagsBits;

export const ALL_PERMISSIONS = Object.values(PermissionFlagsBits).reduce(
  (sum, bit) => sum | bit,
  0n,
);

/** What the invite of a bot that posts videos asks for. */
export const INVITED_BOT_PERMISSION_NAMES: readonly PermissionName[] = [
  'ViewChannel',
  'SendMessages',
  'EmbedLinks',
  'AttachFiles',
  'ReadMessageHistory',
  'SendMessagesInThreads',
];
/** 274878024704. */
export const INVITED_BOT_PERMISSIONS = permissionBits(INVITED_BOT_PERMISSION_NAMES);

/** What everybody may do in a fresh guild, as far as it matters here. */
export const EVERYONE_PERMISSIONS = permissionBits([
  'ViewChannel',
  'SendMessages',
  'EmbedLinks',
  'AttachFiles',
  'ReadMessageHistory',
  'AddReactions',
  'UseExternalEmojis',
  'UseApplicationCommands',
  'UseExternalApps',
]);

export function permissionBits(names: readonly PermissionName[]): bigint {
  return names.reduce((sum, name) => sum | PermissionFlagsBits[name], 0n);
}

/** What a bot can do in its direct messages with somebody. */
const DIRECT_PERMISSIONS = permissionBits([
  'ViewChannel',
  'SendMessages',
  'EmbedLinks',
  'AttachFiles',
  'ReadMessageHistory',
  'MentionEveryone',
  'UseExternalEmojis',
]);

/**
 * `app_permissions` of an interaction in direct messages with the bot: Discord developer docs, change
 * log of 2024-03-18.
 */
const DIRECT_APP_PERMISSIONS = permissionBits([
  'AttachFiles',
  'EmbedLinks',
  'MentionEveryone',
  'UseExternalEmojis',
]);

/** The bot's permissions in a channel; none where it cannot see the channel at all. */
export function botPermissionsIn(store: Store, channel: ChannelRecord): bigint {
  if (channel.kind === 'direct') return DIRECT_PERMISSIONS;
  const guild = store.guildOf(channel);
  if (!guild.hasBot) return 0n;
  const own = channel.botPermissions ?? guild.botPermissions;
  return has(own, 'ViewChannel') ? own : 0n;
}

/** What an interaction tells the bot of its permissions in the channel. */
export function appPermissionsIn(store: Store, channel: ChannelRecord): bigint {
  return channel.kind === 'direct' ? DIRECT_APP_PERMISSIONS : botPermissionsIn(store, channel);
}

/** From the roles, as Discord developer docs, "Permission Hierarchy", compute base permissions. */
export function memberPermissions(guild: GuildRecord, member: MemberRecord): bigint {
  const fromRoles = guild.roles
    .filter((role) => member.roleIds.includes(role.id))
    .reduce((sum, role) => sum | role.permissions, EVERYONE_PERMISSIONS);
  const isAdministrator = has(fromRoles, 'Administrator') || guild.ownerId === member.user.id;
  return isAdministrator ? ALL_PERMISSIONS : fromRoles;
}

export function has(permissions: bigint, name: PermissionName): boolean {
  const bit = PermissionFlagsBits[name];
  return (permissions & bit) === bit || (permissions & PermissionFlagsBits.Administrator) !== 0n;
}

/**
 * The channel, when the bot may do all of this in it.
 * Throws refusal 10003 (no such channel), 50001 (cannot see it) or 50013 (may not do that there).
 */
export function channelForBot(
  store: Store,
  channelId: string,
  needed: readonly PermissionName[],
): ChannelRecord {
  const channel = store.channels.get(channelId);
  if (channel === undefined) throw refusal('unknown-channel');
  const permissions = botPermissionsIn(store, channel);
  if (!has(permissions, 'ViewChannel')) throw refusal('missing-access');
  if (!needed.every((name) => has(permissions, name))) throw refusal('missing-permissions');
  return channel;
}
