/** Values made once for this installation and kept for good. */
import { randomBytes } from 'node:crypto';

import type { Database } from './database.ts';

/**
 * The salt of `safety_identifier`: 32 random bytes as hex, made at the first start. Changing it
 * would make every member a stranger to the vendors' abuse reports.
 */
export async function safetySalt(database: Database): Promise<string> {
  const made = randomBytes(32).toString('hex');
  await database
    .insertInto('installation')
    .values({ name: 'safety-salt', value: made })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const row = await database
    .selectFrom('installation')
    .select('value')
    .where('name', '=', 'safety-salt')
    .executeTakeFirstOrThrow();
  return row.value;
}
