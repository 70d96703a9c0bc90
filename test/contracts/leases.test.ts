import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { PostgresDatabase } from '#sandbox/postgres.ts';
import { processLease, soleProcessLeases, type Leases } from '#src/storage/leases/leases.ts';
import { openPostgresLeases } from '#src/storage/leases/postgres-leases.ts';

import { databaseKinds } from '../databases/database.ts';
import { createSharedLeases } from '../databases/leases.ts';
import { useLeases } from '../databases/opened-leases.ts';
import { createEmptyPostgres } from '../databases/postgres-databases.ts';
import { until } from '../fakes/until.ts';

const HOLDER = fileURLToPath(new URL('hold-lease.ts', import.meta.url));
const hasPostgres = databaseKinds().includes('postgres');

let postgres: PostgresDatabase;
const { closedAfter, closeAll } = useLeases();

const openOnPostgres = async (): Promise<Leases> =>
  closedAfter(await openPostgresLeases(postgres.url));

function itIsALease(open: () => Promise<Leases>): void {
  let leases: Leases;
  beforeEach(async () => {
    leases = await open();
  });

  test('one holder has a lease until it is released', async () => {
    const first = await leases.take('x');
    expect(first?.isHeld).toBe(true);
    expect(await leases.take('x')).toBeUndefined();

    await first?.[Symbol.asyncDispose]();

    expect(first?.isHeld).toBe(false);
    expect(await leases.take('x')).toBeDefined();
  });

  test('each name is a separate lease', async () => {
    expect(await leases.take('x')).toBeDefined();
    expect(await leases.take('y')).toBeDefined();
  });

  test('one of many concurrent requests gets the lease', async () => {
    const asked = await Promise.all(Array.from({ length: 20 }, async () => leases.take('x')));

    expect(asked.filter((lease) => lease !== undefined)).toHaveLength(1);
  });

  test('a second release does not take the lease from its next holder', async () => {
    const first = await leases.take('x');
    await first?.[Symbol.asyncDispose]();
    const second = await leases.take('x');

    await first?.[Symbol.asyncDispose]();

    expect(second?.isHeld).toBe(true);
    expect(await leases.take('x')).toBeUndefined();
  });

  test('a process holds its own lease', async () => {
    expect(await leases.take(processLease(leases.processId))).toBeUndefined();
  });

  test('closing ends all leases, and no more are granted', async () => {
    const lease = await leases.take('x');

    await leases.close();

    expect(lease?.isHeld).toBe(false);
    await expect(leases.take('y')).rejects.toThrow(/closed/);
    await lease?.[Symbol.asyncDispose]();
    await leases.close();
  });
}

function itIsSharedByProcesses(open: () => Promise<Leases>): void {
  test('a lease held by one process is refused to others until it is released', async () => {
    const [one, other] = [await open(), await open()];
    const lease = await one.take('x');

    expect(await other.take('x')).toBeUndefined();
    await lease?.[Symbol.asyncDispose]();

    expect(await other.take('x')).toBeDefined();
    expect(await one.take('x')).toBeUndefined();
  });

  test('one of two processes that ask at once gets the lease', async () => {
    const [one, other] = [await open(), await open()];
    const names = Array.from({ length: 50 }, (_name, at) => `name${at}`);

    const asked = await Promise.all(
      names.map(async (name) => Promise.all([one.take(name), other.take(name)])),
    );

    expect(asked.map((both) => both.filter((lease) => lease !== undefined).length)).toEqual(
      names.map(() => 1),
    );
  });

  test('a lease left by a process is free, even for that process', async () => {
    const [one, other] = [await open(), await open()];
    await one.take('x');
    expect(await other.take(processLease(one.processId))).toBeUndefined();

    await one.close();

    expect(await until(async () => other.take('x'))).toBeDefined();
    expect(await until(async () => other.take(processLease(one.processId)))).toBeDefined();
  });

  test('a lease requested during closing is left to others', async () => {
    const [one, other] = [await open(), await open()];

    const taking = one.take('x').catch(() => undefined);
    await one.close();
    await taking;

    expect(await until(async () => other.take('x'))).toBeDefined();
  });
}

describe('a lease for a single process', () => {
  itIsALease(async () => closedAfter(soleProcessLeases()));
});

describe('a lease in memory', () => {
  const open = async (): Promise<Leases> => closedAfter(shared.ofProcess());
  let shared = createSharedLeases();
  beforeEach(() => {
    shared = createSharedLeases();
  });
  itIsALease(open);
  itIsSharedByProcesses(open);
});

describe.runIf(hasPostgres)('a lease on Postgres', () => {
  beforeEach(async () => {
    postgres = await createEmptyPostgres();
    return async () => postgres.drop();
  });
  // Before the database is dropped: the last hook runs first.
  afterEach(async () => {
    await closeAll();
  });
  itIsALease(openOnPostgres);
  itIsSharedByProcesses(openOnPostgres);

  test('a lease is free as soon as its process is killed', async () => {
    const leases = await openOnPostgres();
    const holder = spawn(process.execPath, [HOLDER, postgres.url, 'x']);
    const [said] = await once(holder.stdout, 'data');
    expect(String(said)).toBe('held');
    expect(await leases.take('x')).toBeUndefined();

    holder.kill('SIGKILL');

    expect(await until(async () => leases.take('x'))).toBeDefined();
  });

  test('a lease cannot be taken without a server', async () => {
    await expect(openPostgresLeases('postgres://nobody@127.0.0.1:1/none')).rejects.toThrow(
      /ECONNREFUSED/,
    );
  });
});
