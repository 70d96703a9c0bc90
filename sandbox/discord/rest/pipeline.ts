/**
 * The steps of each request: route, authorisation, fault, rate limit, schema, work, response,
 * journal. Refusals become responses here and nowhere else.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { SECOND } from '../../../src/clock.ts';
import type { Faults, RestFault } from '../faults.ts';
import type { JournalEntry, RequestEntry } from '../journal.ts';
import type { OpenApi, SchemaFault } from '../openapi.ts';
import { applyChanges } from '../payload-faults.ts';
import type { PayloadWatch } from '../payload-watch.ts';
import { GLOBAL_BUCKET, type RateLimits, type Taken } from '../rate-limits.ts';
import type { Store } from '../store.ts';
import { readBody, writeAnswer, writeJson, type ApiAnswer, type ApiRequest } from './http.ts';
import { invalidForm, isRecord, Refusal, refusal } from './refusals.ts';
import { findRoute, routeName, type Match, type Route } from './router.ts';

export interface Pipeline {
  readonly store: Store;
  readonly routes: readonly Route[];
  readonly limits: RateLimits;
  readonly faults: Faults;
  readonly watch: PayloadWatch;
  readonly journal: JournalEntry[];
  readonly unknownRoutes: string[];
  readonly openApi: OpenApi | undefined;
  readonly schemaFaults: SchemaFault[];
  readonly responseFaults: SchemaFault[];
  /** Aborts when the sandbox closes, so that nothing slow outlives it. */
  readonly closing: AbortSignal;
}

const API = /^\/api(\/v\d+)?(?=\/)/;
const API_VERSION = '/v10';
const CDN = /^\/(?:(?:ephemeral-)?attachments|external)\//;

export async function serve(
  pipeline: Pipeline,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const url = new URL(incoming.url ?? '/', 'http://sandbox');
  const path = url.pathname.replace(API, '');
  const method = incoming.method ?? 'GET';
  const match =
    API.test(url.pathname) || CDN.test(url.pathname)
      ? findRoute(pipeline.routes, method, path)
      : undefined;
  const entry: RequestEntry = {
    kind: 'request',
    method,
    route: match?.route.template ?? path,
    path,
    startedAtMs: pipeline.store.now(),
    files: [],
  };
  pipeline.journal.push(entry);
  const request = await read(incoming, { entry, match, url });
  const fault =
    match === undefined ? undefined : pipeline.faults.takeForRoute(routeName(match.route), entry);
  if (fault !== undefined) {
    entry.fault = fault.kind;
    if (await misbehavesBefore(pipeline, { fault, outgoing, entry })) return;
  }
  const done = work(pipeline, { incoming, match, request, entry });
  if (fault !== undefined && misbehavesAfter(fault, outgoing)) return;
  const outcome = changedOutcome(done, fault);
  for (const [name, value] of Object.entries(outcome.headers)) outgoing.setHeader(name, value);
  if ('refusal' in outcome) writeJson(outgoing, outcome.refusal.status, outcome.refusal.body);
  else writeAnswer(outgoing, outcome.answer);
}

interface Read {
  readonly entry: RequestEntry;
  readonly match: Match | undefined;
  readonly url: URL;
}

async function read(
  incoming: IncomingMessage,
  { entry, match, url }: Read,
): Promise<ApiRequest | Refusal> {
  try {
    const body = await readBody(incoming);
    entry.body = body.json;
    entry.files = body.files.map((file) => ({ name: file.name, sizeBytes: file.bytes.byteLength }));
    return { ...body, params: match?.params ?? {}, query: url.searchParams, url };
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

type Outcome = { readonly headers: Readonly<Record<string, string>> } & (
  | { readonly answer: ApiAnswer }
  | { readonly refusal: { readonly status: number; readonly body: unknown } }
);

interface Work {
  readonly incoming: IncomingMessage;
  readonly match: Match | undefined;
  readonly request: ApiRequest | Refusal;
  readonly entry: RequestEntry;
}

/** Does the work synchronously, so that what has begun is finished. */
function work(pipeline: Pipeline, { incoming, match, request, entry }: Work): Outcome {
  const headers: Record<string, string> = {};
  try {
    if (match === undefined) {
      pipeline.unknownRoutes.push(`${entry.method} ${entry.path}`);
      throw refusal('not-found');
    }
    checkVersion(incoming);
    authorize(pipeline.store, match.route, incoming);
    const exceeded = takeTokens(pipeline, match, headers);
    if (exceeded !== undefined) return { headers, refusal: note(entry, exceeded, pipeline) };
    if (request instanceof Refusal) throw request;
    checkSchema(pipeline, match.route, request);
    const answer = match.route.handle(request);
    checkAnswer(pipeline, match.route, answer);
    entry.status = answer.status;
    entry.endedAtMs = pipeline.store.now();
    return { headers, answer };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status, code, body, retryAfterMs } = error;
    const limited =
      retryAfterMs === undefined ? {} : tooMany({ retryAfterMs }, headers, 'user').body;
    return {
      headers,
      refusal: note(entry, { status, code, body: { ...limited, ...body } }, pipeline),
    };
  }
}

interface Refused {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly code?: number | undefined;
}

function note(entry: RequestEntry, refused: Refused, { store }: Pipeline): Refused {
  entry.status = refused.status;
  if (refused.code !== undefined) entry.code = refused.code;
  entry.endedAtMs = store.now();
  return refused;
}

/** Error 50041 for any version but the supported one. */
function checkVersion(incoming: IncomingMessage): void {
  const version = API.exec(incoming.url ?? '')?.[1];
  if (version !== undefined && version !== API_VERSION) throw refusal('invalid-version');
}

function authorize(store: Store, route: Route, incoming: IncomingMessage): void {
  if (route.auth === 'token') return;
  if (incoming.headers.authorization !== `Bot ${store.settings.token}`)
    throw refusal('unauthorized');
}

/** The response when a limit is exceeded; `headers` receives the bucket’s headers. */
function takeTokens(
  { limits }: Pipeline,
  { route, params }: Match,
  headers: Record<string, string>,
): Refused | undefined {
  const isGlobal = route.auth === 'bot';
  const global = isGlobal ? limits.take(GLOBAL_BUCKET, {}) : undefined;
  if (global?.isAllowed === false) return tooMany(global, headers, 'global');
  if (route.bucket === undefined) return undefined;
  const taken = limits.take(route.bucket, params);
  Object.assign(headers, taken.headers);
  return taken.isAllowed ? undefined : tooMany(taken, headers, 'user');
}

function tooMany(
  { retryAfterMs }: Pick<Taken, 'retryAfterMs'>,
  headers: Record<string, string>,
  scope: 'user' | 'global' | 'shared',
): Refused {
  const seconds = retryAfterMs / SECOND;
  Object.assign(headers, {
    'retry-after': String(Math.ceil(seconds)),
    'x-ratelimit-scope': scope,
    ...(scope === 'global' ? { 'x-ratelimit-global': 'true' } : {}),
  });
  return {
    status: 429,
    body: {
      message: 'You are being rate limited.',
      retry_after: seconds,
      global: scope === 'global',
    },
  };
}

function checkSchema(pipeline: Pipeline, route: Route, request: ApiRequest): void {
  const faults = pipeline.openApi?.requestFaults(route, request.json) ?? [];
  if (faults.length === 0) return;
  pipeline.schemaFaults.push({ route: routeName(route), faults });
  throw invalidForm(
    faults.map((message) => ({ path: [], code: 'OPENAPI_SCHEMA_MISMATCH', message })),
  );
}

/** Checks the sandbox against Discord’s own schema: a fault here is the sandbox’s, not the bot’s. */
function checkAnswer(pipeline: Pipeline, route: Route, answer: ApiAnswer): void {
  if (!('json' in answer)) return;
  if (isRecord(answer.json)) pipeline.watch.saw(routeName(route), answer.json);
  const faults = pipeline.openApi?.responseFaults(route, answer.json) ?? [];
  if (faults.length > 0) pipeline.responseFaults.push({ route: routeName(route), faults });
}

interface Misbehaviour {
  readonly fault: RestFault;
  readonly outgoing: ServerResponse;
  readonly entry: RequestEntry;
}

/** Whether the request is finished, so that the work must not be done. */
async function misbehavesBefore(
  pipeline: Pipeline,
  { fault, outgoing, entry }: Misbehaviour,
): Promise<boolean> {
  switch (fault.kind) {
    case 'status': {
      const code = fault.code ?? 0;
      const body = { message: fault.message ?? `${fault.status}: Injected`, code };
      note(entry, { status: fault.status, body, code }, pipeline);
      writeJson(outgoing, fault.status, body);
      return true;
    }
    case 'rate-limit': {
      const headers: Record<string, string> = {};
      const refused = note(entry, tooMany(fault, headers, fault.scope ?? 'user'), pipeline);
      for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
      writeJson(outgoing, refused.status, refused.body);
      return true;
    }
    case 'slow':
      await pipeline.store.settings.clock.sleep(fault.delayMs, pipeline.closing);
      return false;
    case 'hang':
      return fault.when === 'before';
    case 'cut':
      if (fault.when === 'before') cut(fault, outgoing);
      return fault.when === 'before';
    case 'late':
      outgoing.destroy();
      await Promise.race([fault.until, aborted(pipeline.closing)]);
      return pipeline.closing.aborted;
    case 'malformed':
    case 'changed-answer':
      return false;
  }
}

function changedOutcome(outcome: Outcome, fault: RestFault | undefined): Outcome {
  if (fault?.kind !== 'changed-answer' || !('answer' in outcome)) return outcome;
  const { answer } = outcome;
  if (!('json' in answer) || !isRecord(answer.json)) return outcome;
  return { ...outcome, answer: { ...answer, json: applyChanges(answer.json, fault) } };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

function cut({ how }: { how?: 'end' | 'reset' }, outgoing: ServerResponse): void {
  if (how === 'reset') outgoing.socket?.resetAndDestroy();
  else outgoing.destroy();
}

/** Whether the response to finished work is withheld or corrupted. */
function misbehavesAfter(fault: RestFault, outgoing: ServerResponse): boolean {
  switch (fault.kind) {
    case 'hang':
    case 'late':
      return true;
    case 'cut':
      cut(fault, outgoing);
      return true;
    case 'malformed':
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{"id": "1');
      return true;
    case 'status':
    case 'rate-limit':
    case 'slow':
    case 'changed-answer':
      return false;
  }
}
