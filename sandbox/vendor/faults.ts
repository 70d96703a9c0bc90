/** Injected faults: each waits for its route, happens `times` times, and is gone. */

export type RouteName = 'create' | 'retrieve' | 'list' | 'cancel' | 'video';

export type FaultKind =
  | { readonly kind: 'status'; status: number; code: string; message?: string; headers?: Headers }
  /** Responds normally, `ms` late. */
  | { readonly kind: 'slow'; ms: number }
  /** Never responds; the work is done only with `after`. */
  | { readonly kind: 'hang'; when?: 'before' | 'after' }
  /** Cuts the connection before doing anything. */
  | { readonly kind: 'cut' }
  /** Does the work, then cuts the connection. */
  | { readonly kind: 'lost-answer' }
  /** Does the work unless it is not forwarded; a proxy in front of the vendor sends this response instead. */
  | { readonly kind: 'proxy-answer'; status: number; body: string; isForwarded?: boolean }
  /** Does the work, then responds 200 with half a JSON document. */
  | { readonly kind: 'malformed' }
  /** Does the work, then sends an endless response: 256 MB, or until the reader disconnects. */
  | { readonly kind: 'oversized' }
  /** States the full length and cuts the connection half-way. Only on `video`. */
  | { readonly kind: 'truncated-video' }
  /** States no length and ends half-way as if complete, like a proxy that was cut. Only on `video`. */
  | { readonly kind: 'unsized-half-video' }
  /** States the full length, sends half of it, and then nothing more. Only on `video`. */
  | { readonly kind: 'stalled-video' }
  /** The task ends failed, with HTTP 200: at its end when injected on `create`, otherwise at once. */
  | { readonly kind: 'fail-task'; code: string; message?: string }
  /** The response has an unknown status: every response about a task when injected on `create`. */
  | { readonly kind: 'unknown-status'; word: string }
  /** The task is billed for so many tokens, whatever it used. Only on `create`. */
  | { readonly kind: 'bill-tokens'; tokens: number }
  /** Each response about the finished task has no file. Only on `create`. */
  | { readonly kind: 'without-file' }
  /** The task expires: at its end when injected on `create`, otherwise at once. */
  | { readonly kind: 'expire-task' }
  /** The vendor itself cancels the task: at its end when injected on `create`, otherwise at once. */
  | { readonly kind: 'cancel-task' }
  /** The task is unknown (404) from then on; the create call itself still returns its id. */
  | { readonly kind: 'forget-task' };

type Headers = Readonly<Record<string, string>>;

export type VendorFault = { readonly on: RouteName; readonly times?: number } & FaultKind;

const VIDEO_FAULTS: ReadonlySet<FaultKind['kind']> = new Set([
  'truncated-video',
  'unsized-half-video',
  'stalled-video',
]);

export class FaultList {
  readonly #waiting: { fault: VendorFault; left: number }[] = [];

  /** @returns removes the fault where it has not happened yet */
  add(fault: VendorFault): () => void {
    if (VIDEO_FAULTS.has(fault.kind) && fault.on !== 'video') {
      throw new TypeError(`The fault ${fault.kind} happens on the route video only`);
    }
    if (fault.kind === 'without-file' && fault.on !== 'create') {
      throw new TypeError('The fault without-file happens on the route create only');
    }
    const entry = { fault, left: fault.times ?? 1 };
    this.#waiting.push(entry);
    return () => {
      const index = this.#waiting.indexOf(entry);
      if (index >= 0) this.#waiting.splice(index, 1);
    };
  }

  /** Uses up one of the oldest fault injected for the route. */
  take(route: RouteName): VendorFault | undefined {
    const index = this.#waiting.findIndex(({ fault }) => fault.on === route);
    const found = this.#waiting[index];
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#waiting.splice(index, 1);
    return found.fault;
  }

  /** Injected faults that have not happened, with the remaining times. */
  pending(): readonly VendorFault[] {
    return this.#waiting.map(({ fault, left }) => ({ ...fault, times: left }));
  }
}
