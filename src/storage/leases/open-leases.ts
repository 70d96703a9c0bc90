/** Opens the leases that go with a database. */
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { OpenDatabase } from '../database.ts';
import { soleProcessLeases, type Leases } from './leases.ts';
import { openPostgresLeases } from './postgres-leases.ts';

/**
 * @param kind what `openDatabase` opened; a SQLite file already refuses a second process
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
