/**
 * HTTP endpoints for supervisors and monitoring: `/healthz` (the process lives), `/readyz` (it can serve,
 * or why not), `/metrics` (Prometheus). Disabled unless `HTTP_PORT` is set.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ConfigError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Readiness } from './readiness.ts';

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Metrics in the Prometheus text format. */
export interface Scraped {
  readonly contentType: string;
  readonly body: string;
}

export interface HealthOptions {
  readonly port: number;
  readonly host: string;
  readonly readiness: Readiness;
  readonly scrape: () => Promise<Scraped>;
  readonly logger: Logger;
}

interface Answer extends Scraped {
  readonly status: number;
}

/** @throws ConfigError when the port cannot be used */
export async function startHealthServer(options: HealthOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    // Not awaited: `respond` handles every error.
    void respond(request, response, options);
  });
  await listen(server, options);
  return {
    port: portOf(server.address()),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function respond(
  { url = '' }: IncomingMessage,
  response: ServerResponse,
  options: HealthOptions,
): Promise<void> {
  const [path = ''] = url.split('?');
  const { status, contentType, body } = await answerTo(path, options);
  response.writeHead(status, { 'content-type': contentType }).end(body);
}

async function answerTo(path: string, { readiness, scrape, logger }: HealthOptions) {
  switch (path) {
    case '/healthz':
      return inWords(200, 'alive');
    case '/readyz': {
      const faults = await readiness();
      return faults.length === 0 ? inWords(200, 'ready') : inWords(503, faults.join('\n'));
    }
    case '/metrics':
      try {
        return { status: 200, ...(await scrape()) };
      } catch (error) {
        logger.error({ err: error }, 'metrics not readable');
        return inWords(500, 'metrics not readable; see the log');
      }
    default:
      return inWords(404, 'not found');
  }
}

function inWords(status: number, text: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${text}\n` };
}

async function listen(server: Server, { port, host }: HealthOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new ConfigError([
          `HTTP_PORT, HTTP_HOST: cannot listen on ${host}:${port} (${error.message}). Choose a free port, or leave HTTP_PORT empty.`,
        ]),
      );
    });
    server.listen(port, host, resolve);
  });
}

function portOf(address: AddressInfo | string | null): number {
  return address === null || typeof address === 'string' ? 0 : address.port;
}
