import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Claims on interactions, and what was told to log channels. Column meanings stand in `../schema.ts`. */
export const onceOnly: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable('claims')
      .addColumn('interaction_id', 'text', (column) => column.primaryKey())
      .addColumn('process_id', 'text', (column) => column.notNull())
      .addColumn('claimed_at', 'bigint', (column) => column.notNull())
      .addColumn('token', 'text')
      .addColumn('finished_at', 'bigint')
      .execute();
    await database.schema
      .createIndex('claims_open')
      .on('claims')
      .columns(['finished_at', 'claimed_at'])
      .execute();
    // What was delivered or changed before counts as told.
    await database.schema
      .alterTable('jobs')
      .addColumn('log_posted', 'integer', (column) => column.notNull().defaultTo(1))
      .execute();
    await database.schema
      .alterTable('audit_log')
      .addColumn('log_posted', 'integer', (column) => column.notNull().defaultTo(1))
      .execute();
    for (const table of ['jobs', 'audit_log']) {
      await database.schema
        .createIndex(`${table}_log_posted`)
        .on(table)
        .column('log_posted')
        .execute();
    }
  },
};
