/** Creates the discord.js client: one intent, small caches, and clear errors for a rejected token. */
import {
  Client,
  DiscordjsError,
  DiscordjsErrorCodes,
  Events,
  GatewayIntentBits,
  Options,
} from 'discord.js';

import { SECOND } from '../clock.ts';
import { ConfigError } from '../errors.ts';
import { withoutSecrets, type Logger } from '../logger.ts';
import { keepToken, relayedStrategy } from './discord-js-workarounds.ts';
import type { GatewayRelay } from './gateway-relay.ts';
import { createDiscordTransport, type DiscordTransport } from './rest/transport.ts';

const REST_TIMEOUT_MS = 15 * SECOND;

export interface ClientConnections {
  /** For requests; direct connections by default. */
  readonly transport?: DiscordTransport | undefined;
  /** For the gateway, if it goes through a proxy. */
  readonly relay?: GatewayRelay | undefined;
}

export function createClient(
  apiUrl: string,
  logger: Logger,
  { transport = createDiscordTransport(), relay }: ClientConnections = {},
): Client {
  const client = new Client({
    // Commands, buttons and menus need no intent; this one only lists the servers that have the bot.
    intents: [GatewayIntentBits.Guilds],
    allowedMentions: { parse: [] },
    rest: { api: apiUrl, makeRequest: transport, timeout: REST_TIMEOUT_MS },
    ...(relay && { ws: { buildStrategy: relayedStrategy(relay) } }),
    makeCache: Options.cacheWithLimits({
      MessageManager: 0,
      // Only the bot itself: its permissions in channels are computed from its member.
      GuildMemberManager: {
        maxSize: 0,
        keepOverLimit: (member) => member.id === member.client.user.id,
      },
      UserManager: 0,
    }),
  });
  client.on(Events.Error, (error) => logger.error({ err: error }, 'Discord client error'));
  client.on(Events.Warn, (message) => logger.warn({ detail: message }, 'Discord client warning'));
  // Each pending acknowledgement adds a listener, so many listeners are not a leak.
  client.rest.setMaxListeners(0);
  client.rest.on('rateLimited', ({ route, timeToReset }) => {
    logger.warn({ route, waitMs: timeToReset }, 'Discord rate limit reached; waiting');
  });
  // Only after login: a token that is rejected before was never valid.
  client.once(Events.ClientReady, () => keepToken(client, logger));
  return client;
}

/** @throws ConfigError when Discord rejects the token or cannot be reached */
export async function login(
  client: Client,
  { token, apiUrl }: { token: string; apiUrl: string },
): Promise<Client<true>> {
  const ready = new Promise<Client<true>>((resolve) => {
    client.once(Events.ClientReady, resolve);
  });
  try {
    await client.login(token);
  } catch (error) {
    throw new ConfigError([
      isTokenRefused(error)
        ? 'DISCORD_TOKEN is not accepted by Discord. Copy it again from the Bot page of https://discord.com/developers/applications, or reset it there.'
        : `DISCORD_API_URL: Discord cannot be reached at ${apiUrl} (${reasonOf(error)}). Check the network and the address, then start again.`,
    ]);
  }
  return ready;
}

function isTokenRefused(error: unknown): boolean {
  return error instanceof DiscordjsError && error.code === DiscordjsErrorCodes.TokenInvalid;
}

/** Returns the innermost cause, because `fetch failed` alone explains nothing. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return withoutSecrets(String(error));
  if (error.cause !== undefined) return reasonOf(error.cause);
  const code: unknown = Reflect.get(error, 'code');
  return withoutSecrets(error.message === '' ? String(code) : error.message);
}
