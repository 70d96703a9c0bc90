import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { nodeSqliteDialect } from '#src/storage/node-sqlite.ts';

interface Boats {
  boats: { id: number; name: string; length?: number };
}

/** More statements than the cache holds. */
const MANY = 400;

describe('reused statements', () => {
  let database: Kysely<Boats>;
  beforeEach(async () => {
    database = new Kysely<Boats>({ dialect: nodeSqliteDialect(':memory:') });
    await sql`create table boats (id integer primary key, name text not null)`.execute(database);
    await database.insertInto('boats').values({ id: 1, name: 'Ada' }).execute();
  });
  afterEach(async () => database.destroy());

  const all = () => database.selectFrom('boats').selectAll().orderBy('id');

  test('each run of a statement has its own values', async () => {
    for (const id of [2, 3]) {
      await database
        .insertInto('boats')
        .values({ id, name: `boat ${id}` })
        .execute();
    }

    expect(await all().execute()).toEqual([
      { id: 1, name: 'Ada' },
      { id: 2, name: 'boat 2' },
      { id: 3, name: 'boat 3' },
    ]);
  });

  test('a statement reads a column that was added since', async () => {
    await all().execute();
    await sql`alter table boats add column length integer not null default 7`.execute(database);

    expect(await all().execute()).toEqual([{ id: 1, name: 'Ada', length: 7 }]);
  });

  test('a failed statement can be run again', async () => {
    const add = (id: number) => database.insertInto('boats').values({ id, name: 'Bob' }).execute();
    await expect(add(1)).rejects.toThrow('UNIQUE');

    await add(2);

    expect(await all().execute()).toHaveLength(2);
  });

  test('rows can be read one by one, and the same query run afterwards', async () => {
    await database.insertInto('boats').values({ id: 2, name: 'Bob' }).execute();
    const names: string[] = [];
    for await (const { name } of all().stream()) {
      names.push(name);
    }

    expect(names).toEqual(['Ada', 'Bob']);
    expect(await all().execute()).toHaveLength(2);
  });

  test('statements beyond the cache size still run', async () => {
    for (let width = 1; width <= MANY; width += 1) {
      const ids = Array.from({ length: width }, (_, index) => index + 1);
      const found = await database
        .selectFrom('boats')
        .select('id')
        .where('id', 'in', ids)
        .execute();
      expect(found).toEqual([{ id: 1 }]);
    }
  });
});
