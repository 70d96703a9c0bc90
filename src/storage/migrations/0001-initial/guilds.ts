/** Creates the tables of servers, their moderators' decisions, and the warnings about their budgets. */
import { sql, type Kysely } from 'kysely';

export async function createGuildTables(database: Kysely<unknown>): Promise<void> {
  await createGuilds(database);
  await createLimits(database);
  await createBlocks(database);
  await createAuditLog(database);
  await createBudgetWarnings(database);
}

async function createGuilds(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('guilds')
    .addColumn('guild_id', 'text', (column) => column.primaryKey())
    .addColumn('left_at', 'bigint')
    .execute();
}

async function createLimits(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('limits')
    .addColumn('guild_id', 'text', (column) => column.notNull())
    .addColumn('scope', 'text', (column) => column.notNull())
    .addColumn('subject_id', 'text', (column) => column.notNull())
    .addColumn('credits', 'bigint')
    .addColumn('per', 'text')
    .addColumn('at_once', 'integer')
    .addColumn('waiting', 'integer')
    .addColumn('max_cost', 'bigint')
    .addPrimaryKeyConstraint('limits_key', ['guild_id', 'scope', 'subject_id'])
    .execute();
}

async function createBlocks(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('blocks')
    .addColumn('guild_id', 'text', (column) => column.notNull())
    .addColumn('member_id', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('until', 'bigint')
    .addColumn('actor_id', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addPrimaryKeyConstraint('blocks_key', ['guild_id', 'member_id'])
    .execute();
}

async function createAuditLog(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('audit_log')
    .addColumn('guild_id', 'text', (column) => column.notNull())
    .addColumn('step_id', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor_id', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('scope', 'text', (column) => column.notNull())
    .addColumn('subject_id', 'text', (column) => column.notNull())
    .addColumn('before', 'text', (column) => column.notNull())
    .addColumn('after', 'text', (column) => column.notNull())
    .addColumn('note', 'text')
    .addColumn('log_posted', 'integer', (column) => column.notNull().defaultTo(1))
    .addPrimaryKeyConstraint('audit_log_once', ['guild_id', 'step_id'])
    .execute();
  await database.schema
    .createIndex('audit_log_written')
    .on('audit_log')
    .columns(['guild_id', 'at'])
    .execute();
  await database.schema
    .createIndex('audit_log_log_due')
    .on('audit_log')
    .columns(['guild_id', 'at', 'step_id'])
    .where(sql<boolean>`log_posted = 0`)
    .execute();
}

async function createBudgetWarnings(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('budget_warnings')
    .addColumn('guild_id', 'text', (column) => column.notNull())
    .addColumn('period', 'text', (column) => column.notNull())
    .addColumn('percent', 'integer', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('drawn', 'bigint', (column) => column.notNull())
    .addColumn('have', 'bigint', (column) => column.notNull())
    .addColumn('resets_at', 'bigint', (column) => column.notNull())
    .addColumn('posted_at', 'bigint')
    .addPrimaryKeyConstraint('budget_warnings_once', ['guild_id', 'period', 'percent'])
    .execute();
  await database.schema
    .createIndex('budget_warnings_due')
    .on('budget_warnings')
    .column('posted_at')
    .execute();
}
