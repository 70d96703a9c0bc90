/**
 * Leases divide work between processes that share a database. A lease has one holder at a time and ends
 * with its process, even after a crash. Leases only avoid duplicate work; the version in each update
 * prevents duplicate writes.
 */
import { nanoid } from 'nanoid';

/** Released by disposing of it, which never throws. */
export interface Lease extends AsyncDisposable {
  /** False once it was released or another process has taken it; see `Leases.take`. */
  readonly isHeld: boolean;
}

export interface Leases {
  /** The id of this process, new at each start. */
  readonly processId: string;
  /**
   * Takes a lease if it is free. It can be lost later: after a lost database connection a process takes
   * its leases again, and by then another process may hold one of them.
   *
   * @returns undefined while the lease is held, in this process or another, or while that is unknown
   * @throws Error after `close`
   */
  take(name: string): Promise<Lease | undefined>;
  /** Releases all leases. */
  close(): Promise<void>;
}

/** Returns the name of the lease that a process holds while it lives, so that others can check on it. */
export function processLease(processId: string): string {
  return `process:${processId}`;
}

/** Creates in-memory leases, for a database that only one process uses, such as a SQLite file. */
export function soleProcessLeases(): Leases {
  const processId = nanoid();
  const held = new Map<string, symbol>([[processLease(processId), Symbol('process')]]);
  let isClosed = false;
  return {
    processId,
    // oxlint-disable-next-line typescript/require-await -- the contract is asynchronous
    async take(name) {
      if (isClosed) throw new Error(`The leases are closed: ${name} cannot be taken`);
      if (held.has(name)) return undefined;
      const holder = Symbol(name);
      held.set(name, holder);
      return {
        get isHeld() {
          return held.get(name) === holder;
        },
        // oxlint-disable-next-line typescript/require-await -- the contract is asynchronous
        async [Symbol.asyncDispose]() {
          if (held.get(name) === holder) held.delete(name);
        },
      };
    },
    // oxlint-disable-next-line typescript/require-await -- the contract is asynchronous
    async close() {
      isClosed = true;
      held.clear();
    },
  };
}
