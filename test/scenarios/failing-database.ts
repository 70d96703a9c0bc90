/** Makes the bot’s database fail, from a second connection, on either kind of database. */
import { setImmediate } from 'node:timers/promises';

import { sql, type RawBuilder } from 'kysely';

import type { Ledgers } from './ledgers.ts';

/** When an insert fails: at once, or when its transaction commits. */
type Failing = 'insert' | 'commit';

/** Nothing can be inserted into the table until it is disposed of. */
export async function withoutSpaceIn(ledgers: Ledgers, table: string): Promise<AsyncDisposable> {
  return withTrap(ledgers, trap('insert', table)[ledgers.kind]);
}

/** Rows inserted into the table cannot be committed until it is disposed of. */
export async function withoutCommitsTo(ledgers: Ledgers, table: string): Promise<AsyncDisposable> {
  return withTrap(ledgers, trap('commit', table)[ledgers.kind]);
}

interface Trap {
  readonly set: readonly RawBuilder<unknown>[];
  readonly take: readonly RawBuilder<unknown>[];
}

async function withTrap(ledgers: Ledgers, { set, take }: Trap): Promise<AsyncDisposable> {
  const run = async (statements: Trap['set']): Promise<void> => {
    for (const statement of statements)
      await writeUnlocked(ledgers, async (database) => statement.execute(database));
  };
  await run(set);
  return { [Symbol.asyncDispose]: () => run(take) };
}

/** Writes on the second connection, once the bot holds no lock on the file. */
export async function writeUnlocked(
  { database, kind }: Ledgers,
  write: (database: Ledgers['database']) => Promise<unknown>,
): Promise<void> {
  if (kind === 'sqlite') await failWhenLocked(database);
  await retryWhileLocked(async () => write(database));
}

/**
 * SQLite must not wait for a lock itself: the transaction that holds it belongs to this process, which
 * could not end it meanwhile.
 */
async function failWhenLocked(database: Ledgers['database']): Promise<void> {
  await sql`pragma busy_timeout = 0`.execute(database);
}

async function retryWhileLocked(execute: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await execute();
      return;
    } catch (error) {
      if (!(error instanceof Error) || error.message !== 'database is locked') throw error;
    }
    await setImmediate();
  }
}

function trap(failing: Failing, table: string): Record<Ledgers['kind'], Trap> {
  const name = sql.ref(table);
  const onPostgres = {
    insert: sql`create trigger trap before insert on ${name} for each row execute function trap()`,
    commit: sql`create constraint trigger trap after insert on ${name}
      deferrable initially deferred for each row execute function trap()`,
  };
  const onSqlite = {
    insert: sql`create trigger trap before insert on ${name}
      begin select raise(abort, 'disk full'); end`,
    // A dangling deferred reference fails at the commit.
    commit: sql`create trigger trap after insert on ${name}
      begin insert into trapped (id, other) values (1, 2); end`,
  };
  return {
    postgres: {
      set: [
        sql`create function trap() returns trigger language plpgsql as
          $$ begin raise exception 'disk full'; end $$`,
        onPostgres[failing],
      ],
      take: [sql`drop function trap() cascade`],
    },
    sqlite: {
      set: [
        sql`create table trapped (id integer primary key,
          other integer references trapped (id) deferrable initially deferred)`,
        onSqlite[failing],
      ],
      take: [sql`drop trigger trap`, sql`drop table trapped`],
    },
  };
}

/** Nobody else can write meanwhile. */
export async function whileLocked<T>(
  { database, kind }: Ledgers,
  work: () => Promise<T>,
): Promise<T> {
  if (kind === 'sqlite') await failWhenLocked(database);
  return database.transaction().execute(async (transaction) => {
    if (kind === 'sqlite') {
      // A writer locks the whole file.
      const nothing = transaction.updateTable('installation').set({ name: 'x' });
      await retryWhileLocked(async () => nothing.where('name', '=', 'none').execute());
    } else {
      const tables = (await database.introspection.getTables()).map(({ name }) => sql.ref(name));
      await sql`lock table ${sql.join(tables)} in exclusive mode`.execute(transaction);
    }
    return work();
  });
}
