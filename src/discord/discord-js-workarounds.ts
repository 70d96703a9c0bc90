/**
 * Where discord.js has no setting for what the bot needs, its own state or methods are changed: here, each
 * with the reason. All were checked with discord.js 14.28.1; check each again when the version changes.
 * What guards its dispatches is larger and has a file of its own: `dispatches/isolate-dispatches.ts`.
 */
import { SimpleShardingStrategy, type Client, type WebSocketOptions } from 'discord.js';

import type { Logger } from '../logger.ts';
import type { GatewayRelay } from './gateway-relay.ts';

/** The state that discord.js keeps of an interaction's reply. */
interface ReplyState {
  deferred: boolean;
  replied: boolean;
  ephemeral: boolean | null;
}

/**
 * Marks an interaction as acknowledged. When the answer to the acknowledgement was lost, discord.js
 * 14.28.1 takes it for unacknowledged and refuses to edit or follow up.
 *
 * @param isEphemeral whether only the asker sees the reply; null where the interaction opened none
 */
export function markDeferred(interaction: ReplyState, isEphemeral: boolean | null): void {
  interaction.deferred = true;
  interaction.ephemeral = isEphemeral;
}

/**
 * Marks an interaction as answered. `editReply` of discord.js 14.28.1 fails on an answer that it cannot
 * read, so the reply is edited by our own request, of which the library knows nothing.
 */
export function markReplied(interaction: ReplyState): void {
  interaction.replied = true;
}

/**
 * Returns whether Discord took the acknowledgement although `deferReply` threw. discord.js 14.28.1 sets
 * `deferred` once Discord has answered, and then throws when it cannot read the answer.
 */
export function isDeferredDespiteError({ deferred }: Pick<ReplyState, 'deferred'>): boolean {
  return deferred;
}

/**
 * Keeps the bot's token. After any 401 discord.js 14.28.1 forgets it (`setToken(null)`), and from then on
 * fails every call without asking Discord, also when Discord was wrong only once. Only a client that was
 * destroyed has none any more.
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
 * Replaces the gateway's addresses, the first and those for resuming: discord.js 14.28.1 opens its
 * connection with `ws` and takes no proxy for it. To be set as `ws.buildStrategy`.
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
