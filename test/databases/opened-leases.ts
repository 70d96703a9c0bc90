/** Leases that a test opens and need not close. */
import { afterEach } from 'vitest';

import type { Leases } from '#src/storage/leases/leases.ts';

export interface OpenedLeases {
  /** Returns the same leases, closed at the end of the test. */
  closedAfter(leases: Leases): Leases;
  /** Closes them earlier, when something they depend on is removed before the end. */
  closeAll(): Promise<void>;
}

/** Call at the top of a file or of a `describe`. */
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
