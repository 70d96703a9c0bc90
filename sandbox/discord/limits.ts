/** Upload limits per file. */
import type { ChannelRecord, GuildRecord, Settings, Store } from './store.ts';

const MEBIBYTE = 1024 * 1024;

/**
 * Per boost tier, where it is above the default: discord-userdoccers, "Guild", premium tiers
 * (official docs name no figures). Tiers 0 and 1 have the platform's default.
 */
const TIER_LIMIT_BYTES = { 0: 0, 1: 0, 2: 50 * MEBIBYTE, 3: 100 * MEBIBYTE } as const;

/** Discord developer docs, "Uploading Files": the default of 10 MiB per file. */
export const DEFAULT_ATTACHMENT_LIMIT_BYTES = 10 * MEBIBYTE;

/** The upload limit per file for the bot’s own token in this guild; no subscription counts. */
function guildLimitBytes(settings: Settings, guild: GuildRecord): number {
  return Math.max(settings.attachmentSizeLimitBytes, TIER_LIMIT_BYTES[guild.premiumTier]);
}

/** The upload limit per file for the bot’s own token here: in direct messages the platform’s default. */
export function channelLimitBytes(store: Store, channel: ChannelRecord): number {
  return channel.kind === 'direct'
    ? store.settings.attachmentSizeLimitBytes
    : guildLimitBytes(store.settings, store.guildOf(channel));
}
