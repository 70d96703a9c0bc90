import { PostgresAdapter, sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * What the vendor ledger comes to by month and server, kept by the database itself in the transaction
 * of every change: an order reads a row for each server, and not every submission of the month.
 */
export const vendorMonthSums: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable('vendor_month_sums')
      .addColumn('period', 'text', (column) => column.notNull())
      .addColumn('guild_id', 'text', (column) => column.notNull())
      .addColumn('credits', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('vendor_month_sums_key', ['period', 'guild_id'])
      .execute();
    const isPostgres = database.getExecutor().adapter instanceof PostgresAdapter;
    // Before the sums: this waits for other processes that write to the ledger, and then they wait.
    await (isPostgres ? keepOnPostgres(database) : keepOnSqlite(database));
    await sql`
      insert into vendor_month_sums (period, guild_id, credits)
      select period, guild_id, sum(credits) from vendor_book group by period, guild_id
    `.execute(database);
  },
};

const ADD_NEW = sql`
  insert into vendor_month_sums (period, guild_id, credits)
  values (new.period, new.guild_id, new.credits)
  on conflict (period, guild_id)
  do update set credits = vendor_month_sums.credits + excluded.credits;
`;
const TAKE_OLD = sql`
  update vendor_month_sums set credits = credits - old.credits
  where period = old.period and guild_id = old.guild_id;
`;
const IS_CHANGED = sql`
  (old.period <> new.period or old.guild_id <> new.guild_id or old.credits <> new.credits)
`;

async function keepOnSqlite(database: Kysely<unknown>): Promise<void> {
  await sql`
    create trigger vendor_book_added after insert on vendor_book
    begin ${ADD_NEW} end
  `.execute(database);
  await sql`
    create trigger vendor_book_changed after update on vendor_book when ${IS_CHANGED}
    begin ${TAKE_OLD} ${ADD_NEW} end
  `.execute(database);
  await sql`
    create trigger vendor_book_removed after delete on vendor_book
    begin ${TAKE_OLD} end
  `.execute(database);
}

async function keepOnPostgres(database: Kysely<unknown>): Promise<void> {
  await sql`
    create function keep_vendor_month_sums() returns trigger language plpgsql as $$
    begin
      if tg_op <> 'INSERT' then ${TAKE_OLD} end if;
      if tg_op <> 'DELETE' then ${ADD_NEW} end if;
      return null;
    end
    $$
  `.execute(database);
  await sql`
    create trigger vendor_book_added after insert or delete on vendor_book
    for each row execute function keep_vendor_month_sums()
  `.execute(database);
  await sql`
    create trigger vendor_book_changed after update on vendor_book
    for each row when ${IS_CHANGED} execute function keep_vendor_month_sums()
  `.execute(database);
}
