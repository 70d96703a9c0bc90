/** What happened on the wire, in order: for tests to look at, and for people to read. */

export interface RequestEntry {
  readonly kind: 'request';
  readonly method: string;
  /** The route's template, or the raw path when no route matched. */
  readonly route: string;
  readonly path: string;
  readonly startedAtMs: number;
  /** Undefined while it is being worked on, and for ever when the answer was withheld. */
  endedAtMs?: number;
  status?: number;
  /** Discord's error code, when it refused. */
  code?: number;
  /** The JSON body as it came. */
  body?: unknown;
  files: readonly { readonly name: string; readonly sizeBytes: number }[];
  /** The kind of the injected fault this request met. */
  fault?: string;
}

export interface GatewayEntry {
  readonly kind: 'gateway';
  /** `sent` to the bot or `received` from it; `opened` and `closed` sockets; `refused` handshakes. */
  readonly direction: 'sent' | 'received' | 'opened' | 'closed' | 'refused';
  /** The event's name, or `op 1` and the like. */
  readonly what: string;
  readonly atMs: number;
}

export type JournalEntry = RequestEntry | GatewayEntry;
