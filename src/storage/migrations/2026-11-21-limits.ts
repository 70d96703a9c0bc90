import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What moderators decide, and who decided it. Column meanings stand in `../schema.ts`. */
export const limits: Migration = {
  async up(database: Kysely<unknown>) {
    await widenAccounts(database);
    await createLimits(database);
    await createAuditLog(database);
    await createBudgetWarnings(database);
    // A member's refusals by vendors are counted over all servers.
    await database.schema
      .createIndex('ledger_of_member')
      .on('ledger')
      .columns(['member_id', 'at'])
      .execute();
  },
};

async function widenAccounts(database: Kysely<unknown>): Promise<void> {
  await database.schema.alterTable('accounts').addColumn('time_zone', 'text').execute();
  await database.schema
    .alterTable('accounts')
    .addColumn('role_ids', 'text', (column) => column.notNull().defaultTo('[]'))
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
    .addPrimaryKeyConstraint('audit_log_once', ['guild_id', 'step_id'])
    .execute();
  await database.schema
    .createIndex('audit_log_written')
    .on('audit_log')
    .columns(['guild_id', 'at'])
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
