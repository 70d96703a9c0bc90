import { nanoid } from 'nanoid';

/**
 * Who does what, where several processes share a database: a lease is held by one holder at a time
 * and ends with its process, however that ends. It keeps work from being done twice at once; that
 * nothing is ever written twice is for the version in each update, not for this.
 */
import { SECOND, type Clock } from '../../clock.ts';

const ASK_AGAIN_MS = SECOND / 20;

/** Given back by disposing of it. */
export type Lease = AsyncDisposable;

export interface Leases {
  /** Of this process; made anew at each start. */
  readonly processId: string;
  /** @returns undefined while somebody holds it, in this process or another */
  take(name: string): Promise<Lease | undefined>;
  /** Lets go of everything. */
  close(): Promise<void>;
}

/** For as long as a process lives, so that others can tell whether it does. */
export function processLease(processId: string): string {
  return `process:${processId}`;
}

/** Waits for its turn. */
export async function hold(leases: Leases, name: string, clock: Clock): Promise<Lease> {
  for (;;) {
    const lease = await leases.take(name);
    if (lease !== undefined) return lease;
    await clock.sleep(ASK_AGAIN_MS);
  }
}

/** For a database that one process has to itself, such as a SQLite file: nobody else needs to know. */
export function soleProcessLeases(): Leases {
  const held = new Set<string>();
  return {
    processId: nanoid(),
    // oxlint-disable-next-line typescript/require-await -- the contract is asynchronous
    async take(name) {
      if (held.has(name)) return undefined;
      held.add(name);
      return {
        // oxlint-disable-next-line typescript/require-await -- the contract is asynchronous
        async [Symbol.asyncDispose]() {
          held.delete(name);
        },
      };
    },
    // oxlint-disable-next-line typescript/require-await -- the contract is asynchronous
    async close() {
      held.clear();
    },
  };
}
