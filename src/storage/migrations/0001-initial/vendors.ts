/**
 * Creates the vendor ledger, its sums by month and server, which triggers keep up to date, and the offers
 * that vendors withdrew.
 */
import { PostgresAdapter, sql, type Kysely } from 'kysely';

export async function createVendorTables(database: Kysely<unknown>): Promise<void> {
  await createVendorLedger(database);
  await createVendorMonthSums(database);
  const isPostgres = database.getExecutor().adapter instanceof PostgresAdapter;
  await (isPostgres ? createPostgresTriggers(database) : createSqliteTriggers(database));
  await createWithdrawnOffers(database);
}

async function createVendorLedger(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('vendor_ledger')
    .addColumn('submission_id', 'text', (column) => column.primaryKey())
    .addColumn('job_id', 'text', (column) => column.notNull())
    .addColumn('vendor', 'text', (column) => column.notNull())
    .addColumn('guild_id', 'text', (column) => column.notNull())
    .addColumn('period', 'text', (column) => column.notNull())
    .addColumn('opened_at', 'bigint', (column) => column.notNull())
    .addColumn('closed_at', 'bigint')
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('credits', 'bigint', (column) => column.notNull())
    .addColumn('corrects', 'text')
    .addColumn('note', 'text')
    .execute();
  for (const [name, columns] of [
    // The last three columns let the index alone answer a month's sums.
    ['period', ['period', 'guild_id', 'vendor', 'state', 'credits']],
    ['corrects', ['corrects']],
    ['job', ['job_id']],
  ] as const) {
    await database.schema
      .createIndex(`vendor_ledger_${name}`)
      .on('vendor_ledger')
      .columns([...columns])
      .execute();
  }
}

/** Lets an order read one row per server instead of every submission of the month. */
async function createVendorMonthSums(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('vendor_month_sums')
    .addColumn('period', 'text', (column) => column.notNull())
    .addColumn('guild_id', 'text', (column) => column.notNull())
    .addColumn('credits', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('vendor_month_sums_key', ['period', 'guild_id'])
    .execute();
}

const ADD_NEW = sql`
  insert into vendor_month_sums (period, guild_id, credits)
  values (new.period, new.guild_id, new.credits)
  on conflict (period, guild_id)
  do update set credits = vendor_month_sums.credits + excluded.credits;
`;
const SUBTRACT_OLD = sql`
  update vendor_month_sums set credits = credits - old.credits
  where period = old.period and guild_id = old.guild_id;
`;
const IS_CHANGED = sql`
  (old.period <> new.period or old.guild_id <> new.guild_id or old.credits <> new.credits)
`;

async function createSqliteTriggers(database: Kysely<unknown>): Promise<void> {
  await sql`
    create trigger vendor_ledger_added after insert on vendor_ledger
    begin ${ADD_NEW} end
  `.execute(database);
  await sql`
    create trigger vendor_ledger_changed after update on vendor_ledger when ${IS_CHANGED}
    begin ${SUBTRACT_OLD} ${ADD_NEW} end
  `.execute(database);
  await sql`
    create trigger vendor_ledger_removed after delete on vendor_ledger
    begin ${SUBTRACT_OLD} end
  `.execute(database);
}

async function createPostgresTriggers(database: Kysely<unknown>): Promise<void> {
  await sql`
    create function update_vendor_month_sums() returns trigger language plpgsql as $$
    begin
      if tg_op <> 'INSERT' then ${SUBTRACT_OLD} end if;
      if tg_op <> 'DELETE' then ${ADD_NEW} end if;
      return null;
    end
    $$
  `.execute(database);
  await sql`
    create trigger vendor_ledger_added after insert or delete on vendor_ledger
    for each row execute function update_vendor_month_sums()
  `.execute(database);
  await sql`
    create trigger vendor_ledger_changed after update on vendor_ledger
    for each row when ${IS_CHANGED} execute function update_vendor_month_sums()
  `.execute(database);
}

async function createWithdrawnOffers(database: Kysely<unknown>): Promise<void> {
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
}
