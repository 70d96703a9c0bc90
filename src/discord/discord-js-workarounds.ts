/**
 * Changes to the state or methods of discord.js, each with its reason, where it has no setting for what the
 * bot needs. All were checked with discord.js 14.28.1; check each again when the version changes. The
 * protection of its dispatches is in `dispatches/isolate-dispatches.ts`.
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
 * Marks an interaction as acknowledged. If the answer to the acknowledgement was lost, discord.js 14.28.1
 * regards the interaction as unacknowledged and refuses to edit or follow up.
 *
 * @param isEphemeral whether only the member sees the reply; null if the interaction opened none
 */
export function markDeferred(interaction: ReplyState, isEphemeral: boolean | null): void {
  interaction.deferred = true;
  interaction.ephemeral = isEphemeral;
}

/**
 * Marks an interaction as answered. `editReply` of discord.js 14.28.1 fails on an answer that it cannot
 * read, so the bot edits the reply with its own request, which the library does not see.
 */
export function markReplied(interaction: ReplyState): void {
  interaction.replied = true;
}

/**
 * Returns whether Discord accepted the acknowledgement although `deferReply` threw. discord.js 14.28.1 sets
 * `deferred` once Discord has answered, and throws afterwards if it cannot read the answer.
 */
export function isDeferredDespiteError({ deferred }: Pick<ReplyState, 'deferred'>): boolean {
  return deferred;
}

/**
 * Keeps the library's token. After any 401, even a single wrong one, discord.js 14.28.1 forgets its token
 * (`setToken(null)`) and fails every later call without asking Discord. Only a destroyed client may lose it.
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
 * Returns a `ws.buildStrategy` that relays the gateway's first address and those for resuming. discord.js
 * 14.28.1 opens the gateway connection with `ws` and supports no proxy for it.
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
