/** Runs the turns of a loop in one process at a time. */
import { MINUTE } from '../../clock.ts';
import type { LoopOptions } from '../../loop.ts';
import type { Leases } from './leases.ts';

/** How soon to try again, in case the process with the lease does not finish its turn. */
const ELSEWHERE_MS = MINUTE;

/** @param name the lease that each turn holds */
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
