/** Builds the Discord side: the client, the router, and the loops that show jobs. */
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';

import { Events, type Client } from 'discord.js';

import { MOST_SEED } from '../catalogue/request.ts';
import type { Config } from '../config.ts';
import { createChartDrawer } from '../discord/charts/chart-drawer.ts';
import { createClient } from '../discord/client.ts';
import type { Command } from '../discord/command.ts';
import { isolateDispatches } from '../discord/dispatches/isolate-dispatches.ts';
import { createGatewayRelay, type GatewayRelay } from '../discord/gateway-relay.ts';
import { createAbandonedClaimsLoop } from '../discord/interactions/abandoned-claims.ts';
import { createClaims } from '../discord/interactions/claims.ts';
import { cachedGuildLocale } from '../discord/interactions/locale.ts';
import { createDeliverer } from '../discord/messages/deliverer.ts';
import { createEncoder } from '../discord/messages/encoder.ts';
import { createPresenter } from '../discord/messages/presenter.ts';
import { createVerifier } from '../discord/messages/verifier.ts';
import { createLogChannel, type LogChannel } from '../discord/moderation/log-channel.ts';
import { createConfirmations } from '../discord/ordering/confirmation.ts';
import { createOpenForms } from '../discord/ordering/open-forms.ts';
import { createRegistration, type Registration } from '../discord/registration.ts';
import { createMessenger, type Messenger } from '../discord/rest/messenger.ts';
import { createDiscordTransport, type DiscordTransport } from '../discord/rest/transport.ts';
import { createRouter, type Router } from '../discord/router.ts';
import { createGuildRemovals, type GuildRemovals } from '../discord/server/guild-removal.ts';
import { uploadLimitBytes } from '../discord/upload-limits.ts';
import { hasProxy } from '../dispatcher.ts';
import { FairSlots } from '../fair-slots.ts';
import type { JobWorker } from '../jobs/job-worker.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Loop } from '../loop.ts';
import { createVideoFitter, encodingsAtOnce } from '../media/ffmpeg/fit-video.ts';
import type { MemberAt } from '../quota/balance.ts';
import type { Work } from './work.ts';

/**
 * How many orders may read the database at once before acceptance, so that many concurrent orders do not
 * delay the loops and the claims of other interactions, which have 4 seconds.
 */
const ORDERS_READ_AT_ONCE = 4;

export interface DiscordParts {
  client: Client;
  router: Router;
  registration: Registration;
  /** The loops that keep the messages of jobs up to date. */
  presenting: readonly JobWorker[];
  abandoned: Loop;
  guildRemovals: GuildRemovals;
  logChannel: LogChannel;
}

export function createDiscordParts(
  config: Config,
  work: Work & { commands: ReadonlyMap<string, Command>; closers: AsyncDisposableStack },
): DiscordParts {
  const { jobs, quota, settings, database, clock, logger, metrics, closers } = work;
  const transport = createDiscordTransport(work.connections);
  const charts = createChartDrawer(logger);
  closers.defer(async () => charts.close());
  const relay = gatewayRelay(config, work);
  const client = createClient(config.discord.apiUrl, logger, { transport, relay });
  isolateDispatches({ client, clock, logger });
  metrics?.watchInteractions(client);
  metrics?.watchRest(client.rest);
  const claims = createClaims(work);
  const messenger = messengerOf(config, { ...work, client, transport });
  const presentingParts = {
    ...work,
    messenger,
    tokens: claims,
    fitter: createVideoFitter({
      logger,
      clock,
      ffmpegPath: work.ffmpegPath,
      concurrency: encodingsAtOnce(availableParallelism()),
    }),
    transition: jobs.transition,
    queuePositions: jobs.queuePositions,
    uploadLimitBytes: (guildId: string) => uploadLimitBytes(client, guildId),
  };
  const presenting = createPresenting(presentingParts, jobs);
  const logChannel = createLogChannel({
    ...work,
    messenger,
    settings,
    guildLocale: (guildId) => cachedGuildLocale(client, guildId),
  });
  jobs.onChange((job) => logChannel.jobChanged(job));
  if (metrics !== undefined) jobs.onChange(metrics.jobChanged);
  const context = {
    ...work,
    claims,
    orderSlots: new FairSlots(ORDERS_READ_AT_ONCE),
    forms: createOpenForms(database, clock),
    viewCredits: async (who: Omit<MemberAt, 'nowMs'>) =>
      quota.view(database, { ...who, nowMs: clock.now() }),
    confirmations: createConfirmations(database, clock),
    moderation: { ...work, settings, charts, announce: logChannel.changed },
    drawSeed: () => randomInt(MOST_SEED + 1),
  };
  const router = createRouter({ ...work, context, guildAllowlist: config.guildAllowlist });
  client.on(Events.InteractionCreate, (interaction) => void router.handle(interaction));
  const registration = createRegistration({ ...work, messenger });
  const abandoned = createAbandonedClaimsLoop({ claims, messenger, clock, logger });
  const guildRemovals = createGuildRemovals({ ...work, client });
  return { client, router, registration, presenting, abandoned, guildRemovals, logChannel };
}

function messengerOf(
  { discord: { apiUrl, token } }: Config,
  { client, transport, clock, logger, metrics }: Work & MessengerConnections,
): Messenger {
  return createMessenger({
    apiUrl,
    token,
    applicationId: () => client.application?.id ?? '',
    userId: () => client.user?.id ?? '',
    clock,
    logger,
    transport,
    onClient: metrics?.watchRest,
  });
}

interface MessengerConnections {
  readonly client: Client;
  readonly transport: DiscordTransport;
}

type PresentingParts = Parameters<typeof createPresenter>[0] &
  Parameters<typeof createDeliverer>[0] &
  Parameters<typeof createEncoder>[0];

function createPresenting(
  parts: PresentingParts,
  { onChange }: Pick<Jobs, 'onChange'>,
): JobWorker[] {
  const presenter = createPresenter(parts);
  const deliverer = createDeliverer(parts);
  const encoder = createEncoder(parts);
  onChange((job) => {
    presenter.wake();
    deliverer.wake();
    if (job.wantedEncoding !== undefined) encoder.wake();
  });
  return [presenter, deliverer, encoder, createVerifier(parts)];
}

/** Creates a relay behind a proxy only; without one discord.js opens the gateway connection itself. */
function gatewayRelay(
  { proxy }: Config,
  { connections, closers, logger }: Work & { closers: AsyncDisposableStack },
): GatewayRelay | undefined {
  if (!hasProxy(proxy)) return undefined;
  const relay = createGatewayRelay(connections, logger);
  closers.defer(async () => relay.close());
  return relay;
}
