import { expect, test } from 'vitest';

import { systemClock } from '#src/clock.ts';
import { createMetrics } from '#src/metrics/metrics.ts';

import { openTestDatabase } from '../../databases/database.ts';

async function scrape({ isAway }: { isAway: boolean }): Promise<string[]> {
  const opened = await openTestDatabase('sqlite');
  const metrics = createMetrics(systemClock);
  metrics.watchParts({
    database: opened.database,
    isGatewayAlive: () => true,
    vendorStates: () => new Map(),
    withdrawals: { list: () => [] },
  });
  if (isAway) await opened.database.schema.dropTable('jobs').execute();
  const { body } = await metrics.scrape();
  await opened.close();
  return body.split('\n');
}

test('the metrics include those from the database', async () => {
  const lines = await scrape({ isAway: false });

  expect(lines).toContain('seedance_database_answers 1');
  expect(lines).toContain('seedance_jobs{state="accepted"} 0');
  expect(lines).toContain('seedance_stored_bytes 0');
  expect(lines).toContain('seedance_guild_stored_bytes{rank="others"} 0');
});

test('the other metrics are served while the database is unreachable', async () => {
  const lines = await scrape({ isAway: true });

  expect(lines).toContain('seedance_database_answers 0');
  expect(lines).toContain('seedance_gateway_alive 1');
  expect(lines.filter((line) => line.startsWith('seedance_jobs{'))).toEqual([]);
});
