import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { PostgresDatabase } from '#sandbox/postgres.ts';
import { HOUR, SECOND, type Clock } from '#src/clock.ts';
import { processLease, soleProcessLeases, type Leases } from '#src/storage/leases/leases.ts';
import { openPostgresLeases } from '#src/storage/leases/postgres-leases.ts';

import { createFakeClock } from '../builders/clock.ts';
import { databaseKinds } from '../builders/database.ts';
import { createSharedLeases } from '../builders/leases.ts';
import { createPostgres } from '../builders/postgres.ts';

const HOLDER = fileURLToPath(new URL('hold-lease.ts', import.meta.url));
const hasPostgres = databaseKinds().includes('postgres');

let postgres: PostgresDatabase;
const opened: Leases[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(async (leases) => leases.close()));
});

function closedAfter(leases: Leases): Leases {
  opened.push(leases);
  return leases;
}

const openOnPostgres = async (): Promise<Leases> =>
  closedAfter(await openPostgresLeases(postgres.url));

/** Asks until there is an answer, as fast as they come. */
async function until<Value>(ask: () => Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function untilSo(isSo: () => boolean | Promise<boolean>): Promise<void> {
  await until(async () => ((await isSo()) ? true : undefined));
}

function itIsALease(open: () => Promise<Leases>): void {
  let leases: Leases;
  beforeEach(async () => {
    leases = await open();
  });

  test('one holder has it, until it is given back', async () => {
    const first = await leases.take('x');
    expect(first?.isHeld).toBe(true);
    expect(await leases.take('x')).toBeUndefined();

    await first?.[Symbol.asyncDispose]();

    expect(first?.isHeld).toBe(false);
    expect(await leases.take('x')).toBeDefined();
  });

  test('each name stands for itself', async () => {
    expect(await leases.take('x')).toBeDefined();
    expect(await leases.take('y')).toBeDefined();
  });

  test('of many who ask at once one has it', async () => {
    const asked = await Promise.all(Array.from({ length: 20 }, async () => leases.take('x')));

    expect(asked.filter((lease) => lease !== undefined)).toHaveLength(1);
  });

  test('given back twice, it is not taken from who has it next', async () => {
    const first = await leases.take('x');
    await first?.[Symbol.asyncDispose]();
    const second = await leases.take('x');

    await first?.[Symbol.asyncDispose]();

    expect(second?.isHeld).toBe(true);
    expect(await leases.take('x')).toBeUndefined();
  });

  test('a process holds its own', async () => {
    expect(await leases.take(processLease(leases.processId))).toBeUndefined();
  });

  test('closing ends all, and nothing is given any more', async () => {
    const lease = await leases.take('x');

    await leases.close();

    expect(lease?.isHeld).toBe(false);
    await expect(leases.take('y')).rejects.toThrow(/closed/);
    await lease?.[Symbol.asyncDispose]();
    await leases.close();
  });
}

function itIsSharedByProcesses(open: () => Promise<Leases>): void {
  test('what one process has no other gets, until it gives it back', async () => {
    const [one, other] = [await open(), await open()];
    const lease = await one.take('x');

    expect(await other.take('x')).toBeUndefined();
    await lease?.[Symbol.asyncDispose]();

    expect(await other.take('x')).toBeDefined();
    expect(await one.take('x')).toBeUndefined();
  });

  test('of two processes that ask at once one has it', async () => {
    const [one, other] = [await open(), await open()];
    const names = Array.from({ length: 50 }, (_name, at) => `name${at}`);

    const asked = await Promise.all(
      names.map(async (name) => Promise.all([one.take(name), other.take(name)])),
    );

    expect(asked.map((both) => both.filter((lease) => lease !== undefined).length)).toEqual(
      names.map(() => 1),
    );
  });

  test('what a process leaves, itself among it, is free', async () => {
    const [one, other] = [await open(), await open()];
    await one.take('x');
    expect(await other.take(processLease(one.processId))).toBeUndefined();

    await one.close();

    expect(await until(async () => other.take('x'))).toBeDefined();
    expect(await until(async () => other.take(processLease(one.processId)))).toBeDefined();
  });

  test('closing while it is being taken leaves it to others', async () => {
    const [one, other] = [await open(), await open()];

    const taking = one.take('x').catch(() => undefined);
    await one.close();
    await taking;

    expect(await until(async () => other.take('x'))).toBeDefined();
  });
}

describe('a lease of the only process', () => {
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
    postgres = await createPostgres();
    return async () => postgres.drop();
  });
  // Before the database is dropped: hooks run last first.
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(async (leases) => leases.close()));
  });
  itIsALease(openOnPostgres);
  itIsSharedByProcesses(openOnPostgres);

  test('is free as soon as the process that has it is killed', async () => {
    const leases = await openOnPostgres();
    const holder = spawn(process.execPath, [HOLDER, postgres.url, 'x']);
    const [said] = await once(holder.stdout, 'data');
    expect(String(said)).toBe('held');
    expect(await leases.take('x')).toBeUndefined();

    holder.kill('SIGKILL');

    expect(await until(async () => leases.take('x'))).toBeDefined();
  });

  test('cannot be had where there is no server', async () => {
    await expect(openPostgresLeases('postgres://nobody@127.0.0.1:1/none')).rejects.toThrow(
      /ECONNREFUSED/,
    );
  });
});

describe.runIf(hasPostgres)('a lost connection', () => {
  const clock = createFakeClock();
  /** In another database: one's own cannot be closed to newcomers. */
  let admin: pg.Client;
  let leases: Leases;
  beforeEach(async () => {
    postgres = await createPostgres();
    const url = new URL(postgres.url);
    url.pathname = '/postgres';
    admin = new pg.Client({ connectionString: url.href });
    await admin.connect();
    leases = closedAfter(await openPostgresLeases(postgres.url, undefined, clock));
    return async () => {
      await Promise.all(opened.splice(0).map(async (each) => each.close()));
      await admin.end();
      await postgres.drop();
    };
  });

  const name = (): string => new URL(postgres.url).pathname.slice(1);
  const allowConnections = async (isAllowed: boolean): Promise<unknown> =>
    admin.query(`alter database ${name()} allow_connections ${isAllowed}`);
  /** Returns when the server has dropped the session and all it held. */
  const cut = async (): Promise<unknown> =>
    admin.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1', [
      name(),
    ]);
  const lockCount = async (): Promise<number> => {
    const { rowCount } = await admin.query(
      `select from pg_locks join pg_database on database = pg_database.oid
       where locktype = 'advisory' and datname = $1`,
      [name()],
    );
    return rowCount ?? 0;
  };
  /** Lets a connection that is lost be made anew, whatever tries that takes. */
  const untilLocked = async (count: number): Promise<void> => {
    await untilSo(async () => {
      await clock.advance(SECOND / 10);
      return (await lockCount()) === count;
    });
  };

  test('is made anew, with all that was held on it', async () => {
    const lease = await leases.take('x');
    await cut();
    await untilLocked(2);

    const other = await openOnPostgres();

    expect(await other.take('x')).toBeUndefined();
    expect(await other.take(processLease(leases.processId))).toBeUndefined();
    expect(lease?.isHeld).toBe(true);
    await lease?.[Symbol.asyncDispose]();
    expect(await until(async () => other.take('x'))).toBeDefined();
  });

  test('gives nothing new until the others have taken theirs again', async () => {
    await cut();
    await untilLocked(1);
    // Another's try may just have begun when the server came back, and hang for five seconds.
    await clock.advance(7 * SECOND);
    expect(await leases.take('x')).toBeUndefined();

    await clock.advance(3 * SECOND);

    expect(await until(async () => leases.take('x'))).toBeDefined();
  });

  test('is not made anew while another takes this process for dead', async () => {
    await allowConnections(false);
    await cut();
    await untilSo(() => clock.sleeping === 1);
    await allowConnections(true);
    const other = await openOnPostgres();
    const looking = await other.take(processLease(leases.processId));

    for (let tries = 0; tries < 3; tries += 1) {
      // It sleeps again: it has tried, and was turned away.
      await untilSo(() => clock.sleeping === 1);
      await clock.advance(10 * SECOND);
    }
    expect(await leases.take('x')).toBeUndefined();

    await looking?.[Symbol.asyncDispose]();
    await untilLocked(2);
    await clock.advance(10 * SECOND);
    expect(await until(async () => leases.take('x'))).toBeDefined();
  });

  test('keeps nobody from taking any longer when the clock is set back', async () => {
    let setBackMs = 0;
    const wallClock: Clock = {
      now: () => clock.now() - setBackMs,
      sleep: async (ms, signal) => clock.sleep(ms, signal),
    };
    const own = closedAfter(await openPostgresLeases(postgres.url, undefined, wallClock));
    await cut();
    await untilLocked(2);
    await clock.advance(10 * SECOND);

    setBackMs = HOUR;

    expect(await own.take('x')).toBeDefined();
  });

  test('does not give back what has become another’s', async () => {
    const lease = await leases.take('x');
    await allowConnections(false);
    await cut();
    // Its first try to come back has failed.
    await untilSo(() => clock.sleeping === 1);
    await allowConnections(true);
    const other = await openOnPostgres();
    const taken = await other.take('x');
    await untilLocked(3);
    await untilSo(() => lease?.isHeld === false);

    await lease?.[Symbol.asyncDispose]();

    expect(taken?.isHeld).toBe(true);
    expect(await leases.take('x')).toBeUndefined();
  });
});
