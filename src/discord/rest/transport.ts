/**
 * Sends the requests of discord.js with our own HTTP client. The library has another major version of
 * undici and uses the process-wide dispatcher by default. The module that loads first determines that
 * dispatcher, and a newer one rejects the library's forms, and so every upload.
 */
import { STATUS_CODES, type IncomingHttpHeaders } from 'node:http';

import type { RESTOptions } from 'discord.js';
import { FormData as Form, Headers, request, type Dispatcher } from 'undici';

import { createDispatcher, NO_PROXY } from '../../dispatcher.ts';

export type DiscordTransport = RESTOptions['makeRequest'];

/** @param dispatcher creates the connections; the caller closes it */
export function createDiscordTransport(
  dispatcher: Dispatcher = createDispatcher(NO_PROXY),
): DiscordTransport {
  return async (url, { method = 'GET', headers, body, signal }) => {
    const answer = await request(url, {
      dispatcher,
      method,
      headers: plainHeaders(headers),
      body: sendable(body),
      signal: signal ?? null,
    });
    const { statusCode: status } = answer;
    return {
      body: answer.body,
      get bodyUsed() {
        return answer.body.bodyUsed;
      },
      headers: receivedHeaders(answer.headers),
      ok: status >= 200 && status < 300,
      status,
      statusText: STATUS_CODES[status] ?? '',
      arrayBuffer: async () => answer.body.arrayBuffer(),
      json: async () => answer.body.json(),
      text: async () => answer.body.text(),
    };
  };
}

/** Converts headers, which discord.js passes as a record. */
function plainHeaders(headers: object | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]),
  );
}

function receivedHeaders(fields: IncomingHttpHeaders): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  return headers;
}

/** Converts a body: discord.js sends nothing, JSON as text, or a form with files. */
function sendable(body: unknown): string | Form | null {
  if (body === null || body === undefined) return null;
  if (typeof body === 'string') return body;
  if (!(body instanceof FormData)) {
    throw new TypeError('discord.js sent a body that is neither text nor a form');
  }
  const form = new Form();
  for (const [name, value] of body) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, value, value.name);
  }
  return form;
}
