/**
 * What the bot may do in a server's channels, for `/settings check`. What it cannot see it does not call
 * fine: commands also work where only they are installed, without the bot.
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

import type { CommandInteraction } from '../../interactions/kinds.ts';
import { inviteLink } from '../../invite-link.ts';
import type { ServerSettings } from '../../server/server-settings.ts';
import { counted, fileSize, linkTo } from '../../text.ts';
import { uploadLimitBytes } from '../../upload-limits.ts';
import { roleIdsOf } from '../permissions.ts';
import type { Finding } from './finding.ts';

/** What the bot does where videos are asked for. */
const NEEDED = {
  'View Channel': PermissionFlagsBits.ViewChannel,
  'Send Messages': PermissionFlagsBits.SendMessages,
  'Attach Files': PermissionFlagsBits.AttachFiles,
  'Embed Links': PermissionFlagsBits.EmbedLinks,
  'Read Message History': PermissionFlagsBits.ReadMessageHistory,
} as const;
const NEEDED_FOR_LOG: readonly string[] = ['View Channel', 'Send Messages'];
const CHANNELS_SHOWN = 15;

/** Discord answers one of these about a server that the bot is not in. */
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
    return [
      unchecked('Discord reports an outage of this server. Permissions could not be checked.'),
    ];
  }
  return [...channelFindings(guild, settings), uploadFinding(guild), logFinding(guild, settings)];
}

/** Whether the bot is in a server that its connection told it nothing of is for Discord to say. */
async function unknownGuildFinding({ client, guildId }: CommandInteraction): Promise<Finding> {
  try {
    await client.rest.get(Routes.guild(guildId));
    return unchecked(
      'Discord’s description of this server cannot be read. Permissions could not be checked.',
    );
  } catch (error) {
    const isMember = !(error instanceof DiscordAPIError && NOT_A_MEMBER.has(error.code));
    if (isMember) return unchecked('Discord did not answer. Permissions could not be checked.');
  }
  const link = inviteLink(client.application.id, guildId);
  return {
    level: 'stops',
    text: `Only the commands are installed here, and the bot itself is not in this server: it cannot post videos. ${linkTo('Invite the bot', link)}.`,
  };
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
  const whole = channels.length - lacking.length - unknown;
  return [
    ...lackingFindings(lacking, lacking.length === channels.length ? 'stops' : 'mind'),
    ...(unknown === 0
      ? []
      : [unchecked(`Permissions could not be checked in ${counted(unknown, 'channel')}.`)]),
    ...(whole === 0 || lacking.length > 0
      ? []
      : [
          {
            level: 'fine',
            text: `All permissions present in ${counted(whole, 'channel')}.`,
          } as const,
        ]),
  ];
}

function noChannelFinding({ channels: { mode } }: ServerSettings): Finding {
  return mode === 'everywhere'
    ? unchecked('There is no text channel here whose permissions could be checked.')
    : {
        level: 'stops',
        text: 'No text channel is left where videos may be asked for. Change that with `/settings channels`.',
      };
}

function lackingFindings(
  lacking: readonly { readonly id: string; readonly missing: readonly string[] }[],
  level: Finding['level'],
): Finding[] {
  const shown = lacking.slice(0, CHANNELS_SHOWN).map(({ id, missing }): Finding => ({
    level,
    text: `<#${id}>: the bot lacks ${missing.join(', ')}.`,
  }));
  const more = lacking.length - shown.length;
  return more === 0 ? shown : [...shown, { level, text: `and ${counted(more, 'channel')} more.` }];
}

function isOpen(settings: ServerSettings, channelId: string): boolean {
  const { mode, ids } = settings.channels;
  return mode === 'everywhere' || ids.includes(channelId) === (mode === 'only');
}

function isForVideos({ type }: GuildBasedChannel): boolean {
  return type === ChannelType.GuildText || type === ChannelType.GuildAnnouncement;
}

/** Undefined where Discord has not told the bot who it is there, or what its roles may do. */
function missingIn(guild: Guild, channel: GuildBasedChannel): string[] | undefined {
  const { me } = guild.members;
  const permissions = me === null || !areRolesKnown(guild, me) ? null : channel.permissionsFor(me);
  if (permissions === null) return undefined;
  return Object.entries(NEEDED).flatMap(([name, bit]) => (permissions.has(bit) ? [] : [name]));
}

/** Without one of them the library throws, or works out other permissions than the bot has. */
function areRolesKnown(guild: Guild, me: GuildMember): boolean {
  const own = roleIdsOf(me);
  return own !== undefined && [guild.id, ...own].every((id) => hasPermissions(guild, id));
}

/** Typed as always there; what a role may do comes unchecked from Discord. */
function hasPermissions(guild: Guild, roleId: string): boolean {
  const permissions: unknown = guild.roles.cache.get(roleId)?.permissions;
  return permissions instanceof PermissionsBitField;
}

function uploadFinding(guild: Guild): Finding {
  const bytes = uploadLimitBytes(guild.client, guild.id);
  return {
    level: 'fine',
    text: `Videos up to ${fileSize(bytes)} are posted as files; larger ones are made smaller or linked.`,
  };
}

function logFinding(guild: Guild, { logChannelId }: ServerSettings): Finding {
  if (logChannelId === undefined) return { level: 'fine', text: 'No log channel is set.' };
  const channel = guild.channels.cache.get(logChannelId);
  if (channel === undefined) return { level: 'mind', text: 'The log channel is gone.' };
  const missing = missingIn(guild, channel)?.filter((name) => NEEDED_FOR_LOG.includes(name));
  if (missing === undefined)
    return unchecked(`<#${logChannelId}>, the log channel, could not be checked.`);
  return missing.length === 0
    ? { level: 'fine', text: `<#${logChannelId}> gets the log.` }
    : { level: 'mind', text: `The log in <#${logChannelId}> needs ${missing.join(', ')}.` };
}

function unchecked(text: string): Finding {
  return { level: 'unchecked', text };
}
