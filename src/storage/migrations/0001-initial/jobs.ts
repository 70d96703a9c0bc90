/** Creates the tables of jobs, their events, and the render times of recent videos. */
import { sql, type Kysely } from 'kysely';

export async function createJobTables(database: Kysely<unknown>): Promise<void> {
  await createJobs(database);
  await indexOpenJobs(database);
  await indexPresentation(database);
  await indexPrompts(database);
  await createJobEvents(database);
  await createRenderTimes(database);
}

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
    .addColumn('log_posted', 'integer', (column) => column.notNull().defaultTo(1))
    .addColumn('shown_position', 'integer')
    .addColumn('verify_at', 'bigint')
    .addColumn('encoding_wanted_at', 'bigint')
    .addColumn('start_number', 'bigint')
    .addColumn('retry_at', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('has_prompt', 'integer', (column) => column.notNull().defaultTo(1))
    .addUniqueConstraint('jobs_task', ['vendor', 'task_id'])
    .execute();
  await database.schema
    .createIndex('jobs_member')
    .on('jobs')
    .columns(['guild_id', 'member_id', 'created_at'])
    .execute();
}

/** These indexes contain only open jobs, so that the loops do not slow down the longer the bot runs. */
async function indexOpenJobs(database: Kysely<unknown>): Promise<void> {
  const isOpen = sql<boolean>`state in ('accepted', 'submitting', 'queued', 'running', 'succeeded')`;
  await database.schema
    .createIndex('jobs_open')
    .on('jobs')
    // The last three columns let the index alone answer how many credits waiting jobs hold.
    .columns(['state', 'vendor', 'created_at', 'guild_id', 'hold_credits', 'id'])
    .where(isOpen)
    .execute();
  await database.schema
    .createIndex('jobs_open_in_guild')
    .on('jobs')
    .columns(['guild_id', 'member_id', 'state'])
    .where(isOpen)
    .execute();
}

/** These indexes contain only the few jobs that still have something to show, verify or post. */
async function indexPresentation(database: Kysely<unknown>): Promise<void> {
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
  await database.schema
    .createIndex('jobs_log_due')
    .on('jobs')
    .columns(['guild_id', 'updated_at', 'id'])
    .where(sql<boolean>`log_posted = 0`)
    .execute();
}

async function indexPrompts(database: Kysely<unknown>): Promise<void> {
  const hasPrompt = sql<boolean>`has_prompt = 1`;
  await database.schema
    .createIndex('jobs_with_prompt')
    .on('jobs')
    .column('updated_at')
    .where(hasPrompt)
    .execute();
  await database.schema
    .createIndex('jobs_with_prompt_in_guild')
    .on('jobs')
    .columns(['guild_id', 'updated_at'])
    .where(hasPrompt)
    .execute();
}

async function createJobEvents(database: Kysely<unknown>): Promise<void> {
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
