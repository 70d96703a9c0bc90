/**
 * The composition root: builds and connects all parts, with the help of `app/`. Plain constructors and
 * functions; replaceable dependencies are parameters.
 */
import { fileURLToPath } from 'node:url';

import { createDiscordParts, type DiscordParts } from './app/discord.ts';
import { serveHealth } from './app/health.ts';
import { openResources, type Base } from './app/resources.ts';
import { createWork, type Work } from './app/work.ts';
import { offersOf, validOffers } from './catalogue/prices/prices.ts';
import { systemClock, type Clock } from './clock.ts';
import type { Config } from './config.ts';
import { login } from './discord/client.ts';
import { loadCommands } from './discord/command-loader.ts';
import { createGatewayWatch } from './discord/gateway-watch.ts';
import { createIdMaker, type IdMaker } from './ids.ts';
import { createLogger, type Logger } from './logger.ts';
import { createMetrics } from './metrics/metrics.ts';
import { openDatabase } from './storage/database.ts';

const COMMANDS_FOLDER = fileURLToPath(new URL('../commands', import.meta.url));

export interface AppOverrides {
  clock?: Clock;
  logger?: Logger;
  ids?: IdMaker;
  /** Opens the database of `DATABASE_URL`. */
  openDatabase?: typeof openDatabase | undefined;
  /** Path of ffmpeg, if it is not in the usual program folders. */
  ffmpegPath?: string | undefined;
}

export interface App extends AsyncDisposable {
  /** Connects, registers the commands and resumes all open jobs. @throws ConfigError */
  start(): Promise<void>;
  /** Accepts nothing new and finishes the current steps; the next start resumes the rest. */
  stop(): Promise<void>;
  /** Resolves after a failure that requires a restart. The failure is already logged. */
  readonly failed: Promise<Error>;
}

/** @throws ConfigError when the database, the data folder or a command file cannot be used */
export async function createApp(config: Config, overrides: AppOverrides = {}): Promise<App> {
  const clock = overrides.clock ?? systemClock;
  const base: Base = {
    clock,
    logger: overrides.logger ?? createLogger(config.logLevel),
    ids: overrides.ids ?? createIdMaker(),
    metrics: config.http.port === undefined ? undefined : createMetrics(clock),
    openDatabase: overrides.openDatabase ?? openDatabase,
    ffmpegPath: overrides.ffmpegPath,
  };
  const closers = new AsyncDisposableStack();
  try {
    const commands = await loadCommands(COMMANDS_FOLDER);
    const resources = await openResources(config, base, closers);
    const work = await createWork(config, resources);
    const discord = createDiscordParts(config, { ...work, commands, closers });
    return appOf(config, { ...work, ...discord, closers });
  } catch (error) {
    await closers.disposeAsync();
    throw error;
  }
}

interface Parts extends Work, DiscordParts {
  closers: AsyncDisposableStack;
}

function appOf(config: Config, parts: Parts): App {
  const { client, registration, jobs, presenting, abandoned, guildRemovals } = parts;
  const { housekeeping, withdrawalReader } = parts;
  const { router, logChannel, closers, clock, logger } = parts;
  const { promise: failed, resolve: fail } = Promise.withResolvers<Error>();
  const gatewayWatch = createGatewayWatch({ ...parts, onLost: fail });
  let stopping: Promise<void> | undefined;
  let isUp = false;
  const stop = async (): Promise<void> => {
    const takers = [
      jobs,
      gatewayWatch,
      guildRemovals,
      registration,
      abandoned,
      housekeeping,
      withdrawalReader,
    ];
    await Promise.all([
      ...takers.map(async (taker) => taker.stop()),
      // The presenting loops run until the last command has finished.
      router.stop().then(async () => Promise.all(presenting.map(async (loop) => loop.stop()))),
    ]);
    await logChannel.stop();
    await client.destroy();
    await closers.disposeAsync();
    if (isUp) logger.info('stopped');
  };
  const stopOnce = async (): Promise<void> => (stopping ??= stop());
  return {
    async start() {
      await serveHealth(config, { ...parts, isGatewayAlive: () => gatewayWatch.isAlive() });
      gatewayWatch.start();
      await login(client, config.discord);
      await guildRemovals.start();
      const loops = [jobs, ...presenting, abandoned, housekeeping, withdrawalReader, logChannel];
      for (const loop of loops) loop.start();
      await registration.start();
      isUp = true;
      warnIfOpen(config, logger);
      const vendors = [...config.vendors.keys()].map((name) => [
        name,
        Object.keys(validOffers(offersOf(name, config.prices), clock.now())),
      ]);
      logger.info(
        { vendors: Object.fromEntries(vendors), servers: client.guilds.cache.size },
        'ready',
      );
    },
    stop: stopOnce,
    failed,
    [Symbol.asyncDispose]: stopOnce,
  };
}

/** Warns about the default without an allow-list: anyone who invites the bot can cause costs. */
function warnIfOpen({ guildAllowlist, credits }: Config, logger: Logger): void {
  if (guildAllowlist === 'everyone' || guildAllowlist.length > 0) return;
  logger.warn(
    {
      mostCreditsPerServerAndMonth: credits.maxGuildPerMonth,
      mostCreditsTogetherPerMonth: credits.operatorPerMonth,
    },
    'every server that invites this bot can spend your money: set GUILD_ALLOWLIST to the ids of your servers, or to * to accept all',
  );
}
