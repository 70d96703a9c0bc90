/** Opens the resources that must be closed again: database, leases, files, connections. */
import type { Dispatcher } from 'undici';

import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { createDispatcher } from '../dispatcher.ts';
import type { IdMaker } from '../ids.ts';
import type { Logger } from '../logger.ts';
import { createSafeFetch, type SafeFetch } from '../media/download/safe-fetch.ts';
import { createFileStore, type FileStore } from '../media/files/file-store.ts';
import { createStoredFiles, type StoredFiles } from '../media/files/stored-files.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Database, openDatabase } from '../storage/database.ts';
import type { Leases } from '../storage/leases/leases.ts';
import { openLeases } from '../storage/leases/open-leases.ts';

/** Dependencies that callers of `createApp` may replace, with their defaults applied. */
export interface Base {
  clock: Clock;
  logger: Logger;
  ids: IdMaker;
  /** Undefined if metrics are not served. */
  metrics: Metrics | undefined;
  openDatabase: typeof openDatabase;
  ffmpegPath: string | undefined;
}

export interface Resources extends Base {
  database: Database;
  leases: Leases;
  files: FileStore;
  storedFiles: StoredFiles;
  safeFetch: SafeFetch;
  /** Connections to vendors and Discord. */
  connections: Dispatcher;
}

/**
 * @param closers receive a closer for each resource, in the order of opening
 * @throws ConfigError when the database or the data folder cannot be used
 */
export async function openResources(
  config: Config,
  base: Base,
  closers: AsyncDisposableStack,
): Promise<Resources> {
  const { clock, logger } = base;
  const files = await createFileStore(config.dataDir, clock, logger);
  const { database, kind, close } = await base.openDatabase(config.databaseUrl, logger);
  closers.defer(close);
  const { guildStorageBytes: guildBytes } = config;
  const storedFiles = createStoredFiles({ database, files, guildBytes, clock, logger });
  const leases = await openLeases(kind, config.databaseUrl, base);
  closers.defer(async () => leases.close());
  const trustedHosts = { attachments: config.discord.cdnHosts, videos: config.videoHosts };
  const { proxy } = config;
  const safeFetch = createSafeFetch({ trustedHosts, proxy, clock, logger });
  closers.defer(async () => safeFetch.close());
  const connections = createDispatcher(proxy);
  const proxies = [proxy.https, proxy.http].flatMap((url) => URL.parse(url ?? '')?.host ?? []);
  // Log hosts only: the URLs may contain passwords.
  if (proxies.length > 0) logger.info({ proxies }, 'connections go through a proxy');
  closers.defer(async () => connections.destroy());
  return { ...base, database, leases, files, storedFiles, safeFetch, connections };
}
