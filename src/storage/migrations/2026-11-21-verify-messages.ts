import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * When the message of a job that has ended is verified. Column meanings stand in `../schema.ts`. Both
 * indexes hold only the few jobs that something is still to be done for, however many there ever were.
 */
export const verifyMessages: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema.alterTable('jobs').addColumn('verify_at', 'bigint').execute();
    await database.schema
      .createIndex('jobs_to_verify')
      .on('jobs')
      .column('verify_at')
      .where('verify_at', 'is not', null)
      .execute();
    await database.schema
      .createIndex('jobs_behind')
      .on('jobs')
      .column('updated_at')
      .where(sql.ref('shown_version'), '<', sql.ref('version'))
      .execute();
  },
};
