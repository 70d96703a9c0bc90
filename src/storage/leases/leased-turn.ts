/** Turns of a loop that one process at a time is enough for. */
import { MINUTE } from '../../clock.ts';
import type { LoopOptions } from '../../loop.ts';
import type { Leases } from './leases.ts';

/** How soon to ask again, in case that the one that was at it did not come to its end. */
const ELSEWHERE_MS = MINUTE;

/** @param name of the lease that each turn holds */
export function leasedTurn(
  leases: Leases,
  name: string,
  turn: LoopOptions['tick'],
): LoopOptions['tick'] {
  return async (signal) => {
    await using lease = await leases.take(name);
    return lease === undefined ? ELSEWHERE_MS : await turn(signal);
  };
}
