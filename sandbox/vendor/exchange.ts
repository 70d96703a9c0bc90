/** One request and its response, as the routes see them. */
import type { IncomingHttpHeaders } from 'node:http';

import type { VendorFault } from './faults.ts';

export interface Exchange {
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; `undefined` when there was none or it was invalid. */
  readonly body: unknown;
  readonly bodyBytes: number;
  /** The path’s variable part: a task’s id. */
  readonly id: string;
  readonly nowMs: number;
  /** A fault that the route itself has to apply. */
  readonly fault: VendorFault | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export function jsonAnswer(value: unknown): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(value),
  };
}
