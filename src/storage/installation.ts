/** Values that are created once per installation and never change. */
import { randomBytes } from 'node:crypto';

import type { Database } from './database.ts';

/**
 * Returns the salt of `safety_identifier`: 32 random bytes as hex, created at the first start. With
 * another salt the vendors' abuse reports could no longer be matched to members.
 */
export async function safetySalt(database: Database): Promise<string> {
  // Read first: a start must not need to write while a backup locks the file.
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

/** Creates the salt, or returns the one that a process starting at the same time has created. */
async function makeSalt(database: Database): Promise<string> {
  const made = randomBytes(32).toString('hex');
  await database
    .insertInto('installation')
    .values({ name: 'safety-salt', value: made })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  return (await storedSalt(database)) ?? made;
}
