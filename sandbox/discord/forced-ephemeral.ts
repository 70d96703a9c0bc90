/**
 * Responses that Discord makes ephemeral although the bot wanted them public. The docs name
 * one reason (Discord developer docs, "Permissions", USE_EXTERNAL_APPS); discord-userdoccers lists
 * more, such as slow mode. Only `response_message_ephemeral` and the flags tell the bot.
 */
import type { InteractionRecord, Store } from './store.ts';

export function isForcedEphemeral(store: Store, interaction: InteractionRecord): boolean {
  const channel = store.channels.get(interaction.channelId);
  if (channel === undefined || channel.kind === 'direct') return false;
  const guild = store.guildOf(channel);
  const member = guild.members.get(interaction.userId);
  return guild.isForcedEphemeral || channel.isForcedEphemeral || member?.isForcedEphemeral === true;
}
