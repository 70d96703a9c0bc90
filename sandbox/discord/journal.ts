/** What happened on the wire, in order, for tests and for people to read. */

export interface RequestEntry {
  readonly kind: 'request';
  readonly method: string;
  /** The route’s template, or the raw path when no route matched. */
  readonly route: string;
  readonly path: string;
  readonly startedAtMs: number;
  /** Undefined while the request is in progress, and permanently when the response was withheld. */
  endedAtMs?: number;
  status?: number;
  /** Discord’s error code of a refusal. */
  code?: number;
  /** The JSON body as received. */
  body?: unknown;
  files: readonly { readonly name: string; readonly sizeBytes: number }[];
  /** The kind of the injected fault that this request met. */
  fault?: string;
}

export interface GatewayEntry {
  readonly kind: 'gateway';
  /** `sent` to the bot or `received` from it; `opened` and `closed` sockets; `refused` handshakes. */
  readonly direction: 'sent' | 'received' | 'opened' | 'closed' | 'refused';
  /** The event’s name, or for example `op 1`. */
  readonly what: string;
  readonly atMs: number;
}

export type JournalEntry = RequestEntry | GatewayEntry;
