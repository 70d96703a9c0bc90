/** Permissions in Discord’s bits (Discord developer docs, "Permissions"). */
import { PermissionFlagsBits } from 'discord-api-types/v10';

import { refusal } from './rest/refusals.ts';
import type { ChannelRecord, GuildRecord, MemberRecord, Store } from './store.ts';

export type PermissionName = keyof typeof PermissionFlagsBits;

export const ALL_PERMISSIONS = Object.values(PermissionFlagsBits).reduce(
  (sum, bit) => sum | bit,
  0n,
);

/** The permissions in the invite of a bot that posts videos. */
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

/** Everyone’s permissions in a new guild, as far as they matter here. */
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

/** A bot’s permissions in direct messages. */
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

/** The bot’s permissions in a channel; none when it cannot see the channel. */
export function botPermissionsIn(store: Store, channel: ChannelRecord): bigint {
  if (channel.kind === 'direct') return DIRECT_PERMISSIONS;
  const guild = store.guildOf(channel);
  if (!guild.hasBot) return 0n;
  const own = channel.botPermissions ?? guild.botPermissions;
  return hasPermissions(own, 'ViewChannel') ? own : 0n;
}

/** The bot’s permissions in the channel as an interaction states them. */
export function appPermissionsIn(store: Store, channel: ChannelRecord): bigint {
  return channel.kind === 'direct' ? DIRECT_APP_PERMISSIONS : botPermissionsIn(store, channel);
}

/** From the roles, computed as in Discord developer docs, "Permission Hierarchy", base permissions. */
export function memberPermissions(guild: GuildRecord, member: MemberRecord): bigint {
  const fromRoles = guild.roles
    .filter((role) => member.roleIds.includes(role.id))
    .reduce((sum, role) => sum | role.permissions, EVERYONE_PERMISSIONS);
  const isAdministrator =
    hasPermissions(fromRoles, 'Administrator') || guild.ownerId === member.user.id;
  return isAdministrator ? ALL_PERMISSIONS : fromRoles;
}

export function hasPermissions(permissions: bigint, name: PermissionName): boolean {
  const bit = PermissionFlagsBits[name];
  return (permissions & bit) === bit || (permissions & PermissionFlagsBits.Administrator) !== 0n;
}

/**
 * Returns the channel when the bot has all of these permissions in it.
 * Throws refusal 10003 (no such channel), 50001 (cannot see it) or 50013 (missing permission).
 */
export function channelForBot(
  store: Store,
  channelId: string,
  needed: readonly PermissionName[],
): ChannelRecord {
  const channel = store.channels.get(channelId);
  if (channel === undefined) throw refusal('unknown-channel');
  const permissions = botPermissionsIn(store, channel);
  if (!hasPermissions(permissions, 'ViewChannel')) throw refusal('missing-access');
  if (!needed.every((name) => hasPermissions(permissions, name)))
    throw refusal('missing-permissions');
  return channel;
}
