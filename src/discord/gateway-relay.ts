/**
 * Relays the gateway connection through the operator's proxy. discord.js opens it with `ws`, which takes
 * no proxy, so it gets a loopback address in this process; the relay forwards the connection to Discord
 * through our own HTTP client. The address contains a secret, because other users of the machine could
 * connect to it.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { nanoid } from 'nanoid';
import { upgrade, type Dispatcher } from 'undici';

import { SECOND } from '../clock.ts';
import type { Logger } from '../logger.ts';

const HOST = '127.0.0.1';
/** Shorter than discord.js's handshake timeout. */
const HANDSHAKE_MS = 20 * SECOND;
/** Headers that apply to a single connection only; the forwarded one sets its own. */
const HOP_HEADERS: ReadonlySet<string> = new Set(['host', 'connection', 'upgrade']);

export interface GatewayRelay {
  /** Returns the loopback address for one of Discord's wss URLs; returns other URLs unchanged. */
  addressOf(url: string): Promise<string>;
  close(): Promise<void>;
}

/** @param connections connects to Discord; the caller closes it */
export function createGatewayRelay(connections: Dispatcher, logger: Logger): GatewayRelay {
  const secret = nanoid();
  const open = new Set<Duplex>();
  const server = createServer((_request, response) => response.writeHead(404).end());
  let listening: Promise<string> | undefined;

  const onUpgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    open.add(socket);
    const gone = new AbortController();
    socket.on('error', () => undefined);
    socket.on('close', () => {
      open.delete(socket);
      gone.abort();
    });
    const target = targetOf(request.url ?? '', secret);
    if (target === undefined) return void socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
    try {
      const answer = await upgrade(target, {
        dispatcher: connections,
        protocol: 'websocket',
        headers: endToEndHeaders(request.headers),
        signal: AbortSignal.any([gone.signal, AbortSignal.timeout(HANDSHAKE_MS)]),
      });
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines(answer.headers)}\r\n`);
      join(socket, answer.socket, head);
    } catch (error) {
      if (gone.signal.aborted) return;
      logger.warn(
        { err: error, host: target.host },
        'Discord gateway not reachable through the proxy',
      );
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    }
  };
  // `onUpgrade` handles its own failures.
  server.on('upgrade', (request, socket, head) => void onUpgrade(request, socket, head));

  const listen = async (): Promise<string> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen(0, HOST, resolve);
    await promise;
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return `ws://${HOST}:${port}/${secret}/`;
  };

  return {
    async addressOf(url) {
      listening ??= listen();
      const base = await listening;
      return url.startsWith('wss:') ? `${base}${Buffer.from(url).toString('base64url')}` : url;
    },
    async close() {
      for (const socket of open) socket.destroy();
      if (listening === undefined) return;
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function targetOf(path: string, secret: string): URL | undefined {
  const asked = URL.parse(path, `http://${HOST}`);
  const [, given, address = ''] = asked?.pathname.split('/') ?? [];
  if (asked === null || given !== secret) return undefined;
  const target = URL.parse(Buffer.from(address, 'base64url').toString());
  if (target === null || target.protocol !== 'wss:') return undefined;
  target.protocol = 'https:';
  target.search = asked.search;
  return target;
}

function endToEndHeaders(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      HOP_HEADERS.has(name) || typeof value !== 'string' ? [] : [[name, value]],
    ),
  );
}

function lines(headers: IncomingMessage['headers']): string {
  return Object.entries(headers)
    .flatMap(([name, value]) => [value ?? []].flat().map((one) => `${name}: ${one}\r\n`))
    .join('');
}

function join(here: Duplex, there: Duplex, head: Buffer): void {
  there.on('error', () => here.destroy());
  there.on('close', () => here.destroy());
  here.on('close', () => there.destroy());
  if (head.length > 0) there.write(head);
  here.pipe(there);
  there.pipe(here);
}
