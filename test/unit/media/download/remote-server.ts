/** A web server on loopback that each test scripts, and the client that fetches from it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { LookupFunction } from 'node:net';

import { systemClock, type Clock } from '#src/clock.ts';
import { createLogger } from '#src/logger.ts';
import { createSafeFetch, type SafeFetch } from '#src/media/download/safe-fetch.ts';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface OutsideServer extends AsyncDisposable {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  readonly requests: IncomingMessage[];
  url(path: string): string;
}

export async function startServer(answer: Answer): Promise<OutsideServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.on('error', () => undefined);
    answer(request, response);
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const host = `127.0.0.1:${port}`;
  return {
    host,
    requests,
    url: (path) => `http://${host}${path}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Sends one request and reads all of its body. */
export async function fetchBytes(
  { safeFetch }: Pick<SafeFetch, 'safeFetch'>,
  ...[url, request]: Parameters<SafeFetch['safeFetch']>
): Promise<Uint8Array> {
  const { body } = await safeFetch(url, request);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export interface FetchSettings {
  attachments?: string[];
  videos?: string[];
  lookup?: LookupFunction;
  clock?: Clock;
  idleTimeoutMs?: number;
}

/** Retries without a delay. */
export function createFetcher({
  attachments = [],
  videos = [],
  clock = systemClock,
  ...rest
}: FetchSettings): SafeFetch & AsyncDisposable {
  const outside = createSafeFetch({
    trustedHosts: { attachments, videos },
    clock,
    logger: createLogger('silent'),
    retry: { tries: 4, firstMs: 0, maxMs: 0 },
    ...rest,
  });
  return { ...outside, [Symbol.asyncDispose]: outside.close };
}

/** A clock whose sleeps of `ms` or longer end when the test says so; shorter ones end at once. */
export function clockThatWaitsFor(ms: number): Clock & { expire(): void; sleeping(): number } {
  const asleep = new Set<() => void>();
  let nowMs = 0;
  return {
    now: () => nowMs,
    async sleep(sleepMs, signal) {
      if (sleepMs < ms) return;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          asleep.delete(wake);
          resolve();
        };
        asleep.add(wake);
        signal?.addEventListener('abort', wake);
      });
    },
    expire() {
      nowMs += ms;
      for (const wake of asleep) wake();
    },
    sleeping: () => asleep.size,
  };
}
