/**
 * The one place that builds everything and knows everyone. Plain constructors and functions; what a
 * test replaces is handed in.
 */
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { Events, type Client } from 'discord.js';
import { sql } from 'kysely';

import { offersOf } from './catalogue/prices/prices.ts';
import type { ModelId } from './catalogue/request.ts';
import { systemClock, type Clock } from './clock.ts';
import type { Config } from './config.ts';
import { createClient, login, uploadLimitBytes } from './discord/client.ts';
import { loadCommands } from './discord/command-loader.ts';
import type { Command } from './discord/command.ts';
import { createMessenger } from './discord/delivery/messenger.ts';
import { createInteractionTokens } from './discord/interactions/interaction-tokens.ts';
import { createPresenter } from './discord/message/presenter.ts';
import { createLogChannel, type LogChannel } from './discord/moderation/log-channel.ts';
import { createConfirmations } from './discord/ordering/confirmation.ts';
import { createOpenForms } from './discord/ordering/open-forms.ts';
import { registerCommands } from './discord/registration.ts';
import { createRouter, type Router } from './discord/router.ts';
import { createServerSettings } from './discord/server/server-settings.ts';
import { startHealthServer } from './health.ts';
import { createHousekeeping } from './housekeeping.ts';
import { createIdMaker, type IdMaker } from './ids.ts';
import { VENDOR_ACCOUNTS } from './jobs/account-places.ts';
import { createJobStore, type JobStore } from './jobs/job-store.ts';
import { createJobs, type Jobs } from './jobs/jobs.ts';
import type { Loop } from './jobs/loop.ts';
import { createOffers, type Offers } from './jobs/offers.ts';
import type { StepLoop } from './jobs/step-loop.ts';
import { createLogger, type Logger } from './logger.ts';
import { createFetchOutside, type FetchOutside } from './media/fetch-outside.ts';
import { createFileStore, type FileStore } from './media/file-store.ts';
import { createVideoFitter } from './media/fit-video.ts';
import type { LimitSettings } from './quota/limits.ts';
import { createQuotaManager, type QuotaManager } from './quota/quota-manager.ts';
import type { WhoAndWhen } from './quota/standing.ts';
import { createVendorBook } from './quota/vendor-book.ts';
import { openDatabase, type Database } from './storage/database.ts';
import { safetySalt } from './storage/installation.ts';
import { createVendors } from './vendors/registry.ts';
import type { VendorName } from './vendors/vendor.ts';

const COMMANDS_FOLDER = fileURLToPath(new URL('../commands', import.meta.url));
/** Seeds are 0 … 2³¹ − 1, the range that every vendor takes (BytePlus ModelArk, create page). */
const SEED_COUNT = 2 ** 31;
/** Every server's until servers can choose their own. */
const TIME_ZONE = 'UTC';

export interface AppOverrides {
  clock?: Clock;
  logger?: Logger;
  ids?: IdMaker;
  /** Where ffmpeg is, should it not be in the usual folders for programs. */
  ffmpegPath?: string | undefined;
}

export interface App extends AsyncDisposable {
  /** Connects, registers the commands and takes up every open job. @throws ConfigError */
  start(): Promise<void>;
  /** Takes nothing new, ends what is in hand, and leaves the rest for the next start. */
  stop(): Promise<void>;
}

/** @throws ConfigError when the database, the data folder or a command file cannot be used */
export async function createApp(config: Config, overrides: AppOverrides = {}): Promise<App> {
  const base: Base = {
    clock: overrides.clock ?? systemClock,
    logger: overrides.logger ?? createLogger(config.logLevel),
    ids: overrides.ids ?? createIdMaker(),
    ffmpegPath: overrides.ffmpegPath,
  };
  const closers = new AsyncDisposableStack();
  try {
    const commands = await loadCommands(COMMANDS_FOLDER);
    const ground = await buildGround(config, base, closers);
    const work = await buildWork(config, ground);
    const face = buildFace(config, { ...work, commands });
    return appOf(config, { ...face, closers });
  } catch (error) {
    await closers.disposeAsync();
    throw error;
  }
}

interface Base {
  clock: Clock;
  logger: Logger;
  ids: IdMaker;
  ffmpegPath: string | undefined;
}

/** What everything else stands on: the database, the files, the way outside. */
interface Ground extends Base {
  database: Database;
  files: FileStore;
  fetchOutside: FetchOutside;
}

async function buildGround(
  config: Config,
  base: Base,
  closers: AsyncDisposableStack,
): Promise<Ground> {
  const { clock, logger } = base;
  const files = await createFileStore(config.dataDir, clock);
  const { database, close } = await openDatabase(config.databaseUrl, logger);
  closers.defer(close);
  const trustedHosts = { attachments: config.discord.cdnHosts, videos: config.videoHosts };
  const fetchOutside = createFetchOutside({ trustedHosts, clock, logger });
  closers.defer(async () => fetchOutside.close());
  return { ...base, database, files, fetchOutside };
}

/** The product without Discord: vendors, money, jobs. */
interface Work extends Ground {
  store: JobStore;
  quota: QuotaManager;
  offers: Offers;
  jobs: Jobs;
  housekeeping: Loop;
}

async function buildWork(config: Config, ground: Ground): Promise<Work> {
  const { database, clock, logger } = ground;
  const vendors = createVendors(config.vendors, {
    logger,
    clock,
    wireModelsOf: (vendor) => wireModels(vendor, config),
  });
  const store = createJobStore(database);
  const quota = createQuotaManager({ limits: limitSettings(config), timeZone: TIME_ZONE });
  const offers = createOffers(vendors, config.prices);
  const salt = await safetySalt(database);
  const parts = { ...ground, store, quota, offers };
  const jobs = createJobs({
    ...parts,
    vendors,
    vendorBook: createVendorBook(),
    safetySalt: salt,
    accounts: VENDOR_ACCOUNTS,
  });
  const housekeeping = createHousekeeping({
    ...ground,
    store,
    retentionDays: config.retentionDays,
  });
  return { ...parts, jobs, housekeeping };
}

/** What people meet: the Discord client, the router and the presenter. */
interface Face extends Work {
  commands: ReadonlyMap<string, Command>;
  client: Client;
  router: Router;
  presenter: StepLoop;
  logChannel: LogChannel;
}

function buildFace(config: Config, work: Work & { commands: ReadonlyMap<string, Command> }): Face {
  const { jobs, quota, database, clock, logger } = work;
  const client = createClient(config.discord.apiUrl, logger);
  const tokens = createInteractionTokens(database, clock);
  const messenger = createMessenger({
    apiUrl: config.discord.apiUrl,
    token: config.discord.token,
    applicationId: () => client.application?.id ?? '',
  });
  const presenter = createPresenter({
    ...work,
    messenger,
    tokens,
    fitter: createVideoFitter({ logger, clock, ffmpegPath: work.ffmpegPath }),
    transition: jobs.transition,
    placesInLine: jobs.placesInLine,
    uploadLimitBytes: (guildId) => uploadLimitBytes(client, guildId),
  });
  jobs.onChange(() => presenter.wake());
  const settings = createServerSettings(database, clock, logger);
  const logChannel = createLogChannel({ ...work, messenger, settings });
  jobs.onChange((job) => logChannel.jobChanged(job));
  const context = {
    ...work,
    tokens,
    forms: createOpenForms(database, clock),
    viewCredits: async (who: Omit<WhoAndWhen, 'nowMs'>) =>
      quota.view(database, { ...who, nowMs: clock.now() }),
    settings,
    confirmations: createConfirmations(database, clock),
    moderation: { ...work, settings, announce: logChannel.changed },
    drawSeed: () => randomInt(SEED_COUNT),
  };
  const router = createRouter({ ...work, context, guildAllowlist: config.guildAllowlist });
  client.on(Events.InteractionCreate, (interaction) => void router.handle(interaction));
  return { ...work, client, router, presenter, logChannel };
}

function appOf(config: Config, parts: Face & { closers: AsyncDisposableStack }): App {
  const { client, commands, jobs, presenter, housekeeping, logChannel } = parts;
  const { router, database, closers, logger } = parts;
  let stopping: Promise<void> | undefined;
  let isUp = false;
  const stop = async (): Promise<void> => {
    await router.stop();
    await Promise.all([jobs.stop(), presenter.stop(), housekeeping.stop()]);
    await logChannel.stop();
    await client.destroy();
    await closers.disposeAsync();
    if (isUp) logger.info('stopped');
  };
  const stopOnce = async (): Promise<void> => (stopping ??= stop());
  return {
    async start() {
      if (config.http.port !== undefined) {
        const isReady = async (): Promise<boolean> => client.isReady() && (await answers(database));
        const health = await startHealthServer({
          port: config.http.port,
          host: config.http.host,
          isReady,
        });
        closers.defer(async () => health.close());
        logger.info({ host: config.http.host, port: health.port }, 'health checks are served');
      }
      const connected = await login(client, config.discord);
      await registerCommands(connected, commands.values());
      for (const loop of [jobs, presenter, housekeeping, logChannel]) loop.start();
      isUp = true;
      logger.info(
        { vendors: [...config.vendors.keys()], servers: client.guilds.cache.size },
        'ready',
      );
    },
    stop: stopOnce,
    [Symbol.asyncDispose]: stopOnce,
  };
}

function wireModels(vendor: VendorName, config: Config): Partial<Record<ModelId, string>> {
  const offers = Object.values(offersOf(vendor, config.prices));
  return Object.fromEntries(offers.map(({ model, wireModel }) => [model, wireModel]));
}

function limitSettings({ credits }: Config): LimitSettings {
  return {
    defaultGuildCredits: credits.defaultGuild,
    defaultMemberCredits: credits.defaultMember,
    maxGuildCreditsPerMonth: credits.maxGuildPerMonth,
    guildCredits: credits.guilds,
    operatorCreditsPerMonth: credits.operatorPerMonth,
  };
}

async function answers(database: Database): Promise<boolean> {
  await sql`select 1`.execute(database);
  return true;
}
