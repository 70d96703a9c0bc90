/** How many bytes an uploaded file may have, by uploader and server. */
import { GuildPremiumTier, type Client, type Interaction } from 'discord.js';

const MEBIBYTE = 1024 * 1024;

/** Discord has raised the default since, but has always accepted this size (Uploading Files). */
const LEAST_UPLOAD_BYTES = 10 * MEBIBYTE;

/** Upload limits for the bot's own token, in bytes, by a server's boost tier. */
const BOOSTED_LIMITS: ReadonlyMap<number, number> = new Map([
  [GuildPremiumTier.Tier2, 50 * MEBIBYTE],
  [GuildPremiumTier.Tier3, 100 * MEBIBYTE],
]);

/** Returns the upload limit of the bot's own token; the lowest if the server or its tier is unknown. */
export function uploadLimitBytes(client: Client, guildId: string): number {
  const tier = client.guilds.cache.get(guildId)?.premiumTier;
  return (tier === undefined ? undefined : BOOSTED_LIMITS.get(tier)) ?? LEAST_UPLOAD_BYTES;
}

/**
 * Returns the limit for an interaction's reply: Discord's stated value, otherwise that of
 * `uploadLimitBytes`.
 */
export function replyLimitBytes({
  attachmentSizeLimit,
  client,
  guildId,
}: Pick<Interaction, 'attachmentSizeLimit' | 'client' | 'guildId'>): number {
  // Always present in discord.js's types, but Discord's value is not validated.
  const said: unknown = attachmentSizeLimit;
  const isReadable = typeof said === 'number' && Number.isSafeInteger(said) && said > 0;
  return isReadable ? said : uploadLimitBytes(client, guildId ?? '');
}
