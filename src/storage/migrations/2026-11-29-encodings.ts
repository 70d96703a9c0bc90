import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Since when the delivery of a job waits for an encoding. Column meanings are in `../schema.ts`. */
export const encodings: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema.alterTable('jobs').addColumn('encoding_wanted_at', 'bigint').execute();
  },
};
