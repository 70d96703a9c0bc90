import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The language of an interaction's asker. Column meanings stand in `../schema.ts`. */
export const claimLocale: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema.alterTable('claims').addColumn('locale', 'text').execute();
  },
};
