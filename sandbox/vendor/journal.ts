/** The requests to the vendor, for tests to read: without keys and without the bytes of pictures. */
import type { IncomingHttpHeaders } from 'node:http';

import type { RouteName, VendorFault } from './faults.ts';

export interface VendorRequest {
  readonly route: RouteName | 'last-frame' | 'unknown';
  readonly method: string;
  readonly path: string;
  /** The query, decoded; a repeated parameter has several values. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** `undefined` while the request is in progress, and permanently when its connection was cut or hung. */
  readonly status: number | undefined;
  /** Unix milliseconds of arrival. */
  readonly at: number;
  /** Parsed JSON, with `data:` payloads replaced by their length. */
  readonly body: unknown;
  /** Without the key. */
  readonly headers: IncomingHttpHeaders;
  readonly hasValidKey: boolean;
  /** The fault that it met. */
  readonly fault: VendorFault['kind'] | undefined;
}

const DATA_URI = /^(?<head>data:[^,]{0,100},)/u;

export function withoutPayloads(value: unknown): unknown {
  if (typeof value === 'string') {
    const head = DATA_URI.exec(value)?.groups?.['head'];
    return head === undefined ? value : `${head}<${value.length - head.length} characters>`;
  }
  if (Array.isArray(value)) return value.map(withoutPayloads);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, withoutPayloads(part)]),
  );
}

export function withoutKey(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isKey(name) ? '<key>' : value]),
  );
}

function isKey(name: string): boolean {
  return name === 'authorization' || name === 'ocp-apim-subscription-key';
}

export function queryOf(parameters: URLSearchParams): Record<string, readonly string[]> {
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)]),
  );
}
