/** Guilds, channels, members and roles in the format of Discord’s API. */
import { userJson } from './message-json.ts';
import { ALL_PERMISSIONS, appPermissionsIn, EVERYONE_PERMISSIONS } from './permissions.ts';
import type {
  ChannelRecord,
  DirectChannelRecord,
  GuildChannelRecord,
  GuildRecord,
  Json,
  MemberRecord,
  RoleRecord,
  Store,
} from './store.ts';

/** Discord developer docs, "Channel Types". */
export const CHANNEL_TYPE = { text: 0, direct: 1, voice: 2, category: 4, announcement: 5 } as const;

const OVERWRITE_FOR_MEMBER = 1;
/** The default of a new voice channel, in bits per second. */
const VOICE_BITRATE = 64_000;

export function channelJson(store: Store, channel: ChannelRecord): Json {
  return channel.kind === 'direct'
    ? directChannelJson(store, channel)
    : guildChannelJson(store, channel);
}

function guildChannelJson(store: Store, channel: GuildChannelRecord): Json {
  const guild = store.guildOf(channel);
  const own = channel.botPermissions ?? guild.botPermissions;
  return {
    ...sharedFields(store, channel),
    nsfw: false,
    ...(channel.type === CHANNEL_TYPE.voice
      ? { bitrate: VOICE_BITRATE, user_limit: 0, rtc_region: null }
      : {}),
    permission_overwrites: [
      {
        id: store.bot.id,
        type: OVERWRITE_FOR_MEMBER,
        allow: own.toString(),
        deny: (ALL_PERMISSIONS & ~own).toString(),
      },
    ],
  };
}

function sharedFields(store: Store, channel: GuildChannelRecord): Json {
  return {
    id: channel.id,
    type: channel.type,
    guild_id: channel.guildId,
    name: channel.name,
    position: store.guildOf(channel).channels.indexOf(channel),
    parent_id: null,
    topic: null,
    flags: 0,
    rate_limit_per_user: 0,
    last_message_id: null,
  };
}

function directChannelJson(store: Store, channel: DirectChannelRecord): Json {
  const recipient = store.users.get(channel.recipientId);
  return {
    id: channel.id,
    type: CHANNEL_TYPE.direct,
    last_message_id: store.messagesIn(channel.id).at(-1)?.id ?? null,
    flags: 0,
    recipients: recipient === undefined ? [] : [userJson(recipient)],
  };
}

/**
 * As in interactions and resolved options (Discord developer docs, "Resolved Data
 * Structure"); `permissions` are the member’s.
 */
export function partialChannelJson(
  store: Store,
  channel: ChannelRecord,
  permissions: bigint,
): Json {
  return {
    ...(channel.kind === 'direct'
      ? directChannelJson(store, channel)
      : { ...sharedFields(store, channel), nsfw: false }),
    permissions: permissions.toString(),
    app_permissions: appPermissionsIn(store, channel).toString(),
  };
}

export function memberJson(member: MemberRecord): Json {
  return { user: userJson(member.user), ...partialMemberJson(member), deaf: false, mute: false };
}

/** Resolved members lack `user`, `deaf` and `mute`: Discord developer docs, "Resolved Data Structure". */
export function partialMemberJson(member: MemberRecord): Json {
  return {
    nick: null,
    avatar: null,
    banner: null,
    roles: member.roleIds,
    joined_at: new Date(member.joinedAtMs).toISOString(),
    premium_since: null,
    communication_disabled_until: null,
    pending: false,
    flags: 0,
  };
}

/** The guild as REST returns it; the gateway adds what a client needs to fill its cache. */
export function guildJson(guild: GuildRecord): Json {
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    description: null,
    home_header: null,
    splash: null,
    discovery_splash: null,
    features: [],
    banner: null,
    owner_id: guild.ownerId,
    application_id: null,
    region: 'us-central',
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: null,
    system_channel_flags: 0,
    widget_enabled: false,
    widget_channel_id: null,
    verification_level: 0,
    roles: rolesJson(guild),
    default_message_notifications: 0,
    mfa_level: 0,
    explicit_content_filter: 0,
    max_presences: null,
    max_members: 500_000,
    max_stage_video_channel_users: 50,
    max_video_channel_users: 25,
    vanity_url_code: null,
    premium_tier: guild.premiumTier,
    premium_subscription_count: 0,
    preferred_locale: guild.preferredLocale,
    rules_channel_id: null,
    safety_alerts_channel_id: null,
    public_updates_channel_id: null,
    premium_progress_bar_enabled: false,
    nsfw: false,
    nsfw_level: 0,
    emojis: [],
    stickers: [],
    incidents_data: null,
  };
}

/** The event GUILD_CREATE (Discord developer docs, "Gateway Events"). */
export function guildCreateJson(store: Store, guild: GuildRecord): Json {
  const bot = guild.members.get(store.bot.id);
  return {
    ...guildJson(guild),
    joined_at: new Date(guild.createdAtMs).toISOString(),
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    voice_states: [],
    members: bot === undefined ? [] : [memberJson(bot)],
    channels: guild.channels.map((channel) => channelJson(store, channel)),
    threads: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

function rolesJson(guild: GuildRecord): Json[] {
  return [everyoneRole(guild), ...guild.roles].map((role) => roleJson(guild, role));
}

/** The everyone role has the guild’s own id. */
export function everyoneRole(guild: GuildRecord): RoleRecord {
  return { id: guild.id, name: '@everyone', permissions: EVERYONE_PERMISSIONS };
}

export function roleJson(guild: GuildRecord, role: RoleRecord): Json {
  return {
    id: role.id,
    name: role.name,
    description: null,
    permissions: role.permissions.toString(),
    position: guild.roles.indexOf(role) + 1,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    managed: false,
    mentionable: false,
    icon: null,
    unicode_emoji: null,
    flags: 0,
  };
}
