/** Reads a request’s body and writes a response, over node:http. */
import type { IncomingMessage, ServerResponse } from 'node:http';

import busboy from 'busboy';
import type { z } from 'zod';

import { invalidForm, refusal } from './refusals.ts';

export interface UploadedFile {
  /** The number in the field's name `files[n]`, which `attachments[].id` refers to. */
  readonly index: string;
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Buffer;
  /** The type that a person’s client states for its file; a request over HTTP has none. */
  readonly claims?: { readonly contentType?: string; readonly url?: string } | undefined;
}

export interface RequestBody {
  /** The JSON body, or the JSON of a multipart request's `payload_json`; undefined when none came. */
  readonly json: unknown;
  readonly files: readonly UploadedFile[];
}

export interface ApiRequest extends RequestBody {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly url: URL;
}

export type ApiAnswer =
  | { readonly status: 204 }
  | { readonly status: 200 | 201; readonly json: unknown }
  | { readonly status: 200; readonly bytes: Buffer; readonly contentType: string };

export const NO_CONTENT: ApiAnswer = { status: 204 };

export function json(body: unknown, status: 200 | 201 = 200): ApiAnswer {
  return { status, json: body };
}

/** Throws refusal 50109 for a body that is not JSON. */
export async function readBody(request: IncomingMessage): Promise<RequestBody> {
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data')) return readMultipart(request);
  const text = Buffer.concat(await request.toArray()).toString('utf8');
  return { json: text === '' ? undefined : parseJson(text), files: [] };
}

/** discord.js sends files first and `payload_json` last; the order does not matter here. */
async function readMultipart(request: IncomingMessage): Promise<RequestBody> {
  const files: UploadedFile[] = [];
  let payload: string | undefined;
  const parser = busboy({ headers: request.headers, defParamCharset: 'utf8' });
  parser.on('field', (name, value) => {
    if (name === 'payload_json') payload = value;
  });
  parser.on('file', (field, stream, { filename, mimeType }) => {
    const chunks: Buffer[] = [];
    const name: string | undefined = filename;
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const index = /^files\[(\d+)\]$/.exec(field)?.[1] ?? '0';
      files.push({
        index,
        name: name ?? 'unknown',
        contentType: mimeType,
        bytes: Buffer.concat(chunks),
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    parser.once('close', resolve);
    parser.once('error', reject);
    request.once('error', reject);
    request.pipe(parser);
  });
  return { json: payload === undefined ? {} : parseJson(payload), files };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw refusal('invalid-json');
    throw error;
  }
}

/** Parses the body with the schema, or throws refusal 50035 that names each field. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw invalidForm(
    parsed.error.issues.map((issue) => ({
      path: issue.path.map((key) => (typeof key === 'symbol' ? key.toString() : key)),
      code: 'BASE_TYPE_BAD_TYPE',
      message: issue.message,
    })),
  );
}

/** Returns a path parameter. Throws when the route has no such parameter: a fault of the sandbox. */
export function param(request: ApiRequest, name: string): string {
  const value = request.params[name];
  if (value === undefined) throw new Error(`The route has no parameter ${name}`);
  return value;
}

export function writeAnswer(response: ServerResponse, answer: ApiAnswer): void {
  if ('bytes' in answer) {
    response.writeHead(answer.status, {
      'content-type': answer.contentType,
      'content-length': answer.bytes.byteLength,
    });
    response.end(answer.bytes);
    return;
  }
  if ('json' in answer) writeJson(response, answer.status, answer.json);
  else response.writeHead(answer.status).end();
}

export function writeJson(response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.byteLength,
  });
  response.end(bytes);
}
