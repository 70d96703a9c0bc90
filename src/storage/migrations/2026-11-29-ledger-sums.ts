import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What is added up for an account is in the index itself: no row of the ledger is read for it. */
export const ledgerSums: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createIndex('ledger_sums')
      .on('ledger')
      .columns(['guild_id', 'member_id', 'pot', 'counted_at', 'kind', 'amount'])
      .execute();
    await database.schema.dropIndex('ledger_counted').execute();
  },
};
