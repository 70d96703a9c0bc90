/** The HTTP server: reads a request, finds its route, applies faults, responds, writes the journal. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import { MAX_BODY_BYTES } from './create/make-task.ts';
import { hasValidKey, type Account, type Dialect, type Route } from './dialect.ts';
import { ArkRefusal, type Refusal } from './errors.ts';
import type { Answer } from './exchange.ts';
import type { FaultList, VendorFault } from './faults.ts';
import { queryOf, withoutKey, withoutPayloads, type VendorRequest } from './journal.ts';
import { RESULT_PATH } from './results/result-routes.ts';
import { sendEndlessly, sendHalf, sendUnsizedHalf, sendWhole } from './send.ts';
import { vary } from './variants.ts';

export interface ServerParts {
  readonly faults: FaultList;
  readonly journal: VendorRequest[];
  readonly now: () => number;
  /** Links to videos that a response has named. */
  readonly shownLinks: Set<string>;
  /** Read lazily, because the account’s links need the port. */
  readonly account: () => Account;
}

export function createVendorServer(parts: ServerParts): Server {
  const server = createServer((request, response) => {
    serve(request, response, parts).catch(() => {
      // The client disconnected, or the sandbox has a bug: the latter shows as a cut connection.
      response.destroy();
    });
  });
  // A client’s pooled connection must survive unless a fault was injected.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

const KEEP_ALIVE_MS = 60_000;

async function serve(request: IncomingMessage, response: ServerResponse, parts: ServerParts) {
  const { method = 'GET', headers } = request;
  const url = new URL(request.url ?? '/', 'http://sandbox');
  const nowMs = parts.now();
  const account = parts.account();
  const found = findRoute(method, url.pathname, account.dialect);
  const fault = takeFault(found, parts.faults);
  const received = await readBody(request);
  const entry: { -readonly [Key in keyof VendorRequest]: VendorRequest[Key] } = {
    route: found?.route.route ?? 'unknown',
    method,
    path: url.pathname,
    query: queryOf(url.searchParams),
    status: undefined,
    at: nowMs,
    body: withoutPayloads(received.body),
    headers: withoutKey(headers),
    hasValidKey: hasValidKey({ headers }, account),
    fault: fault?.kind,
  };
  parts.journal.push(entry);
  if (fault?.kind === 'cut') response.destroy();
  if (isWithheld(fault)) return;
  if (fault?.kind === 'slow') await delay(fault.ms, undefined, { ref: false });
  const exchange = { url, headers, ...received, nowMs };
  const isAbsorbed = fault?.kind === 'proxy-answer' && fault.isForwarded === false;
  const plain = isAbsorbed ? ABSORBED : await answerTo(found, fault, { account, exchange });
  const answer = applyVariant(plain, found, parts);
  await deliver(response, answer, fault, (status) => {
    entry.status = status;
  });
}

function applyVariant(answer: Answer, found: Found | undefined, parts: ServerParts): Answer {
  const account = parts.account();
  const route = found?.route.route;
  if (account.variant === undefined || route === undefined || route === 'last-frame') return answer;
  const isFirstLink = (link: string): boolean => {
    const isFirst = !parts.shownLinks.has(link);
    parts.shownLinks.add(link);
    return isFirst;
  };
  return vary(answer, account.variant, { route, account, isFirstLink });
}

/** Replaces the vendor’s response to what a proxy did not forward. */
const ABSORBED: Answer = { status: 200, headers: {}, body: '{}' };

/** Whether the request ends here, with no work done. */
function isWithheld(fault: VendorFault | undefined): boolean {
  return fault?.kind === 'cut' || (fault?.kind === 'hang' && fault.when !== 'after');
}

function takeFault(found: Found | undefined, faults: FaultList): VendorFault | undefined {
  const route = found?.route.route;
  return route === undefined || route === 'last-frame' ? undefined : faults.take(route);
}

interface Found {
  readonly route: Route;
  readonly id: string;
}

function findRoute(method: string, path: string, dialect: Dialect): Found | undefined {
  const { routes, basePath, hasCreateFallThrough } = dialect;
  for (const route of routes) {
    const id = match(route, path, basePath);
    if (route.method === method && id !== undefined) return { route, id };
  }
  const create = routes.find(({ route }) => route === 'create');
  const isBelow = create !== undefined && path.startsWith(`${basePath}${create.path}/`);
  const fallsThrough = method === 'POST' && hasCreateFallThrough && isBelow;
  return fallsThrough ? { route: create, id: '' } : undefined;
}

function match({ path: pattern }: Route, path: string, basePath: string): string | undefined {
  const full = pattern.startsWith(RESULT_PATH) ? pattern : `${basePath}${pattern}`;
  const [head = '', tail] = full.split('{id}');
  if (tail === undefined) return path === head ? '' : undefined;
  if (!path.startsWith(head) || !path.endsWith(tail)) return undefined;
  const id = path.slice(head.length, path.length - tail.length);
  return id === '' || id.includes('/') ? undefined : id;
}

/** Reads an oversized body to its end too: a client that is cut off would not see the refusal. */
async function readBody(request: IncomingMessage): Promise<{ body: unknown; bodyBytes: number }> {
  const chunks: Buffer[] = [];
  let bodyBytes = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    bodyBytes += bytes.length;
    if (bodyBytes <= MAX_BODY_BYTES) chunks.push(bytes);
    else chunks.length = 0;
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return { body, bodyBytes };
  } catch {
    return { body: undefined, bodyBytes };
  }
}

interface Asked {
  readonly account: Account;
  readonly exchange: Omit<Parameters<Route['handle']>[0], 'id' | 'fault'>;
}

async function answerTo(found: Found | undefined, fault: VendorFault | undefined, asked: Asked) {
  if (fault?.kind === 'status') return refuse({ message: 'The request failed.', ...fault }, asked);
  if (found === undefined) {
    const message = 'The specified route is not found.';
    return refuse({ status: 404, code: 'NotFound', message }, asked);
  }
  try {
    const exchange = { ...asked.exchange, id: found.id, fault };
    return await found.route.handle(exchange, asked.account);
  } catch (error) {
    if (error instanceof ArkRefusal) return refuse(error.refusal, asked);
    throw error;
  }
}

function refuse(refusal: Refusal, { account, exchange }: Asked): Answer {
  const requestId = newRequestId();
  const context = { requestId, path: exchange.url.pathname };
  return {
    status: refusal.status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': requestId,
      ...refusal.headers,
    },
    body: JSON.stringify(account.dialect.refusalBody(refusal, context)),
  };
}

/** As seen: `02`, the time, then hexadecimal digits. */
function newRequestId(): string {
  return `02${Date.now()}${randomBytes(16).toString('hex')}`;
}

async function deliver(
  response: ServerResponse,
  answer: Answer,
  fault: VendorFault | undefined,
  record: (status: number) => void,
): Promise<void> {
  const headers = { 'x-request-id': newRequestId(), ...answer.headers };
  const body = Buffer.from(answer.body);
  if (fault?.kind === 'lost-answer') {
    response.destroy();
    return;
  }
  record(fault?.kind === 'proxy-answer' ? fault.status : answer.status);
  switch (fault?.kind) {
    case 'proxy-answer':
      sendWhole(response, { status: fault.status, headers: {}, body: fault.body });
      break;
    case 'hang':
      break;
    case 'malformed':
      sendWhole(response, { ...answer, headers, body: body.subarray(0, body.length / 2) });
      break;
    case 'oversized':
      await sendEndlessly(response, { ...answer, headers });
      break;
    case 'truncated-video':
      sendHalf(response, { ...answer, headers, body }, () => response.destroy());
      break;
    case 'unsized-half-video':
      sendUnsizedHalf(response, { ...answer, headers, body });
      break;
    case 'stalled-video':
      sendHalf(response, { ...answer, headers, body });
      break;
    default:
      sendWhole(response, { ...answer, headers, body });
  }
}
