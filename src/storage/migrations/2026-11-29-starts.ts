import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Who was served last, and until when a waiting job pauses. Column meanings stand in `../schema.ts`. */
export const starts: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .alterTable('accounts')
      .addColumn('start_number', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute();
    await database.schema.alterTable('jobs').addColumn('start_number', 'bigint').execute();
    await database.schema
      .alterTable('jobs')
      .addColumn('retry_at', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute();
  },
};
