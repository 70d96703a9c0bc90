import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Models that a vendor says it no longer serves. Column meanings stand in `../schema.ts`. */
export const withdrawnOffers: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable('withdrawn_offers')
      .addColumn('vendor', 'text', (column) => column.notNull())
      .addColumn('account', 'text', (column) => column.notNull())
      .addColumn('model', 'text', (column) => column.notNull())
      .addColumn('code', 'text')
      .addColumn('withdrawn_at', 'bigint', (column) => column.notNull())
      .addColumn('recheck_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('withdrawn_offers_primary', ['vendor', 'account', 'model'])
      .execute();
  },
};
