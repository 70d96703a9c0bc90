import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';

import { Kysely, sql, type Transaction } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { NodeSqliteDialect, openSqliteFile } from '#src/storage/node-sqlite.ts';

import { observeSqliteFile, type ObservedSqliteFile } from '../../fakes/observed-sqlite-file.ts';

interface Boats {
  boats: { id: number; name: string };
}

let folder: string;
let other: DatabaseSync;
let database: Kysely<Boats>;
let file: ObservedSqliteFile;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-failures-'));
  const path = join(folder, 'bot.db');
  file = observeSqliteFile(openSqliteFile(path));
  database = new Kysely<Boats>({ dialect: new NodeSqliteDialect(file) });
  await sql`create table boats (id integer primary key, name text not null)`.execute(database);
  other = new DatabaseSync(path);
  file.statements.length = 0;
});
afterEach(async () => {
  await database.destroy();
  other.close();
  rmSync(folder, { recursive: true });
});

const insert = async (executor: Kysely<Boats>, id: number, name = `boat ${id}`) =>
  executor.insertInto('boats').values({ id, name }).execute();
const ids = async (executor: Kysely<Boats> = database) =>
  (await executor.selectFrom('boats').select('id').orderBy('id').execute()).map(({ id }) => id);
/** What another program reads in the file. */
const onDisk = () =>
  other
    .prepare('select id from boats order by id')
    .all()
    .map(({ id }) => Number(id));
const inTransaction = async <Value>(work: (transaction: Transaction<Boats>) => Promise<Value>) =>
  database.transaction().execute(work);

describe('an end that fails', () => {
  test('a transaction that is still open when the database closes leaves nothing behind', async () => {
    await insert(database, 1);
    const failure = inTransaction(async (t) => {
      await insert(t, 2);
      await database.destroy();
      await insert(t, 3);
    }).catch((error: unknown) => error);

    expect(await failure).toBeInstanceOf(Error);
    expect(onDisk()).toEqual([1]);
  });

  test('a commit that fails and cannot be rolled back either is reported to each caller', async () => {
    file.failing = (text) => text === 'commit' || text === 'rollback';
    const results = await Promise.allSettled([
      inTransaction(async (t) => insert(t, 1)),
      insert(database, 2),
    ]);
    file.failing = undefined;

    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await insert(database, 3);
    expect(onDisk()).toEqual([3]);
  });

  test('nobody reads what a batch left behind that could not be rolled back', async () => {
    file.failing = (text) => text === 'commit' || text === 'rollback';
    await expect(insert(database, 1)).rejects.toThrow('the disk is gone');

    await expect(ids()).rejects.toThrow('the disk is gone');
    file.failing = undefined;
    expect(await ids()).toEqual([]);
  });

  test('a transaction that cannot be undone alone is not committed with the others', async () => {
    file.failing = (text) => text === 'rollback to caller';
    const results = await Promise.allSettled([
      inTransaction(async (t) => insert(t, 1)),
      inTransaction(async (t) => {
        await insert(t, 2);
        throw new Error('changed its mind');
      }),
    ]);
    file.failing = undefined;

    await ids();
    const [first, second] = results.map(({ status }) => status);
    expect(second).toBe('rejected');
    // On a slow machine, the first may have been committed before.
    expect(onDisk()).toEqual(first === 'fulfilled' ? [1] : []);
  });

  test('a refusal that rests on work whose commit fails is not the answer', async () => {
    file.failing = (text) => text === 'commit';
    const reasons = await Promise.all(
      [insert(database, 1), insert(database, 1), inTransaction(async (t) => insert(t, 1))].map(
        async (insertion) => insertion.catch((error: unknown) => String(error)),
      ),
    );
    file.failing = undefined;

    expect(reasons).toEqual(Array.from({ length: 3 }, () => 'Error: the disk is gone'));
  });
});

describe('a query that its transaction does not wait for', () => {
  const insertLater = async (executor: Kysely<Boats>, id: number): Promise<unknown> => {
    for (let step = 0; step < 20; step += 1) await Promise.resolve();
    return insert(executor, id).catch((error: unknown) => error);
  };

  test('is not written beside a transaction that commits', async () => {
    const late = await inTransaction(async (t) => {
      await insert(t, 1);
      return { query: insertLater(t, 2) };
    });

    expect(await late.query).toBeInstanceOf(Error);
    expect(await ids()).toEqual([1]);
  });

  test('is not written after a rollback', async () => {
    let late: Promise<unknown> | undefined;
    const transaction = inTransaction(async (t) => {
      await insert(t, 1);
      late = insertLater(t, 2);
      throw new Error('changed its mind');
    });

    await expect(transaction).rejects.toThrow('changed its mind');
    expect(await late).toBeInstanceOf(Error);
    expect(await ids()).toEqual([]);
  });
});

describe('one connection for several queries', () => {
  test('a transaction on it waits for those of other callers', async () => {
    await database.connection().execute(async (connection) => {
      await insert(connection, 1);
      const other = inTransaction(async (t) => {
        await insert(t, 9);
        await setImmediate();
        throw new Error('changed its mind');
      });
      const own = connection.transaction().execute(async (t) => insert(t, 2));
      await expect(other).rejects.toThrow('changed its mind');
      await own;
    });

    expect(onDisk()).toEqual([1, 2]);
  });

  test('a query after its release fails, and blocks nobody', async () => {
    const escaped = await database.connection().execute(async (connection) => ({ connection }));

    await expect(ids(escaped.connection)).rejects.toThrow('released');
    await insert(database, 1);
    expect(onDisk()).toEqual([1]);
  });
});
