/**
 * Who does what, where several processes share a database: a lease is held by one holder at a time
 * and ends with its process, however that ends. It keeps work from being done twice at once; that
 * nothing is ever written twice is for the version in each update, not for this.
 */
import { nanoid } from 'nanoid';

/** Given back by disposing of it, which never throws. */
export interface Lease extends AsyncDisposable {
  /** False once it was given back, or once another process has it: see `Leases.take`. */
  readonly isHeld: boolean;
}

export interface Leases {
  /** Of this process; made anew at each start. */
  readonly processId: string;
  /**
   * A lease that was given can still be lost: a process that is cut off from the database for a
   * moment takes its leases again, and one of them may be another's by then.
   *
   * @returns undefined while somebody holds it, in this process or another, or while nobody can tell
   * @throws Error once this is closed
   */
  take(name: string): Promise<Lease | undefined>;
  /** Lets go of everything. */
  close(): Promise<void>;
}

/** For as long as a process lives, so that others can tell whether it does. */
export function processLease(processId: string): string {
  return `process:${processId}`;
}

/** For a database that one process has to itself, such as a SQLite file: nobody else needs to know. */
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
