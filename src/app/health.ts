/** Serves health checks and metrics over HTTP, if the operator has set a port. */
import type { Config } from '../config.ts';
import { startHealthServer } from '../health/health.ts';
import { createReadiness } from '../health/readiness.ts';
import type { Work } from './work.ts';

interface Served extends Work {
  closers: AsyncDisposableStack;
  isGatewayAlive: () => boolean;
}

/** Does nothing without `HTTP_PORT`. @throws ConfigError when the port cannot be used */
export async function serveHealth({ http }: Config, served: Served): Promise<void> {
  const { metrics, closers, logger } = served;
  const { port, host } = http;
  if (port === undefined || metrics === undefined) return;
  metrics.watchParts(served);
  const health = await startHealthServer({
    port,
    host,
    readiness: createReadiness(served),
    scrape: metrics.scrape,
    logger,
  });
  closers.defer(async () => health.close());
  logger.info({ host, port: health.port }, 'health server listening');
}
