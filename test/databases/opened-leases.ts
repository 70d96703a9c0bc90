/** Leases that a test opens and need not close. */
import { afterEach } from 'vitest';

import type { Leases } from '#src/storage/leases/leases.ts';

export interface OpenedLeases {
  /** The same leases, closed when the test is over. */
  closedAfter(leases: Leases): Leases;
  /** Closes them before that, for what may not be taken away while they are open. */
  closeAll(): Promise<void>;
}

/** To be called at the top of a file, or of a `describe`. */
export function useLeases(): OpenedLeases {
  const opened: Leases[] = [];
  const closeAll = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map(async (leases) => leases.close()));
  };
  afterEach(closeAll);
  return {
    closedAfter(leases) {
      opened.push(leases);
      return leases;
    },
    closeAll,
  };
}
