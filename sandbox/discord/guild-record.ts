/** Creates guilds, with their channels and the bot in them. */
import { CHANNEL_TYPE } from './guild-json.ts';
import type { GuildChannelRecord, GuildRecord, MemberRecord, Store } from './store.ts';

export interface ChannelOptions {
  readonly name: string;
  /** A text channel when omitted; commands can be run in text, announcement and voice channels. */
  readonly type?: Exclude<keyof typeof CHANNEL_TYPE, 'direct'> | undefined;
  /** Every response to an interaction here is ephemeral. */
  readonly isForcedEphemeral?: boolean | undefined;
}

export interface GuildOptions {
  readonly name: string;
  /** A name means a text channel; `general` when omitted. */
  readonly channels?: readonly (string | ChannelOptions)[] | undefined;
  readonly premiumTier?: 0 | 1 | 2 | 3 | undefined;
  /** The server's language in Discord; `en-US` by default. */
  readonly preferredLocale?: string | undefined;
  /** Every response to an interaction in this guild is ephemeral. */
  readonly isForcedEphemeral?: boolean | undefined;
  /** Its commands are installed, but the bot itself is not a member. */
  readonly isCommandsOnly?: boolean | undefined;
  /** Keywords AutoMod blocks, see `GuildHandle.blockWords`. */
  readonly blockedWords?: readonly string[] | undefined;
}

export function makeGuild(store: Store, options: GuildOptions): GuildRecord {
  const id = store.nextId();
  const guild: GuildRecord = {
    id,
    name: options.name,
    ownerId: store.nextId(),
    premiumTier: options.premiumTier ?? 0,
    preferredLocale: options.preferredLocale ?? 'en-US',
    createdAtMs: store.now(),
    channels: (options.channels ?? ['general']).map((channel) =>
      makeChannel(store, id, typeof channel === 'string' ? { name: channel } : channel),
    ),
    members: new Map(),
    formerMembers: new Map(),
    roles: [],
    commandOverrides: new Map(),
    blockedWords: [...(options.blockedWords ?? [])],
    hasBot: options.isCommandsOnly !== true,
    hasCommands: true,
    isUnavailable: false,
    botPermissions: store.settings.botPermissions,
    isForcedEphemeral: options.isForcedEphemeral ?? false,
  };
  if (guild.hasBot) guild.members.set(store.bot.id, botMember(store, id));
  for (const channel of guild.channels) store.channels.set(channel.id, channel);
  store.guilds.set(id, guild);
  return guild;
}

function botMember(store: Store, guildId: string): MemberRecord {
  return {
    user: store.bot,
    guildId,
    roleIds: [],
    joinedAtMs: store.now(),
    attachmentSizeLimitBytes: 0,
    isForcedEphemeral: false,
  };
}

function makeChannel(
  store: Store,
  guildId: string,
  { name, type, isForcedEphemeral }: ChannelOptions,
): GuildChannelRecord {
  return {
    kind: 'guild',
    id: store.nextId(),
    guildId,
    name,
    type: CHANNEL_TYPE[type ?? 'text'],
    isForcedEphemeral: isForcedEphemeral ?? false,
  };
}
