/** What has to be well for commands to be answered and videos to be made. */
import { sql } from 'kysely';

import { SECOND, type Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Database } from '../storage/database.ts';
import type { VendorHealth } from '../vendors/health/breaker.ts';
import type { Withdrawals } from '../vendors/health/withdrawals.ts';
import { cacheFor } from './cache-for.ts';

/** Of a supervisor's patience, commonly 5 s or more, less than half. */
const DATABASE_WITHIN_MS = 2 * SECOND;
const DATABASE_ANSWER_KEPT_MS = SECOND;

/** The parts that are asked, as they are at the moment. */
export interface Parts {
  readonly isGatewayAlive: () => boolean;
  readonly database: Database;
  readonly vendorStates: () => ReadonlyMap<string, Pick<VendorHealth, 'state'>>;
  readonly withdrawals: Pick<Withdrawals, 'list'>;
}

/** @returns a sentence for each thing that is not well; none when the bot is ready. Never throws. */
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
      // Once: whoever reaches the port could fill the log otherwise.
      if (wasWell) logger.warn({ err: error }, 'the database does not answer');
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
        : ['Discord: not connected, or not heard for a minute. Commands do not arrive.']),
      ...((await isDatabaseWell())
        ? []
        : [`Database: no answer within ${DATABASE_WITHIN_MS / SECOND} s. Nothing can be ordered.`]),
      ...(isVendorUp
        ? []
        : [`Vendors: none takes work at present (${[...states.keys()].join(', ')}). Jobs wait.`]),
    ];
  };
}
