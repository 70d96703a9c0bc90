import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ConfigError } from '#src/errors.ts';
import { openBesideBot, openDatabase } from '#src/storage/database.ts';
import { safetySalt } from '#src/storage/installation.ts';

describe('a SQLite database', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seedance-database-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const url = (name = 'bot.db'): string => `sqlite:${join(folder, name)}`;

  test('a SQLite database is created together with its folders', async () => {
    const { database, kind, close } = await openDatabase(url('deep/down/bot.db'));

    expect(kind).toBe('sqlite');
    expect(await database.selectFrom('jobs').selectAll().execute()).toEqual([]);
    await close();
  });

  test('a SQLite database keeps its data and is migrated once', async () => {
    const first = await openDatabase(url());
    const salt = await safetySalt(first.database);
    await first.close();
    const second = await openDatabase(url());

    expect(salt).toMatch(/^[0-9a-f]{64}$/);
    expect(await safetySalt(second.database)).toBe(salt);
    await second.close();
  });

  test('a SQLite database in use is refused, and can be opened afterwards', async () => {
    const first = await openDatabase(url());

    await expect(openDatabase(url())).rejects.toThrow(/another process is using .*bot\.db/);
    await expect(openDatabase(url())).rejects.toThrow(ConfigError);
    await first.close();
    await (await openDatabase(url())).close();
  });

  test('a SQLite database opens while another program writes to it, such as a backup', async () => {
    const first = await openDatabase(url());
    const salt = await safetySalt(first.database);
    await first.close();
    using backup = new DatabaseSync(join(folder, 'bot.db'));
    backup.exec('BEGIN IMMEDIATE');

    const second = await openDatabase(url());

    expect(await safetySalt(second.database)).toBe(salt);
    await second.close();
  });

  test('another program cannot write between the read and the write of a transaction', async () => {
    const { database, close } = await openDatabase(url());
    using other = new DatabaseSync(join(folder, 'bot.db'), { timeout: 0 });

    await database.transaction().execute(async (transaction) => {
      await transaction.selectFrom('jobs').selectAll().execute();
      expect(() => other.exec('BEGIN IMMEDIATE')).toThrow('database is locked');
    });
    other.exec('BEGIN IMMEDIATE; COMMIT');
    await close();
  });

  test('a program can open the database beside a running bot, which is unaffected', async () => {
    const bot = await openDatabase(url());
    const salt = await safetySalt(bot.database);
    const beside = await openBesideBot(url());

    expect(await safetySalt(beside.database)).toBe(salt);
    await beside.close();
    await expect(openDatabase(url())).rejects.toThrow('another process is using');
    await bot.close();
  });

  test('a program beside the bot neither creates nor migrates the database', async () => {
    await expect(openBesideBot(url())).rejects.toThrow('there is no database at');
    await expect(readdir(folder)).resolves.toEqual([]);
    new DatabaseSync(join(folder, 'bot.db')).close();
    await expect(openBesideBot(url())).rejects.toThrow('start the bot once');
  });

  test('a database from a newer version is refused and left unchanged', async () => {
    const newer = await openDatabase(url());
    await newer.database
      // The migrator’s own table, which the bot’s types do not include.
      .withTables<{ kysely_migration: { name: string; timestamp: string } }>()
      .insertInto('kysely_migration')
      .values({ name: '9999-from-the-future', timestamp: '2099-01-01T00:00:00.000Z' })
      .execute();
    await newer.close();

    await expect(openDatabase(url())).rejects.toThrow(/DATABASE_URL.*newer version of this bot/);
    // The lock is free again: the refusal is the same, not "another process".
    await expect(openDatabase(url())).rejects.toThrow(/newer version/);
  });

  test('a file that is not a database is refused with the name of the setting', async () => {
    await writeFile(
      join(folder, 'bot.db'),
      'This is a shopping list and not a database. '.repeat(50),
    );

    await expect(openDatabase(url())).rejects.toThrow(/DATABASE_URL.*bot\.db/);
    await expect(openDatabase(url())).rejects.toThrow(ConfigError);
  });

  test('a path below a file is refused with the name of the setting', async () => {
    await writeFile(join(folder, 'file'), '');

    await expect(openDatabase(url('file/bot.db'))).rejects.toThrow(
      /DATABASE_URL.*cannot be opened/,
    );
  });

  test('an unfinished transaction is rolled back', async () => {
    const { database, close } = await openDatabase(url());
    const broken = database.transaction().execute(async (transaction) => {
      await transaction.insertInto('installation').values({ name: 'x', value: 'y' }).execute();
      throw new Error('in the midst');
    });

    await expect(broken).rejects.toThrow('in the midst');
    expect(await database.selectFrom('installation').selectAll().execute()).toEqual([]);
    await close();
  });

  test('readers beside a writer cause no error', async () => {
    const { database, close } = await openDatabase(url());
    const names = Array.from({ length: 20 }, (_, index) => `name-${index}`);
    await Promise.all(
      names.map((name) =>
        database.transaction().execute(async (transaction) => {
          await transaction.insertInto('installation').values({ name, value: '' }).execute();
        }),
      ),
    );

    expect(await database.selectFrom('installation').selectAll().execute()).toHaveLength(20);
    await close();
  });
});
