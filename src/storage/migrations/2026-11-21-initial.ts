import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The first schema. Column meanings stand in `../schema.ts`. */
export const initial: Migration = {
  async up(database: Kysely<unknown>) {
    await createJobs(database);
    await createMoney(database);
    await createDocuments(database);
  },
};

async function createJobs(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('jobs')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('shown_version', 'integer', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('guild_id', 'text', (column) => column.notNull())
    .addColumn('channel_id', 'text', (column) => column.notNull())
    .addColumn('member_id', 'text', (column) => column.notNull())
    .addColumn('interaction_id', 'text', (column) => column.notNull().unique())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('vendor', 'text')
    .addColumn('task_id', 'text')
    .addColumn('submitted_at', 'bigint')
    .addColumn('expected_at', 'bigint')
    .addColumn('expires_after_seconds', 'integer')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('hold_credits', 'integer', (column) => column.notNull())
    .addColumn('has_video', 'integer', (column) => column.notNull())
    .addColumn('record', 'text', (column) => column.notNull())
    .addUniqueConstraint('jobs_task', ['vendor', 'task_id'])
    .execute();
  await database.schema
    .createIndex('jobs_state')
    .on('jobs')
    .columns(['state', 'created_at'])
    .execute();
  await database.schema
    .createIndex('jobs_member')
    .on('jobs')
    .columns(['guild_id', 'member_id', 'created_at'])
    .execute();
}

async function createMoney(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('accounts')
    .addColumn('guild_id', 'text', (column) => column.notNull())
    .addColumn('member_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('accounts_key', ['guild_id', 'member_id'])
    .execute();
  await createLedger(database);
  await createVendorBook(database);
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
  await database.schema
    .createIndex('ledger_counted')
    .on('ledger')
    .columns(['guild_id', 'member_id', 'pot', 'counted_at'])
    .execute();
  await database.schema
    .createIndex('ledger_written')
    .on('ledger')
    .columns(['guild_id', 'member_id', 'at'])
    .execute();
  await database.schema.createIndex('ledger_job').on('ledger').column('job_id').execute();
}

async function createVendorBook(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('vendor_book')
    .addColumn('submission_id', 'text', (column) => column.primaryKey())
    .addColumn('job_id', 'text', (column) => column.notNull())
    .addColumn('vendor', 'text', (column) => column.notNull())
    .addColumn('guild_id', 'text', (column) => column.notNull())
    .addColumn('period', 'text', (column) => column.notNull())
    .addColumn('opened_at', 'bigint', (column) => column.notNull())
    .addColumn('closed_at', 'bigint')
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('credits', 'bigint', (column) => column.notNull())
    .execute();
  await database.schema
    .createIndex('vendor_book_period')
    .on('vendor_book')
    .columns(['period', 'guild_id'])
    .execute();
}

async function createDocuments(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('documents')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .execute();
  await database.schema
    .createTable('installation')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
}
