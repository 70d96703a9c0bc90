/**
 * Checks the bot's permissions in a server's channels, for `/settings check`. Does not report as fine
 * what it cannot see: commands also work where only they are installed, without the bot.
 */
import {
  ChannelType,
  DiscordAPIError,
  PermissionFlagsBits,
  PermissionsBitField,
  RESTJSONErrorCodes,
  Routes,
  type Guild,
  type GuildBasedChannel,
  type GuildMember,
} from 'discord.js';

import type { TextKey } from '../../../text/resources.ts';
import { text, translate, type Text, type TextList } from '../../../text/text.ts';
import type { CommandInteraction } from '../../interactions/kinds.ts';
import { localeOf } from '../../interactions/locale.ts';
import { inviteLink } from '../../invite-link.ts';
import type { ServerSettings } from '../../server/server-settings.ts';
import { fileSize, linkTo } from '../../text.ts';
import { uploadLimitBytes } from '../../upload-limits.ts';
import { roleIdsOf } from '../permissions.ts';
import type { Finding } from './finding.ts';

interface Permission {
  readonly bit: bigint;
  readonly name: TextKey;
  /** Whether the log channel needs it. */
  readonly isForLog: boolean;
}

/** The permissions needed in a channel where videos are requested. */
const NEEDED = [
  { bit: PermissionFlagsBits.ViewChannel, name: 'settings:viewChannel', isForLog: true },
  { bit: PermissionFlagsBits.SendMessages, name: 'settings:sendMessages', isForLog: true },
  { bit: PermissionFlagsBits.AttachFiles, name: 'settings:attachFiles', isForLog: false },
  { bit: PermissionFlagsBits.EmbedLinks, name: 'settings:embedLinks', isForLog: false },
  {
    bit: PermissionFlagsBits.ReadMessageHistory,
    name: 'settings:readMessageHistory',
    isForLog: false,
  },
] as const satisfies readonly Permission[];
const CHANNELS_SHOWN = 15;

/** Discord's error codes for a server that the bot has not joined. */
const NOT_A_MEMBER: ReadonlySet<unknown> = new Set([
  RESTJSONErrorCodes.UnknownGuild,
  RESTJSONErrorCodes.MissingAccess,
]);

export async function guildFindings(
  interaction: CommandInteraction,
  settings: ServerSettings,
): Promise<Finding[]> {
  const { guild } = interaction;
  if (guild === null) return [await unknownGuildFinding(interaction)];
  if (!guild.available) {
    return [unchecked(text('settings:serverOutage'))];
  }
  return [...channelFindings(guild, settings), uploadFinding(guild), logFinding(guild, settings)];
}

/** Asks Discord whether the bot is in a server that is missing from its cache. */
async function unknownGuildFinding(interaction: CommandInteraction): Promise<Finding> {
  const { client, guildId } = interaction;
  try {
    await client.rest.get(Routes.guild(guildId));
    return unchecked(text('settings:serverUnreadable'));
  } catch (error) {
    const isMember = !(error instanceof DiscordAPIError && NOT_A_MEMBER.has(error.code));
    if (isMember) return unchecked(text('settings:discordSilent'));
  }
  const label = translate(localeOf(interaction), text('settings:inviteBot'));
  const invite = linkTo(label, inviteLink(client.application.id, guildId));
  return { level: 'stops', text: text('settings:notInServer', { invite }) };
}

function channelFindings(guild: Guild, settings: ServerSettings): Finding[] {
  const channels = [...guild.channels.cache.values()].filter(
    (channel) => isForVideos(channel) && isOpen(settings, channel.id),
  );
  if (channels.length === 0) return [noChannelFinding(settings)];
  const seen = channels.map((channel) => ({ id: channel.id, missing: missingIn(guild, channel) }));
  const lacking = seen.flatMap(({ id, missing = [] }) =>
    missing.length > 0 ? [{ id, missing }] : [],
  );
  const unknown = seen.filter(({ missing }) => missing === undefined).length;
  const count = channels.length - lacking.length - unknown;
  return [
    ...lackingFindings(lacking, lacking.length === channels.length ? 'stops' : 'mind'),
    ...(unknown === 0
      ? []
      : [unchecked(text('settings:permissionsUnchecked', { count: unknown }))]),
    ...(count === 0 || lacking.length > 0
      ? []
      : [{ level: 'fine', text: text('settings:permissionsPresent', { count }) } as const]),
  ];
}

function noChannelFinding({ channels: { mode } }: ServerSettings): Finding {
  return mode === 'everywhere'
    ? unchecked(text('settings:noTextChannel'))
    : { level: 'stops', text: text('settings:noChannelLeft') };
}

function lackingFindings(
  lacking: readonly { readonly id: string; readonly missing: readonly Permission[] }[],
  level: Finding['level'],
): Finding[] {
  const shown = lacking.slice(0, CHANNELS_SHOWN).map(({ id, missing }): Finding => ({
    level,
    text: text('settings:botLacks', { channel: `<#${id}>`, permissions: namesOf(missing) }),
  }));
  const count = lacking.length - shown.length;
  return count === 0
    ? shown
    : [...shown, { level, text: text('settings:moreChannels', { count }) }];
}

function isOpen(settings: ServerSettings, channelId: string): boolean {
  const { mode, ids } = settings.channels;
  return mode === 'everywhere' || ids.includes(channelId) === (mode === 'only');
}

function isForVideos({ type }: GuildBasedChannel): boolean {
  return type === ChannelType.GuildText || type === ChannelType.GuildAnnouncement;
}

/** Returns undefined when Discord has not sent the bot's own member or its roles' permissions. */
function missingIn(guild: Guild, channel: GuildBasedChannel): Permission[] | undefined {
  const { me } = guild.members;
  const permissions = me === null || !areRolesKnown(guild, me) ? null : channel.permissionsFor(me);
  if (permissions === null) return undefined;
  return NEEDED.filter(({ bit }) => !permissions.has(bit));
}

/** Uses the names in Discord's settings. */
function namesOf(permissions: readonly Permission[]): TextList {
  return { allOf: permissions.map(({ name }) => text(name)) };
}

/** With a role missing, discord.js throws or computes wrong permissions. */
function areRolesKnown(guild: Guild, me: GuildMember): boolean {
  const own = roleIdsOf(me);
  return own !== undefined && [guild.id, ...own].every((id) => hasPermissions(guild, id));
}

/** Always present in discord.js's types, but Discord's data is not validated. */
function hasPermissions(guild: Guild, roleId: string): boolean {
  const permissions: unknown = guild.roles.cache.get(roleId)?.permissions;
  return permissions instanceof PermissionsBitField;
}

function uploadFinding(guild: Guild): Finding {
  const bytes = uploadLimitBytes(guild.client, guild.id);
  return { level: 'fine', text: text('settings:uploadLimit', { size: fileSize(bytes) }) };
}

function logFinding(guild: Guild, { logChannelId }: ServerSettings): Finding {
  if (logChannelId === undefined) return { level: 'fine', text: text('settings:noLogChannel') };
  const channel = guild.channels.cache.get(logChannelId);
  if (channel === undefined) return { level: 'mind', text: text('settings:logChannelGone') };
  const mention = `<#${logChannelId}>`;
  const missing = missingIn(guild, channel)?.filter(({ isForLog }) => isForLog);
  if (missing === undefined) {
    return unchecked(text('settings:logChannelUnchecked', { channel: mention }));
  }
  if (missing.length === 0) {
    return { level: 'fine', text: text('settings:logChannelWorks', { channel: mention }) };
  }
  const values = { channel: mention, permissions: namesOf(missing) };
  return { level: 'mind', text: text('settings:logChannelNeeds', values) };
}

function unchecked(sentence: Text): Finding {
  return { level: 'unchecked', text: sentence };
}
