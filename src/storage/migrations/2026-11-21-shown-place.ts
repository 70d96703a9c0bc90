import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The place in line that a job's message shows. Column meanings stand in `../schema.ts`. */
export const shownPlace: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema.alterTable('jobs').addColumn('shown_place', 'integer').execute();
  },
};
