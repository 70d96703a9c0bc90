import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What happened to each job, append-only. Column meanings stand in `../schema.ts`. */
export const jobEvents: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable('job_events')
      .addColumn('job_id', 'text', (column) => column.notNull())
      .addColumn('event_key', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('from_state', 'text')
      .addColumn('to_state', 'text')
      .addColumn('vendor', 'text')
      .addColumn('submission_id', 'text')
      .addColumn('task_id', 'text')
      .addColumn('detail', 'text')
      .addPrimaryKeyConstraint('job_events_primary', ['job_id', 'event_key'])
      .execute();
  },
};
