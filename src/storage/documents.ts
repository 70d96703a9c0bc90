/**
 * Keyv on our own database, for values that are looked up by one key and are not credits. Inside a
 * transaction, create it on that transaction: another connection would wait for it. This adapter
 * replaces Keyv's official SQLite adapter, which needs a native build.
 */
import { EventEmitter } from 'node:events';

import { Keyv, keyvStorageCapability, type KeyvStorageEntry } from 'keyv';
import { z } from 'zod';

import type { Clock } from '../clock.ts';
import type { Database } from './database.ts';

const stringValue = z.string();

/** Creates a Keyv on the `documents` table; each kind of document has its namespace. */
export function createDocuments(database: Database, namespace: string, clock: Clock): Keyv {
  const store = new DocumentStore(database, clock);
  return new Keyv({ store, namespace, throwOnErrors: true });
}

/** Deletes expired documents, some of which contain secrets. */
export async function dropExpiredDocuments(database: Database, nowMs: number): Promise<void> {
  await database.deleteFrom('documents').where('expires_at', '<=', nowMs).execute();
}

/** Implements Keyv's storage adapter, but not by name: its event type is narrower than Node's. */
class DocumentStore extends EventEmitter {
  namespace: string | undefined;
  readonly capabilities = keyvStorageCapability(this);
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    super();
    this.#database = database;
    this.#clock = clock;
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    const [value] = await this.getMany<Value>([key]);
    return value;
  }

  async getMany<Value>(keys: string[]): Promise<Array<Value | undefined>> {
    if (keys.length === 0) return [];
    const rows = await this.#database
      .selectFrom('documents')
      .selectAll()
      .where(
        'key',
        'in',
        keys.map((key) => this.#keyOf(key)),
      )
      .execute();
    const nowMs = this.#clock.now();
    const live = rows.filter((row) => row.expires_at === null || row.expires_at > nowMs);
    const values = new Map(live.map((row) => [row.key, row.value]));
    // Keyv stores serialised strings only; `Value` is its type for them.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return keys.map((key) => values.get(this.#keyOf(key)) as Value | undefined);
  }

  async set(key: string, value: unknown, expires?: number): Promise<boolean> {
    const row = {
      key: this.#keyOf(key),
      value: stringValue.parse(value),
      expires_at: expires ?? null,
    };
    await this.#database
      .insertInto('documents')
      .values(row)
      .onConflict((conflict) =>
        conflict.column('key').doUpdateSet({ value: row.value, expires_at: row.expires_at }),
      )
      .execute();
    return true;
  }

  async setMany<Value>(values: Array<KeyvStorageEntry<Value>>): Promise<boolean[]> {
    const results: boolean[] = [];
    for (const { key, value, expires } of values) results.push(await this.set(key, value, expires));
    return results;
  }

  async delete(key: string): Promise<boolean> {
    const [wasThere] = await this.deleteMany([key]);
    return wasThere ?? false;
  }

  async deleteMany(keys: string[]): Promise<boolean[]> {
    if (keys.length === 0) return [];
    // A single statement, so that of two concurrent deletes only one reports the document.
    const rows = await this.#database
      .deleteFrom('documents')
      .where(
        'key',
        'in',
        keys.map((key) => this.#keyOf(key)),
      )
      .returning(['key', 'expires_at'])
      .execute();
    const nowMs = this.#clock.now();
    const live = rows.filter((row) => row.expires_at === null || row.expires_at > nowMs);
    const deleted = new Set(live.map((row) => row.key));
    return keys.map((key) => deleted.has(this.#keyOf(key)));
  }

  async clear(): Promise<void> {
    const prefix = this.#keyOf('');
    // Not LIKE: `_` and `%` in a namespace are wildcards there, and SQLite ignores case.
    const length = Array.from(prefix).length;
    await this.#database
      .deleteFrom('documents')
      .where(({ eb, fn, val }) =>
        eb(fn<string>('substr', ['key', val(1), val(length)]), '=', prefix),
      )
      .execute();
  }

  async has(key: string): Promise<boolean> {
    return (await this.get(key)) !== undefined;
  }

  async hasMany(keys: string[]): Promise<boolean[]> {
    const values = await this.getMany(keys);
    return values.map((value) => value !== undefined);
  }

  #keyOf(key: string): string {
    return this.namespace === undefined ? key : `${this.namespace}:${key}`;
  }
}
