/** Checks whether the bot can answer commands and make videos. */
import { sql } from 'kysely';

import { SECOND, type Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Database } from '../storage/database.ts';
import type { VendorHealth } from '../vendors/health/breaker.ts';
import type { Withdrawals } from '../vendors/health/withdrawals.ts';
import { cacheFor } from './cache-for.ts';

/** Less than half of a supervisor's usual timeout of 5 s or more. */
const DATABASE_WITHIN_MS = 2 * SECOND;
const DATABASE_ANSWER_KEPT_MS = SECOND;

/** Gives access to the current state of the checked parts. */
export interface Parts {
  readonly isGatewayAlive: () => boolean;
  readonly database: Database;
  readonly vendorStates: () => ReadonlyMap<string, Pick<VendorHealth, 'state'>>;
  readonly withdrawals: Pick<Withdrawals, 'list'>;
}

/** @returns a sentence for each problem; empty when the bot is ready. Never throws. */
export type Readiness = () => Promise<readonly string[]>;

export function createReadiness({
  isGatewayAlive,
  database,
  vendorStates,
  clock,
  logger,
}: Omit<Parts, 'withdrawals'> & {
  readonly clock: Clock;
  readonly logger: Logger;
}): Readiness {
  const askDatabase = cacheFor({
    ask: async () => sql`select 1`.execute(database),
    keepMs: DATABASE_ANSWER_KEPT_MS,
    withinMs: DATABASE_WITHIN_MS,
    clock,
  });

  let wasWell = true;
  async function isDatabaseWell(): Promise<boolean> {
    try {
      await askDatabase();
      wasWell = true;
    } catch (error) {
      // Once per outage: otherwise anyone with access to the port could fill the log.
      if (wasWell) logger.warn({ err: error }, 'database does not answer');
      wasWell = false;
    }
    return wasWell;
  }

  return async () => {
    const states = vendorStates();
    const isVendorUp = [...states.values()].some(({ state }) => state !== 'resting');
    return [
      ...(isGatewayAlive()
        ? []
        : ['Discord: not connected, or nothing received for a minute. Commands do not arrive.']),
      ...((await isDatabaseWell())
        ? []
        : [`Database: no answer within ${DATABASE_WITHIN_MS / SECOND} s. Nothing can be ordered.`]),
      ...(isVendorUp
        ? []
        : [`Vendors: none takes work at present (${[...states.keys()].join(', ')}). Jobs wait.`]),
    ];
  };
}
