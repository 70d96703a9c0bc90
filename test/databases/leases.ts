/** Leases of several processes in one memory, as for a shared database. */
import { processLease, type Leases } from '#src/storage/leases/leases.ts';

export interface SharedLeases {
  /** Returns the leases of one more process. Closing them also stands for its death. */
  ofProcess(): Leases;
}

export function createSharedLeases(): SharedLeases {
  const holders = new Map<string, { readonly processId: string }>();
  let processes = 0;
  return {
    ofProcess() {
      processes += 1;
      const processId = `process${processes}`;
      let isClosed = false;
      const take: Leases['take'] = async (name) => {
        if (isClosed) throw new Error('The leases are closed');
        if (holders.has(name)) return undefined;
        const holder = { processId };
        holders.set(name, holder);
        return {
          get isHeld() {
            return holders.get(name) === holder;
          },
          async [Symbol.asyncDispose]() {
            if (holders.get(name) === holder) holders.delete(name);
          },
        };
      };
      holders.set(processLease(processId), { processId });
      return {
        processId,
        take,
        async close() {
          isClosed = true;
          for (const [name, holder] of holders) {
            if (holder.processId === processId) holders.delete(name);
          }
        },
      };
    },
  };
}
