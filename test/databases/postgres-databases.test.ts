import { describe, expect, test } from 'vitest';

import { takePostgres } from './postgres-databases.ts';
import { connectPostgres, postgresUrl } from './postgres.ts';

const nameOf = (url: string): string => new URL(url).pathname.slice(1);

async function runIn(url: string, statement: string): Promise<void> {
  const client = await connectPostgres(nameOf(url));
  await client.query(statement);
  await client.end();
}

describe.runIf(postgresUrl() !== undefined)('a Postgres database that tests reuse', () => {
  test('a database in use is not given to another test', async () => {
    const [one, other] = [await takePostgres(), await takePostgres()];

    expect(one.url).not.toBe(other.url);
    await Promise.all([one.giveBack(), other.giveBack()]);
  });

  test('a reused database has no rows, and has its migrations', async () => {
    const taken = await takePostgres();
    await runIn(taken.url, `insert into installation (name, value) values ('left', 'over')`);
    await taken.giveBack();

    // All free databases, so that the same one would be seen if it were reused.
    const next = await Promise.all([takePostgres(), takePostgres()]);

    for (const { url, giveBack } of next) {
      const client = await connectPostgres(nameOf(url));
      expect((await client.query('select * from installation')).rows).toEqual([]);
      expect((await client.query('select * from kysely_migration')).rows).not.toEqual([]);
      await client.end();
      await giveBack();
    }
  });

  test('a database whose schema was changed is not reused, even when it was changed back', async () => {
    const taken = await takePostgres();
    await runIn(taken.url, 'alter table claims rename to claims_away');
    await runIn(taken.url, 'alter table claims_away rename to claims');
    await taken.giveBack();

    const next = await takePostgres();

    expect(next.url).not.toBe(taken.url);
    await next.giveBack();
  });
});
