/**
 * Changes discord.js's own state or methods where it has no setting for what the bot needs; each change
 * has its reason. All were checked with discord.js 14.28.1; check each again when the version changes.
 * The isolation of dispatches is larger and has its own file, `dispatches/isolate-dispatches.ts`.
 */
import { SimpleShardingStrategy, type Client, type WebSocketOptions } from 'discord.js';

import type { Logger } from '../logger.ts';
import type { GatewayRelay } from './gateway-relay.ts';

/** The state that discord.js keeps for an interaction's reply. */
interface ReplyState {
  deferred: boolean;
  replied: boolean;
  ephemeral: boolean | null;
}

/**
 * Marks an interaction as acknowledged. When the answer to the acknowledgement was lost, discord.js
 * 14.28.1 treats the interaction as unacknowledged and refuses to edit or follow up.
 *
 * @param isEphemeral whether only the asker sees the reply; null if the interaction opened none
 */
export function markDeferred(interaction: ReplyState, isEphemeral: boolean | null): void {
  interaction.deferred = true;
  interaction.ephemeral = isEphemeral;
}

/**
 * Marks an interaction as answered. `editReply` of discord.js 14.28.1 fails on an answer that it cannot
 * read, so the bot edits the reply with its own request, which discord.js does not see.
 */
export function markReplied(interaction: ReplyState): void {
  interaction.replied = true;
}

/**
 * Returns whether Discord accepted the acknowledgement although `deferReply` threw. discord.js 14.28.1
 * sets `deferred` once Discord has answered, and then throws when it cannot read the answer.
 */
export function isDeferredDespiteError({ deferred }: Pick<ReplyState, 'deferred'>): boolean {
  return deferred;
}

/**
 * Keeps the bot's token. After any 401, discord.js 14.28.1 forgets it (`setToken(null)`) and then fails
 * every call without asking Discord, even if the 401 was a single error of Discord. A destroyed client
 * still loses its token.
 */
export function keepToken(client: Client, logger: Logger): void {
  const { rest } = client;
  const setToken = rest.setToken.bind(rest);
  rest.setToken = (token: string | null) => {
    if (token !== null || client.token === null) return setToken(token ?? '');
    logger.error(
      'Discord rejects the bot token: if it was reset, set the new one in DISCORD_TOKEN and restart',
    );
    return rest;
  };
}

/**
 * Replaces the gateway's URLs, both the first and those for resuming, because discord.js 14.28.1 opens
 * its connection with `ws`, which takes no proxy. Set it as `ws.buildStrategy`.
 */
export function relayedStrategy(
  relay: GatewayRelay,
): NonNullable<WebSocketOptions['buildStrategy']> {
  return (manager) => {
    const { options } = manager;
    const { retrieveSessionInfo } = options;
    options.retrieveSessionInfo = async (shardId) => {
      const session = await retrieveSessionInfo(shardId);
      return session && { ...session, resumeURL: await relay.addressOf(session.resumeURL) };
    };
    const fetchGatewayInformation = manager.fetchGatewayInformation.bind(manager);
    manager.fetchGatewayInformation = async (force) => {
      const information = await fetchGatewayInformation(force);
      return { ...information, url: await relay.addressOf(information.url) };
    };
    return new SimpleShardingStrategy(manager);
  };
}
