/**
 * A Discord on loopback: gateway, REST and CDN over real sockets, for the real discord.js client.
 * It is strict, keeps a journal, and can inject faults. Start reading here.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { MINUTE, HOUR, SECOND, systemClock, type Clock } from '../../src/clock.ts';
import type { Stage } from './actors.ts';
import { Client } from './client.ts';
import { Faults, type Fault } from './faults.ts';
import { startGateway, type Gateway } from './gateway.ts';
import { guildCreateJson } from './guild-json.ts';
import { makeGuild, type GuildOptions } from './guild-record.ts';
import { GuildHandle } from './guild.ts';
import type { JournalEntry, RequestEntry } from './journal.ts';
import { DEFAULT_ATTACHMENT_LIMIT_BYTES } from './limits.ts';
import { jsonWriter } from './message-json.ts';
import { loadOpenApi, type OpenApi, type SchemaFault } from './openapi.ts';
import { PayloadWatch, type PayloadListener } from './payload-watch.ts';
import { INVITED_BOT_PERMISSIONS, permissionBits, type PermissionName } from './permissions.ts';
import { createRateLimits } from './rate-limits.ts';
import { botRoutes } from './rest/bot.ts';
import { commandRoutes } from './rest/commands.ts';
import { directMessageRoutes } from './rest/direct-messages.ts';
import { fileRoutes } from './rest/files.ts';
import { interactionRoutes } from './rest/interactions.ts';
import { messageRoutes } from './rest/messages.ts';
import { serve, type Pipeline } from './rest/pipeline.ts';
import { routeName, type Route, type RouteName } from './rest/router.ts';
import { webhookRoutes } from './rest/webhooks.ts';
import { Store, type CommandRecord, type Settings } from './store.ts';
import { waitFor, type WaitOptions } from './waiting.ts';

export { file } from './command-options.ts';
export type { GuildOptions } from './guild-record.ts';
export { linkedPicture } from './people/member-messages.ts';

const APPLICATION_ID = '1190000000000000001';

export interface DiscordOptions {
  readonly token?: string | undefined;
  readonly applicationId?: string | undefined;
  /** Discord developer docs: an interaction needs a response within 3 seconds. */
  readonly acknowledgeWithinMs?: number | undefined;
  /** Discord developer docs: its token lives for 15 minutes. */
  readonly interactionTokenLifeMs?: number | undefined;
  /** Per file, where neither guild nor member has a higher limit; 10 MiB unless given. */
  readonly attachmentSizeLimitBytes?: number | undefined;
  /** How long a signed file address is valid; a day, as in the documentation’s samples. */
  readonly cdnUrlLifeMs?: number | undefined;
  /** Discord’s OpenAPI document: when given, every body and every response is checked against it. */
  readonly openApiFile?: string | undefined;
  /** The same, already loaded, for tests that start many sandboxes. */
  readonly openApi?: OpenApi | undefined;
  /** The bot’s permissions in each guild it is added to; those of its invite unless given. */
  readonly botPermissions?: readonly PermissionName[] | undefined;
  /** The bot’s heartbeat interval; 41.25 s, Discord’s usual value, unless given. */
  readonly heartbeatIntervalMs?: number | undefined;
  /** The gateway address announced to bots, when something stands in front of it; its own address unless given. */
  readonly gatewayUrl?: string | undefined;
  /** The source of times and ages; waiting on the sockets is real anyway. */
  readonly clock?: Clock | undefined;
}

export interface DiscordSandbox {
  /** For discord.js' `rest.api`. */
  readonly apiUrl: string;
  /** Host and port that files are fetched from. */
  readonly cdnHost: string;
  readonly token: string;
  readonly applicationId: string;
  /** The commands that the bot has registered, globally and in guilds. */
  readonly commands: readonly CommandRecord[];
  readonly journal: readonly JournalEntry[];
  /** `GET /no/such/thing` and unknown gateway operations: a test should find none. */
  readonly unknownRoutes: readonly string[];
  /** Bodies that Discord’s schema refused. */
  readonly schemaFaults: readonly SchemaFault[];
  /** The sandbox’s own responses that violate Discord’s schema. */
  readonly responseFaults: readonly SchemaFault[];
  /** Internal errors of the sandbox: a test should find none. */
  readonly internalErrors: readonly unknown[];
  /** Requests refused by a rule, not by an injected fault. */
  readonly refusedRequests: readonly RequestEntry[];
  /** Method and template of everything served. */
  readonly routes: readonly RouteName[];
  addGuild(options: GuildOptions): GuildHandle;
  /** @returns removes the fault where it has not happened yet */
  inject(fault: Fault): () => void;
  /** Injected faults that have not happened yet: a test should leave none. */
  pendingFaults(): readonly Fault[];
  /** @returns ends it */
  onPayload(listener: PayloadListener): () => void;
  /** Resolves when a bot has been sent READY. */
  botConnected(options?: WaitOptions): Promise<void>;
  /** Removes injected faults that have not happened yet. */
  endFaults(): void;
  /** The view of the person’s own Discord client. */
  clientOf(person: { readonly id: string }): Client;
  /** Expires the tokens of all interactions so far. */
  expireTokens(): void;
  /** Changes the upload limit per file of servers and members without a higher one of their own. */
  setUploadLimit(bytes: number): void;
  /** Cuts the bot's gateway connection; its session can be resumed. */
  dropGateway(): void;
  /** Resets the bot’s token, as its owner would: its current token is invalid, and its session ends. */
  resetToken(): void;
  /** Ends every socket and every wait. May be called again. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startDiscord(options: DiscordOptions = {}): Promise<DiscordSandbox> {
  const store = new Store(settingsOf(options));
  const openApi =
    options.openApiFile === undefined ? options.openApi : await loadOpenApi(options.openApiFile);
  const closing = new AbortController();
  const faults = new Faults();
  const watch = new PayloadWatch();
  const limits = createRateLimits(() => store.now());
  const server = createServer();
  const cdnHost = (): string => `127.0.0.1:${portOf(server.address())}`;
  const gatewayUrl = (): string => options.gatewayUrl ?? `ws://${cdnHost()}`;
  const writer = jsonWriter(store, cdnHost);
  const rest = { store, writer, cdnHost, limits };
  const routes: Route[] = [
    ...botRoutes({ store, gatewayUrl, leave }),
    ...directMessageRoutes(store),
    ...commandRoutes(store),
    ...interactionRoutes(rest),
    ...webhookRoutes(rest),
    ...messageRoutes(rest),
    ...fileRoutes(store),
  ];
  const pipeline: Pipeline = {
    store,
    routes,
    limits,
    faults,
    watch,
    openApi,
    journal: [],
    unknownRoutes: [],
    schemaFaults: [],
    responseFaults: [],
    closing: closing.signal,
  };
  const gateway: Gateway = startGateway({
    server,
    store,
    faults,
    watch,
    journal: pipeline.journal,
    onUnknown: (what) => pipeline.unknownRoutes.push(what),
    url: gatewayUrl,
  });
  const internalErrors: unknown[] = [];
  const stage: Stage = { store, writer, gateway, cdnHost, closing: closing.signal };
  server.on('request', (request, response) => {
    serve(pipeline, request, response).catch((error: unknown) => {
      // A client that disconnects in the middle of its request is not a fault of the sandbox.
      if (!request.errored) internalErrors.push(error);
      response.destroy();
    });
  });

  function leave(guildId: string): void {
    const guild = store.guilds.get(guildId);
    if (guild === undefined || !guild.hasBot) return;
    guild.hasBot = false;
    guild.hasCommands = false;
    gateway.dispatch('GUILD_DELETE', guildId, { id: guildId });
    store.changed();
  }

  async function close(): Promise<void> {
    if (closing.signal.aborted) return;
    closing.abort();
    gateway.close();
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    apiUrl: `http://${cdnHost()}/api`,
    cdnHost: cdnHost(),
    token: store.settings.token,
    applicationId: store.settings.applicationId,
    get commands() {
      return store.commands;
    },
    journal: pipeline.journal,
    unknownRoutes: pipeline.unknownRoutes,
    schemaFaults: pipeline.schemaFaults,
    responseFaults: pipeline.responseFaults,
    internalErrors,
    get refusedRequests() {
      return pipeline.journal
        .filter((entry) => entry.kind === 'request')
        .filter((entry) => (entry.status ?? 0) >= 400 && entry.fault === undefined);
    },
    routes: routes.map(routeName),
    addGuild(guildOptions) {
      const guild = makeGuild(store, guildOptions);
      if (guild.hasBot) gateway.dispatch('GUILD_CREATE', guild.id, guildCreateJson(store, guild));
      return new GuildHandle(stage, guild, leave);
    },
    inject: (fault) => faults.inject(fault),
    pendingFaults: () => faults.pending(),
    endFaults: () => faults.end(),
    onPayload: (listener) => watch.listen(listener),
    async botConnected(waitOptions = {}) {
      await waitFor(stage, () => (gateway.readies > 0 ? true : undefined), {
        ...waitOptions,
        describe: () => 'no bot has logged in',
      });
    },
    clientOf: ({ id }) => new Client(stage, id),
    expireTokens: () => void (store.settings.tokensExpiredBeforeMs = store.now() + 1),
    setUploadLimit: (bytes) => void (store.settings.attachmentSizeLimitBytes = bytes),
    dropGateway: () => gateway.drop(),
    resetToken() {
      store.settings.token = randomUUID();
      gateway.rejectToken();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function settingsOf(options: DiscordOptions): Settings {
  const applicationId = options.applicationId ?? APPLICATION_ID;
  // A bot's token begins with its id in base64; discord.js hides all but that in its debug lines.
  const prefix = Buffer.from(applicationId).toString('base64url');
  return {
    applicationId,
    token: options.token ?? `${prefix}.sandbox.not-a-real-token`,
    acknowledgeWithinMs: options.acknowledgeWithinMs ?? 3 * SECOND,
    interactionTokenLifeMs: options.interactionTokenLifeMs ?? 15 * MINUTE,
    tokensExpiredBeforeMs: 0,
    attachmentSizeLimitBytes: options.attachmentSizeLimitBytes ?? DEFAULT_ATTACHMENT_LIMIT_BYTES,
    cdnUrlLifeMs: options.cdnUrlLifeMs ?? 24 * HOUR,
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? 41_250,
    botPermissions:
      options.botPermissions === undefined
        ? INVITED_BOT_PERMISSIONS
        : permissionBits(options.botPermissions),
    clock: options.clock ?? systemClock,
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The sandbox is not up');
  return address.port;
}
