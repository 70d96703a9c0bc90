/** How many bytes a file may have, by who posts it and where. */
import { GuildPremiumTier, type Client, type Interaction } from 'discord.js';

const MEBIBYTE = 1024 * 1024;

/** Discord has raised the default since; this much has always been accepted (Uploading Files). */
const LEAST_UPLOAD_BYTES = 10 * MEBIBYTE;

/** Bytes that the bot may post by its own token, where a server's boosts give it more. */
const BOOSTED_LIMITS: ReadonlyMap<number, number> = new Map([
  [GuildPremiumTier.Tier2, 50 * MEBIBYTE],
  [GuildPremiumTier.Tier3, 100 * MEBIBYTE],
]);

/** What the bot may upload by its own token; the least where the server or its tier is not known. */
export function uploadLimitBytes(client: Client, guildId: string): number {
  const tier = client.guilds.cache.get(guildId)?.premiumTier;
  return (tier === undefined ? undefined : BOOSTED_LIMITS.get(tier)) ?? LEAST_UPLOAD_BYTES;
}

/** What the reply to an interaction may hold: by Discord's word, else as `uploadLimitBytes`. */
export function replyLimitBytes({
  attachmentSizeLimit,
  client,
  guildId,
}: Pick<Interaction, 'attachmentSizeLimit' | 'client' | 'guildId'>): number {
  // Typed as always there; what it is comes unchecked from Discord.
  const said: unknown = attachmentSizeLimit;
  const isReadable = typeof said === 'number' && Number.isSafeInteger(said) && said > 0;
  return isReadable ? said : uploadLimitBytes(client, guildId ?? '');
}
