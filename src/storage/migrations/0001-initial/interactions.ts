/** Creates the tables of claimed interactions, and of single-use buttons that members have pressed. */
import { sql, type Kysely } from 'kysely';

export async function createInteractionTables(database: Kysely<unknown>): Promise<void> {
  await createClaims(database);
  await createSpendings(database);
}

async function createClaims(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('claims')
    .addColumn('interaction_id', 'text', (column) => column.primaryKey())
    .addColumn('process_id', 'text', (column) => column.notNull())
    .addColumn('claimed_at', 'bigint', (column) => column.notNull())
    .addColumn('token', 'text')
    .addColumn('locale', 'text', (column) => column.notNull())
    .addColumn('finished_at', 'bigint')
    .execute();
  await database.schema
    .createIndex('claims_open')
    .on('claims')
    .columns(['finished_at', 'claimed_at'])
    .execute();
  await database.schema
    .createIndex('claims_with_token')
    .on('claims')
    .column('claimed_at')
    .where(sql<boolean>`token is not null`)
    .execute();
}

async function createSpendings(database: Kysely<unknown>): Promise<void> {
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
}
