/**
 * Keyv over our own database: what is looked up by one key and is not money. Inside a transaction
 * only over that transaction: another connection would wait for it. Keyv's official SQLite adapter
 * needs a native build, so this small one stands in.
 */
import { EventEmitter } from 'node:events';

import { Keyv, keyvStorageCapability, type KeyvStorageEntry } from 'keyv';
import { z } from 'zod';

import type { Clock } from '../clock.ts';
import type { Database } from './database.ts';

const stringValue = z.string();

/** A Keyv over the `documents` table; each namespace is a kind of document. */
export function createDocuments(database: Database, namespace: string, clock: Clock): Keyv {
  const store = new DocumentStore(database, clock);
  return new Keyv({ store, namespace, throwOnErrors: true });
}

/** Removes what has outlived its time; secrets among it must not linger. */
export async function dropExpiredDocuments(database: Database, nowMs: number): Promise<void> {
  await database.deleteFrom('documents').where('expires_at', '<=', nowMs).execute();
}

/** Keyv's storage adapter contract; its own event type is narrower than Node's, so it is not named here. */
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
    // Keyv hands us its own serialised strings; the generic is its word for them.
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
    // One statement: of two that delete the same at once, one is told that it was there.
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
    // Not LIKE: `_` and `%` in a namespace would match those of others, and SQLite ignores case there.
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
