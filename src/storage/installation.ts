/** Values made once for this installation and kept for good. */
import { randomBytes } from 'node:crypto';

import type { Database } from './database.ts';

/**
 * The salt of `safety_identifier`: 32 random bytes as hex, made at the first start. Changing it
 * would make every member a stranger to the vendors' abuse reports.
 */
export async function safetySalt(database: Database): Promise<string> {
  // Made once: a start must not need to write, while a backup holds the file.
  return (await storedSalt(database)) ?? (await makeSalt(database));
}

async function storedSalt(database: Database): Promise<string | undefined> {
  const row = await database
    .selectFrom('installation')
    .select('value')
    .where('name', '=', 'safety-salt')
    .executeTakeFirst();
  return row?.value;
}

/** Of several processes that start at once, one makes it. */
async function makeSalt(database: Database): Promise<string> {
  const made = randomBytes(32).toString('hex');
  await database
    .insertInto('installation')
    .values({ name: 'safety-salt', value: made })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  return (await storedSalt(database)) ?? made;
}
