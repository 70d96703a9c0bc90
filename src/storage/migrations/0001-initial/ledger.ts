/** Creates the tables of members' and servers' accounts, and of their credit ledger. */
import { sql, type Kysely } from 'kysely';

export async function createLedgerTables(database: Kysely<unknown>): Promise<void> {
  await createAccounts(database);
  await createLedger(database);
  await indexLedger(database);
}

async function createAccounts(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('accounts')
    .addColumn('guild_id', 'text', (column) => column.notNull())
    .addColumn('member_id', 'text', (column) => column.notNull())
    .addColumn('time_zone', 'text')
    .addColumn('role_ids', 'text', (column) => column.notNull().defaultTo('[]'))
    .addColumn('start_number', 'bigint', (column) => column.notNull().defaultTo(0))
    .addPrimaryKeyConstraint('accounts_key', ['guild_id', 'member_id'])
    .execute();
}

async function createLedger(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('ledger')
    .addColumn('step_id', 'text', (column) => column.notNull())
    .addColumn('guild_id', 'text', (column) => column.notNull())
    .addColumn('member_id', 'text', (column) => column.notNull())
    .addColumn('pot', 'text', (column) => column.notNull())
    .addColumn('job_id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('counted_at', 'bigint', (column) => column.notNull())
    .addColumn('period', 'text', (column) => column.notNull())
    .addColumn('amount', 'bigint', (column) => column.notNull())
    .addColumn('actor_id', 'text')
    .addColumn('reason', 'text')
    .addPrimaryKeyConstraint('ledger_once', ['step_id', 'guild_id', 'member_id', 'pot', 'job_id'])
    .execute();
}

/** Two of the indexes contain the summed columns, so that a sum reads no row of the ledger. */
async function indexLedger(database: Kysely<unknown>): Promise<void> {
  for (const [name, columns] of [
    ['written', ['guild_id', 'member_id', 'at']],
    ['job', ['job_id']],
    // A member's refusals by vendors are counted across all servers.
    ['of_member', ['member_id', 'at']],
    ['sums', ['guild_id', 'member_id', 'pot', 'counted_at', 'kind', 'amount']],
  ] as const) {
    await database.schema
      .createIndex(`ledger_${name}`)
      .on('ledger')
      .columns([...columns])
      .execute();
  }
  await database.schema
    .createIndex('ledger_of_servers')
    .on('ledger')
    .columns(['kind', 'counted_at', 'amount'])
    .where(sql<boolean>`length(member_id) = 0`)
    .execute();
}
