/**
 * One database for several processes in a test that controls time, with leases for each. Reports
 * activity that such a test cannot see by itself: on SQLite each query, on Postgres every statement
 * on its way to the server.
 */
import { Kysely, PostgresDialect, type KyselyPlugin } from 'kysely';

import type { Database } from '#src/storage/database.ts';
import type { Leases } from '#src/storage/leases/leases.ts';
import { openPostgresLeases } from '#src/storage/leases/postgres-leases.ts';
import { openPostgresPool } from '#src/storage/postgres-pool.ts';
import type { Tables } from '#src/storage/schema.ts';

import { openTestDatabase, type DatabaseKind } from './database.ts';
import { createSharedLeases } from './leases.ts';

export interface SharedStorage {
  readonly database: Database;
  /** Also true when there was activity since the last call. */
  isBusy(): boolean;
  /** Returns the leases of one more process. Closing them also stands for its death. */
  leasesOfProcess(): Leases;
  /** Closes and removes the database; the leases are closed first. */
  close(): Promise<void>;
}

export async function openSharedStorage(kind: DatabaseKind): Promise<SharedStorage> {
  return kind === 'sqlite' ? openSqlite() : openPostgres();
}

async function openSqlite(): Promise<SharedStorage> {
  const { database, close } = await openTestDatabase('sqlite');
  const leases = createSharedLeases();
  let hasAsked = false;
  const noticing: KyselyPlugin = {
    transformQuery({ node }) {
      hasAsked = true;
      return node;
    },
    transformResult: async ({ result }) => Promise.resolve(result),
  };
  const isBusy = (): boolean => {
    const wasBusy = hasAsked;
    hasAsked = false;
    return wasBusy;
  };
  return {
    database: database.withPlugin(noticing),
    isBusy,
    leasesOfProcess: () => leases.ofProcess(),
    close,
  };
}

async function openPostgres(): Promise<SharedStorage> {
  const { url, close } = await openTestDatabase('postgres');
  // The same pool as in the bot, but observable.
  const pool = openPostgresPool(url);
  const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  let asking = 0;
  const seen = async <Value>(call: () => Promise<Value>): Promise<Value> => {
    asking += 1;
    try {
      return await call();
    } finally {
      asking -= 1;
    }
  };
  return {
    database,
    isBusy: () => asking > 0 || pool.waitingCount > 0 || pool.totalCount > pool.idleCount,
    leasesOfProcess: () => seenLeases(openPostgresLeases(url), seen),
    async close() {
      await database.destroy();
      await close();
    },
  };
}

function seenLeases(
  opening: Promise<Leases>,
  seen: <Value>(call: () => Promise<Value>) => Promise<Value>,
): Leases {
  return {
    processId: 'one of several',
    take: async (name) =>
      seen(async () => {
        const lease = await (await opening).take(name);
        return (
          lease && {
            get isHeld() {
              return lease.isHeld;
            },
            [Symbol.asyncDispose]: async () => seen(async () => lease[Symbol.asyncDispose]()),
          }
        );
      }),
    close: async () => seen(async () => (await opening).close()),
  };
}
