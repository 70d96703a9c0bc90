/** The bot itself, its gateway address, and the guilds and channels it may request. */
import { channelJson, guildJson } from '../guild-json.ts';
import { userJson } from '../message-json.ts';
import { channelForBot } from '../permissions.ts';
import type { GuildRecord, Json, Store } from '../store.ts';
import { json, NO_CONTENT, param, type ApiRequest } from './http.ts';
import { refusal } from './refusals.ts';
import type { Route } from './router.ts';

export interface BotContext {
  readonly store: Store;
  readonly gatewayUrl: () => string;
  /** Removes the bot from a guild and notifies it. */
  readonly leave: (guildId: string) => void;
}

export function botRoutes({ store, gatewayUrl, leave }: BotContext): Route[] {
  return [
    {
      method: 'GET',
      template: '/gateway/bot',
      auth: 'bot',
      openApiPath: '/gateway/bot',
      handle: () =>
        json({
          url: gatewayUrl(),
          shards: 1,
          session_start_limit: {
            total: 1000,
            remaining: 999,
            reset_after: 14_400_000,
            max_concurrency: 1,
          },
        }),
    },
    {
      method: 'GET',
      template: '/users/@me',
      auth: 'bot',
      openApiPath: '/users/@me',
      handle: () => json({ ...userJson(store.bot), mfa_enabled: true, locale: 'en-US' }),
    },
    {
      method: 'GET',
      template: '/applications/@me',
      auth: 'bot',
      openApiPath: '/applications/@me',
      handle: () => json(applicationJson(store)),
    },
    {
      method: 'GET',
      template: '/channels/:channel',
      auth: 'bot',
      openApiPath: '/channels/{channel_id}',
      handle: (request) => {
        const channel = channelForBot(store, param(request, 'channel'), []);
        return json(channelJson(store, channel));
      },
    },
    {
      method: 'GET',
      template: '/guilds/:guild',
      auth: 'bot',
      openApiPath: '/guilds/{guild_id}',
      handle: (request) => json(guildJson(guildOf(store, request))),
    },
    {
      method: 'DELETE',
      template: '/users/@me/guilds/:guild',
      auth: 'bot',
      openApiPath: '/users/@me/guilds/{guild_id}',
      handle: (request) => {
        leave(guildOf(store, request).id);
        return NO_CONTENT;
      },
    },
  ];
}

function guildOf(store: Store, request: ApiRequest): GuildRecord {
  const guild = store.guilds.get(param(request, 'guild'));
  if (guild === undefined || !guild.hasBot) throw refusal('unknown-guild');
  return guild;
}

function applicationJson(store: Store): Json {
  return {
    id: store.settings.applicationId,
    name: store.bot.username,
    icon: null,
    description: '',
    type: null,
    bot: userJson(store.bot),
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: '0'.repeat(64),
    flags: 0,
    flags_new: '0',
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    owner: userJson(store.bot),
    approximate_guild_count: store.guilds.size,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    team: null,
    eligible_oauth2_scopes: [],
  };
}
