/** The maximum size of a file, by how and where it is posted. */
import { GuildPremiumTier, type Client, type Interaction } from 'discord.js';

const MEBIBYTE = 1024 * 1024;

/** The minimum that Discord always accepts, although it has raised the default since (Uploading Files). */
const LEAST_UPLOAD_BYTES = 10 * MEBIBYTE;

/** Higher limits for the bot's own token in boosted servers. */
const BOOSTED_LIMITS: ReadonlyMap<number, number> = new Map([
  [GuildPremiumTier.Tier2, 50 * MEBIBYTE],
  [GuildPremiumTier.Tier3, 100 * MEBIBYTE],
]);

/** Returns the limit for the bot's own token; the minimum if the server or its tier is unknown. */
export function uploadLimitBytes(client: Client, guildId: string): number {
  const tier = client.guilds.cache.get(guildId)?.premiumTier;
  return (tier === undefined ? undefined : BOOSTED_LIMITS.get(tier)) ?? LEAST_UPLOAD_BYTES;
}

/** Returns the limit for the reply to an interaction: the value from Discord, else `uploadLimitBytes`. */
export function replyLimitBytes({
  attachmentSizeLimit,
  client,
  guildId,
}: Pick<Interaction, 'attachmentSizeLimit' | 'client' | 'guildId'>): number {
  // The library types it as a number, but the value comes unchecked from Discord.
  const said: unknown = attachmentSizeLimit;
  const isReadable = typeof said === 'number' && Number.isSafeInteger(said) && said > 0;
  return isReadable ? said : uploadLimitBytes(client, guildId ?? '');
}
