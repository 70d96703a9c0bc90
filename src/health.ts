/** A small HTTP answer for supervisors: alive or not. Off unless `HTTP_PORT` is set. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ConfigError } from './errors.ts';

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface HealthOptions {
  port: number;
  host: string;
  /** Whether the bot is connected to Discord and its database answers. */
  isReady: () => Promise<boolean>;
}

/** @throws ConfigError when the port cannot be used */
export async function startHealthServer({
  port,
  host,
  isReady,
}: HealthOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const answer = (status: number, text: string): void => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
    };
    if (request.url === '/healthz') answer(200, 'alive');
    else if (request.url === '/readyz') {
      isReady().then(
        (ready) => answer(ready ? 200 : 503, ready ? 'ready' : 'not ready'),
        () => answer(503, 'not ready'),
      );
    } else answer(404, 'not found');
  });
  await listen(server, port, host);
  return {
    port: portOf(server.address()),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server, port: number, host: string): Promise<void> {
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
