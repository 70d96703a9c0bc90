import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What was spent by pressing a button. Column meanings stand in `../schema.ts`. */
export const spendings: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable('spendings')
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('member_id', 'text', (column) => column.notNull())
      .addColumn('job_id', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('spendings_primary', ['kind', 'subject', 'member_id'])
      .execute();
    await database.schema.createIndex('spendings_at').on('spendings').column('at').execute();
  },
};
