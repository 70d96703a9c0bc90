/** New guilds, with their channels and the bot in them. */
import type { GuildRecord, Store } from './store.ts';

export interface GuildOptions {
  readonly name: string;
  /** Names of its text channels; `general` when omitted. */
  readonly channels?: readonly string[] | undefined;
  readonly premiumTier?: 0 | 1 | 2 | 3 | undefined;
}

export function makeGuild(store: Store, options: GuildOptions): GuildRecord {
  const id = store.nextId();
  const guild: GuildRecord = {
    id,
    name: options.name,
    ownerId: store.nextId(),
    premiumTier: options.premiumTier ?? 0,
    createdAtMs: store.now(),
    channels: (options.channels ?? ['general']).map((name) => ({
      id: store.nextId(),
      guildId: id,
      name,
    })),
    members: new Map(),
    roles: [],
    hasBot: true,
    botPermissions: store.settings.botPermissions,
  };
  guild.members.set(store.bot.id, {
    user: store.bot,
    guildId: id,
    permissions: 0n,
    roleIds: [],
    joinedAtMs: store.now(),
    attachmentSizeLimitBytes: 0,
  });
  for (const channel of guild.channels) store.channels.set(channel.id, channel);
  store.guilds.set(id, guild);
  return guild;
}
