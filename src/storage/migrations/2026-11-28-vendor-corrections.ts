import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The operator's corrections of the vendor ledger. Column meanings stand in `../schema.ts`. */
export const vendorCorrections: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema.alterTable('vendor_book').addColumn('corrects', 'text').execute();
    await database.schema.alterTable('vendor_book').addColumn('note', 'text').execute();
    await database.schema
      .createIndex('vendor_book_corrects')
      .on('vendor_book')
      .column('corrects')
      .execute();
    await database.schema
      .createIndex('vendor_book_job')
      .on('vendor_book')
      .column('job_id')
      .execute();
  },
};
