import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { systemClock } from '#src/clock.ts';
import {
  createServerSettings,
  NO_SETTINGS,
  type ServerSettings,
} from '#src/discord/server/server-settings.ts';
import { createLogger } from '#src/logger.ts';
import { openDatabase, type Database } from '#src/storage/database.ts';
import { createDocuments } from '#src/storage/documents.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../../../databases/database.ts';

const silent = createLogger('fatal', { write: () => undefined });

describe.each(databaseKinds())('server settings on %s', (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(() => opened.close());

  const store = () => createServerSettings(opened.database, systemClock, silent);
  const raw = () => createDocuments(opened.database, 'server-settings', systemClock);
  const change = async (
    next: (before: ServerSettings) => ServerSettings,
    database: Database = opened.database,
  ) =>
    database
      .transaction()
      .execute(async (transaction) =>
        createServerSettings(database, systemClock, silent).change(transaction, 'guild', next),
      );

  test('a server without settings has no rules', async () => {
    expect(await store().read('guild')).toEqual(NO_SETTINGS);
  });

  test('settings survive a restart and apply only to their server', async () => {
    await change((before) => ({ ...before, maxSeconds: 6 }));

    expect(await store().read('guild')).toEqual({ ...NO_SETTINGS, maxSeconds: 6 });
    expect(await store().read('other')).toEqual(NO_SETTINGS);
  });

  test('concurrent changes are all kept, including those of two processes', async () => {
    const second = kind === 'postgres' ? await openDatabase(opened.url) : undefined;
    const databases = [opened.database, second?.database ?? opened.database];
    const words = Array.from({ length: 40 }, (_, index) => `word${index}`);

    await Promise.all(
      words.map(async (word, index) =>
        change(
          (before) => ({ ...before, words: [...before.words, word] }),
          databases[index % databases.length],
        ),
      ),
    );

    await second?.close();
    expect((await store().read('guild')).words.toSorted()).toEqual(words.toSorted());
  });

  test('a refused change changes nothing and delays nobody else', async () => {
    const refused = change(() => {
      throw new Error('no');
    });
    const made = change((before) => ({ ...before, maxSeconds: 4 }));

    await expect(refused).rejects.toThrow('no');
    expect((await made).before).toEqual(NO_SETTINGS);
  });

  test('a change whose transaction fails later is not made', async () => {
    const failing = opened.database.transaction().execute(async (transaction) => {
      await store().change(transaction, 'guild', (before) => ({ ...before, maxSeconds: 4 }));
      throw new Error('the entry in the log could not be written');
    });

    await expect(failing).rejects.toThrow('could not be written');
    expect(await store().read('guild')).toEqual(NO_SETTINGS);
  });

  test.each([
    ['from a later version', { ...NO_SETTINGS, version: 2 }],
    ['with an unknown field', { ...NO_SETTINGS, maxHours: 2 }],
    ['with half of it missing', { version: 1 }],
    ['that is not a document', 'hello'],
  ])('a settings record %s is refused as a whole and not overwritten', async (_name, document) => {
    await raw().set('guild', document);

    await expect(store().read('guild')).rejects.toThrow('can’t be read');
    await expect(change(() => NO_SETTINGS)).rejects.toThrow('can’t be read');
    expect(await raw().get('guild')).toEqual(document);
  });
});
