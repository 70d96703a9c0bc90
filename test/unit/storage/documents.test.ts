import type { Keyv } from 'keyv';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Clock } from '#src/clock.ts';
import { createDocuments, dropExpiredDocuments } from '#src/storage/documents.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../../databases/database.ts';

describe.each(databaseKinds())('documents on %s', (kind) => {
  let opened: TestDatabase;
  let passedMs = 0;
  // Keyv computes the expiry of a document from the system’s clock.
  const clock: Clock = { now: () => Date.now() + passedMs, sleep: () => Promise.resolve() };

  beforeEach(async () => {
    passedMs = 0;
    opened = await openTestDatabase(kind);
  });
  afterEach(() => opened.close());

  const documents = (namespace: string): Keyv => createDocuments(opened.database, namespace, clock);

  test('a stored document is read back in its shape', async () => {
    const store = documents('settings');
    await store.set('guild', { seconds: 5, words: ['a', 'ä', '👍'] });

    expect(await store.get('guild')).toEqual({ seconds: 5, words: ['a', 'ä', '👍'] });
    expect(await store.has('guild')).toBe(true);
  });

  test('a document that was never set is undefined', async () => {
    expect(await documents('settings').get('guild')).toBeUndefined();
    expect(await documents('settings').has('guild')).toBe(false);
  });

  test('setting a document again replaces it and its time to live', async () => {
    const store = documents('settings');
    await store.set('key', 'first', 1_000);
    await store.set('key', 'second');
    passedMs = 5_000;

    expect(await store.get('key')).toBe('second');
  });

  test('deleting reports whether a document existed', async () => {
    const store = documents('settings');
    await store.set('key', 'value');

    expect(await store.delete('key')).toBe(true);
    expect(await store.delete('key')).toBe(false);
    expect(await store.get('key')).toBeUndefined();
  });

  test('several documents are read in order and deleted together', async () => {
    const store = documents('settings');
    await store.set('a', 1);
    await store.set('b', 2);

    expect(await store.get(['b', 'missing', 'a'])).toEqual([2, undefined, 1]);
    await store.delete(['a', 'b']);
    expect(await store.get(['a', 'b'])).toEqual([undefined, undefined]);
  });

  test('a document disappears when it expires, and its row with the next clearing', async () => {
    const store = documents('tokens');
    await store.set('short', 'secret', 1_000);
    await store.set('long', 'secret', 60_000);
    passedMs = 1_001;

    expect(await store.get('short')).toBeUndefined();
    expect(await store.has('short')).toBe(false);
    expect(await store.get('long')).toBe('secret');
    await dropExpiredDocuments(opened.database, clock.now());
    const rows = await opened.database.selectFrom('documents').select('key').execute();
    expect(rows).toEqual([{ key: 'tokens:long' }]);
  });

  test('namespaces are separate', async () => {
    await documents('one').set('key', 1);
    await documents('two').set('key', 2);

    expect(await documents('one').get('key')).toBe(1);
    await documents('one').clear();
    expect(await documents('one').get('key')).toBeUndefined();
    expect(await documents('two').get('key')).toBe(2);
  });

  test.each([
    ['a_b', 'axb'],
    ['a%', 'abc'],
    ['A', 'a'],
    ['a\\', 'a'],
  ])('clearing %j does not clear %j', async (cleared, other) => {
    await documents(cleared).set('key', 'gone');
    await documents(other).set('key', 'stays');
    await documents(cleared).clear();

    expect(await documents(cleared).get('key')).toBeUndefined();
    expect(await documents(other).get('key')).toBe('stays');
  });

  test('a database failure is thrown, not swallowed', async () => {
    await opened.database.schema.dropTable('documents').execute();

    await expect(documents('settings').get('key')).rejects.toThrow(/documents/);
    await expect(documents('settings').set('key', 1)).rejects.toThrow(/documents/);
  });
});
