/** Guilds and channels in the words of Discord's API. */
import { userJson } from './message-json.ts';
import { ALL_PERMISSIONS, EVERYONE_PERMISSIONS } from './permissions.ts';
import type { ChannelRecord, GuildRecord, Json, MemberRecord, Store } from './store.ts';

const OVERWRITE_FOR_MEMBER = 1;

export function channelJson(store: Store, channel: ChannelRecord): Json {
  const guild = store.guildOf(channel);
  const own = channel.botPermissions ?? guild.botPermissions;
  return {
    id: channel.id,
    type: 0,
    guild_id: channel.guildId,
    name: channel.name,
    position: guild.channels.indexOf(channel),
    parent_id: null,
    topic: null,
    nsfw: false,
    flags: 0,
    rate_limit_per_user: 0,
    last_message_id: null,
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

export function memberJson(member: MemberRecord): Json {
  return {
    user: userJson(member.user),
    nick: null,
    avatar: null,
    banner: null,
    roles: member.roleIds,
    joined_at: new Date(member.joinedAtMs).toISOString(),
    premium_since: null,
    communication_disabled_until: null,
    deaf: false,
    mute: false,
    pending: false,
    flags: 0,
  };
}

/** The guild as REST gives it; the gateway adds what a client needs to fill its cache. */
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
    preferred_locale: 'en-US',
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

/** The role of everybody has the guild's own id; the bot's role is its integration's. */
function rolesJson(guild: GuildRecord): Json[] {
  const everyone = { id: guild.id, name: '@everyone', permissions: EVERYONE_PERMISSIONS };
  return [everyone, ...guild.roles].map((role, position) => ({
    id: role.id,
    name: role.name,
    description: null,
    permissions: role.permissions.toString(),
    position,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    managed: false,
    mentionable: false,
    icon: null,
    unicode_emoji: null,
    flags: 0,
  }));
}
