import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Indexes that hold open jobs only, so that a loop reads no more the longer the bot runs; and how long
 * the latest videos took, which was read from ended jobs before. Column meanings stand in `../schema.ts`.
 */
export const openJobs: Migration = {
  async up(database: Kysely<unknown>) {
    await indexOpenJobs(database);
    await indexWhatIsToBeDone(database);
    await indexSums(database);
    await createRenderTimes(database);
  },
};

const IS_OPEN = sql<boolean>`state in ('accepted', 'submitting', 'queued', 'running', 'succeeded')`;

async function indexOpenJobs(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createIndex('jobs_open')
    .on('jobs')
    // The last three answer by themselves what is held for jobs that wait.
    .columns(['state', 'vendor', 'created_at', 'guild_id', 'hold_credits', 'id'])
    .where(IS_OPEN)
    .execute();
  await database.schema
    .createIndex('jobs_open_in_guild')
    .on('jobs')
    .columns(['guild_id', 'member_id', 'state'])
    .where(IS_OPEN)
    .execute();
  await database.schema.dropIndex('jobs_state').execute();
}

async function indexWhatIsToBeDone(database: Kysely<unknown>): Promise<void> {
  for (const [table, columns] of [
    ['jobs', ['guild_id', 'updated_at', 'id']],
    ['audit_log', ['guild_id', 'at', 'step_id']],
  ] as const) {
    await database.schema.dropIndex(`${table}_log_posted`).execute();
    await database.schema
      .createIndex(`${table}_log_due`)
      .on(table)
      .columns([...columns])
      .where(sql<boolean>`log_posted = 0`)
      .execute();
  }
  await database.schema
    .createIndex('claims_with_token')
    .on('claims')
    .column('claimed_at')
    .where(sql<boolean>`token is not null`)
    .execute();
  await database.schema
    .createIndex('documents_expiry')
    .on('documents')
    .column('expires_at')
    .where(sql<boolean>`expires_at is not null`)
    .execute();
}

/** What is added up for a month is in the index itself: no row is read for it. */
async function indexSums(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createIndex('ledger_of_servers')
    .on('ledger')
    .columns(['kind', 'counted_at', 'amount'])
    .where(sql<boolean>`length(member_id) = 0`)
    .execute();
  await database.schema.dropIndex('vendor_book_period').execute();
  await database.schema
    .createIndex('vendor_book_period')
    .on('vendor_book')
    .columns(['period', 'guild_id', 'vendor', 'state', 'credits'])
    .execute();
}

async function createRenderTimes(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('render_times')
    .addColumn('job_id', 'text', (column) => column.primaryKey())
    .addColumn('vendor', 'text', (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('resolution', 'text', (column) => column.notNull())
    .addColumn('length', 'text', (column) => column.notNull())
    .addColumn('took_ms', 'bigint', (column) => column.notNull())
    .addColumn('ended_at', 'bigint', (column) => column.notNull())
    .execute();
  await database.schema
    .createIndex('render_times_latest')
    .on('render_times')
    .columns(['vendor', 'model', 'ended_at'])
    .execute();
}
