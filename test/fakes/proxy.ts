/** A forward proxy on loopback that records what passed through it. */
import { createServer, request as forward, type IncomingMessage } from 'node:http';
import { connect, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';

import { CERTIFICATE } from './tls-certificate.ts';

export interface TestProxy extends AsyncDisposable {
  readonly url: string;
  /** `host:port` of every CONNECT, in order. */
  readonly tunnels: string[];
  /** Absolute URLs of requests that were not tunnelled, without their queries. */
  readonly forwarded: string[];
  /** `Proxy-Authorization` of each, as it came. */
  readonly credentials: (string | undefined)[];
}

/**
 * @param portOf the local port for a `host:port`: names need not exist, and only the
 *   proxy resolves them. Unknown ones are refused with `status`
 */
export async function startProxy(
  portOf: (target: string) => number | undefined,
  { status = 502 }: { status?: number } = {},
): Promise<TestProxy> {
  const tunnels: string[] = [];
  const forwarded: string[] = [];
  const credentials: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '');
    forwarded.push(url.origin + url.pathname);
    credentials.push(request.headers['proxy-authorization']);
    const port = portOf(`${url.hostname}:${url.port === '' ? '80' : url.port}`);
    if (port === undefined) return void response.writeHead(status).end();
    const { method, headers } = request;
    const path = url.pathname + url.search;
    const onward = forward({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    const target = request.url ?? '';
    tunnels.push(target);
    credentials.push(request.headers['proxy-authorization']);
    const port = portOf(target);
    if (port === undefined) return void socket.end(`HTTP/1.1 ${status} Refused\r\n\r\n`);
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      join(socket, onward);
    });
    onward.on('error', () => socket.destroy());
  });
  const { port, close } = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    tunnels,
    forwarded,
    credentials,
    [Symbol.asyncDispose]: close,
  };
}

export interface TlsFront extends AsyncDisposable {
  readonly port: number;
  /** The protocols negotiated by the clients, in order; they are offered HTTP/2 too. */
  readonly protocols: (string | false | null)[];
}

/** Puts TLS with the tests' certificate in front of a plain port. */
export async function startTlsFront(port: number): Promise<TlsFront> {
  const protocols: TlsFront['protocols'] = [];
  const options = { ...CERTIFICATE, ALPNProtocols: ['h2', 'http/1.1'] };
  const server = createTlsServer(options, (socket) => {
    protocols.push(socket.alpnProtocol);
    join(socket, connect(port, '127.0.0.1'));
  });
  const { port: own, close } = await listen(server);
  return { port: own, protocols, [Symbol.asyncDispose]: close };
}

function join(one: Duplex, other: Duplex): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
    from.pipe(to);
  }
}

async function listen(server: Server): Promise<{ port: number; close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
