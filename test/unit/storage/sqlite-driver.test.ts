import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';

import fc from 'fast-check';
import { Kysely, sql, type Transaction } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { NodeSqliteDialect, openSqliteFile } from '#src/storage/node-sqlite.ts';

import { observeSqliteFile, type ObservedSqliteFile } from '../../fakes/observed-sqlite-file.ts';

interface Boats {
  boats: { id: number; name: string };
}

const MANY = Array.from({ length: 40 }, (_, index) => index + 1);

let folder: string;
let other: DatabaseSync;
let database: Kysely<Boats>;
let file: ObservedSqliteFile;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-driver-'));
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

const commits = () => file.statements.filter((text) => text === 'commit').length;
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

describe('writes in one turn of the event loop', () => {
  // Slow machines use up a turn’s time for queries before all callers have had theirs.
  test('transactions that begin together share commits', async () => {
    await Promise.all(MANY.map(async (id) => inTransaction(async (t) => insert(t, id))));

    expect(commits()).toBeLessThan(MANY.length / 2);
    expect(onDisk()).toEqual(MANY);
  });

  test('a statement outside a transaction joins the commit of the others', async () => {
    const [half, otherHalf] = [MANY.slice(0, MANY.length / 2), MANY.slice(MANY.length / 2)];
    const pair = async (id: number, index: number): Promise<void> => {
      await Promise.all([
        inTransaction(async (t) => insert(t, id)),
        insert(database, otherHalf[index] ?? 0),
      ]);
    };
    await Promise.all(half.map(pair));

    expect(commits()).toBeLessThan(MANY.length / 2);
    expect(onDisk()).toEqual(MANY);
  });

  test('a later turn has its own commit', async () => {
    await insert(database, 1);
    await setImmediate();
    await insert(database, 2);

    expect(commits()).toBe(2);
  });

  test('no writer gets its result before another program can read what it wrote', async () => {
    const seen = await Promise.all(
      [1, 2, 3].map(async (id) => {
        await inTransaction(async (t) => insert(t, id));
        return onDisk().includes(id);
      }),
    );

    expect(seen).toEqual([true, true, true]);
  });

  test('no reader gets a result that another program cannot read yet', async () => {
    const writing = inTransaction(async (t) => insert(t, 1));
    const read = await ids();

    expect(onDisk()).toEqual(read);
    await writing;
  });

  test('rows can be read one by one while others write', async () => {
    await Promise.all([insert(database, 1), insert(database, 2)]);
    const writing = insert(database, 3);
    const found: number[] = [];
    for await (const { id } of database.selectFrom('boats').selectAll().stream()) {
      await setImmediate();
      found.push(id);
    }

    await writing;
    expect(found).toEqual([1, 2, 3]);
  });
});

describe('a failure among others', () => {
  test('a rollback undoes nothing of other transactions', async () => {
    const results = await Promise.allSettled([
      inTransaction(async (t) => insert(t, 1)),
      inTransaction(async (t) => {
        await insert(t, 2);
        throw new Error('changed its mind');
      }),
      inTransaction(async (t) => insert(t, 3)),
    ]);

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(onDisk()).toEqual([1, 3]);
  });

  test('a refused statement fails for its caller alone', async () => {
    await insert(database, 1);
    const results = await Promise.allSettled([insert(database, 1), insert(database, 2)]);

    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(onDisk()).toEqual([1, 2]);
  });

  test('a failed commit is reported to each caller, and keeps nothing', async () => {
    file.failing = (text) => text === 'commit';
    const results = await Promise.allSettled([
      inTransaction(async (t) => insert(t, 1)),
      insert(database, 2),
      ids(),
    ]);
    file.failing = undefined;

    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await ids()).toEqual([]);
    await insert(database, 4);
    expect(onDisk()).toEqual([4]);
  });

  test('nothing more of a transaction is written after SQLite has rolled back by itself', async () => {
    await sql`create trigger full before insert on boats when new.id = 9
      begin select raise(rollback, 'database or disk is full'); end`.execute(database);
    const results = await Promise.allSettled([
      inTransaction(async (t) => insert(t, 1)),
      inTransaction(async (t) => {
        await insert(t, 9).catch(() => undefined);
        await insert(t, 10);
      }),
      inTransaction(async (t) => insert(t, 3)),
    ]);

    const [first, second, third] = results.map(({ status }) => status);
    expect([second, third]).toEqual(['rejected', 'fulfilled']);
    // On a slow machine, the first may have been committed before.
    expect(onDisk()).toEqual(first === 'fulfilled' ? [1, 3] : [3]);
  });

  test('a failure to begin is reported to the caller that begins', async () => {
    file.failing = (text) => text === 'begin immediate';
    await expect(inTransaction(async (t) => insert(t, 1))).rejects.toThrow('the disk is gone');
    file.failing = undefined;

    await inTransaction(async (t) => insert(t, 2));
    expect(onDisk()).toEqual([2]);
  });
});

describe('many concurrent callers', () => {
  test('the event loop keeps turning while a thousand queries wait', async () => {
    let isDone = false;
    let turns = 0;
    const queries = Array.from({ length: 1_000 }, async (_, id) =>
      inTransaction(async (t) => insert(t, id)),
    );
    const all = Promise.all(queries).then(() => (isDone = true));
    while (!isDone) {
      await setImmediate();
      turns += 1;
    }
    await all;

    expect(turns).toBeGreaterThan(3);
    expect(commits()).toBeLessThan(500);
    expect(onDisk()).toHaveLength(1_000);
  });

  test('callers are served in order', async () => {
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3, 4, 5].map(async (id) =>
        inTransaction(async (t) => {
          await insert(t, id);
          order.push(id);
        }),
      ),
    );

    expect(order).toEqual([1, 2, 3, 4, 5]);
  });

  test('a transaction that waits for something else blocks others until it ends', async () => {
    const order: string[] = [];
    const slow = inTransaction(async (t) => {
      await insert(t, 1);
      await setImmediate();
      await setImmediate();
      order.push('slow');
    });
    const quick = inTransaction(async (t) => {
      await insert(t, 2);
      order.push('quick');
    });
    await Promise.all([slow, quick]);

    expect(order).toEqual(['slow', 'quick']);
    expect(onDisk()).toEqual([1, 2]);
  });

  test('callers in any order lose nothing and write nothing twice', async () => {
    const callers = fc.array(
      fc.record({
        pauses: fc.nat(3),
        ending: fc.constantFrom('alone', 'commit', 'roll back'),
        isSlow: fc.boolean(),
      }),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(callers, async (all) => {
        await database.deleteFrom('boats').execute();
        const kept: number[] = [];
        await Promise.allSettled(
          all.map(async ({ pauses, ending, isSlow }, id) => {
            for (let pause = 0; pause < pauses; pause += 1) await setImmediate();
            if (ending === 'alone') {
              await insert(database, id);
            } else {
              await inTransaction(async (t) => {
                await insert(t, id);
                if (isSlow) await setImmediate();
                if (ending === 'roll back') throw new Error('changed its mind');
              });
            }
            kept.push(id);
            expect(onDisk()).toContain(id);
          }),
        );
        expect(onDisk()).toEqual(
          all.flatMap(({ ending }, id) => (ending === 'roll back' ? [] : [id])),
        );
        expect(kept).toHaveLength(onDisk().length);
      }),
      { numRuns: 40 },
    );
  });
});
