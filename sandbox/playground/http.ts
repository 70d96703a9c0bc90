/** The playground’s web server: on loopback, for a browser on this machine only. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WebRequest {
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}
export type WebRoute = (web: WebRequest) => Promise<void> | void;

export interface WebServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the routes, whose names are the method and the first part of the path: `GET /files`.
 *
 * @param port 0 for any that is free. @throws Error when the port is taken
 */
export async function serveWeb(
  routes: Readonly<Record<string, WebRoute>>,
  port: number,
): Promise<WebServer> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://playground');
    const route = routes[`${request.method ?? 'GET'} /${url.pathname.split('/')[1] ?? ''}`];
    if (!isFromThisMachine(request))
      return sendText(response, 403, 'Only available on this machine');
    if (route === undefined) return sendText(response, 404, 'Not found');
    void Promise.resolve()
      .then(() => route({ url, request, response }))
      .catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        if (!response.headersSent) sendJson(response, 500, { error: message });
        response.destroy();
      });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${portOf(server)}`, close: () => closeServer(server) };
}

/** Other web pages may neither act here nor, under their own name for this address, read here. */
function isFromThisMachine({ headers }: IncomingMessage): boolean {
  const host = headers.host ?? '';
  const isLocal = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host);
  return isLocal && (headers.origin === undefined || headers.origin === `http://${host}`);
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return address.port;
}

export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  contentType = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' });
  response.end(text);
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  sendText(response, status, JSON.stringify(body), 'application/json; charset=utf-8');
}

/** Sends a file, or the part that a player requests. */
export function sendBytes(
  { request, response }: WebRequest,
  bytes: Buffer,
  contentType: string,
): void {
  const headers = { 'content-type': contentType, 'accept-ranges': 'bytes' };
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  if (range === null) {
    response.writeHead(200, { ...headers, 'content-length': bytes.byteLength });
    response.end(bytes);
    return;
  }
  const start = Number(range[1]);
  const end = Math.min(Number(range[2] === '' ? Infinity : range[2]), bytes.byteLength - 1);
  const part = bytes.subarray(start, end + 1);
  response.writeHead(206, {
    ...headers,
    'content-length': part.byteLength,
    'content-range': `bytes ${start}-${end}/${bytes.byteLength}`,
  });
  response.end(part);
}

export async function readForm({ request }: WebRequest): Promise<FormData> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  return new Response(Buffer.concat(chunks), { headers }).formData();
}

/** The JSON part of a form. Throws when it is missing or invalid. */
export function readJson(form: FormData): unknown {
  const text = form.get('act');
  if (typeof text !== 'string') throw new Error('The request names no act');
  return JSON.parse(text);
}
