/** Opens the leases that match the database. */
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { OpenDatabase } from '../database.ts';
import { soleProcessLeases, type Leases } from './leases.ts';
import { openPostgresLeases } from './postgres-leases.ts';

/**
 * @param kind of the open database; a SQLite file already refuses a second process
 * @param url `DATABASE_URL`
 * @throws Error when Postgres cannot be reached
 */
export async function openLeases(
  kind: OpenDatabase['kind'],
  url: string,
  { logger, clock }: { logger: Logger; clock: Clock },
): Promise<Leases> {
  return kind === 'sqlite' ? soleProcessLeases() : openPostgresLeases(url, logger, clock);
}
