import pg from 'pg';
import { beforeEach, describe, expect, test } from 'vitest';

import type { PostgresDatabase } from '#sandbox/postgres.ts';
import { HOUR, SECOND, type Clock } from '#src/clock.ts';
import { processLease, type Leases } from '#src/storage/leases/leases.ts';
import { openPostgresLeases } from '#src/storage/leases/postgres-leases.ts';

import { useLeases } from '../databases/opened-leases.ts';
import { createEmptyPostgres } from '../databases/postgres-databases.ts';
import { postgresUrl } from '../databases/postgres.ts';
import { createFakeClock } from '../fakes/clock.ts';
import { until, untilTrue } from '../fakes/until.ts';

let postgres: PostgresDatabase;
const { closedAfter, closeAll } = useLeases();

const openOnPostgres = async (): Promise<Leases> =>
  closedAfter(await openPostgresLeases(postgres.url));

describe.runIf(postgresUrl() !== undefined)('a lost lease connection', () => {
  const clock = createFakeClock();
  /** Run in another database: a session cannot close its own database to new connections. */
  let admin: pg.Client;
  let leases: Leases;
  beforeEach(async () => {
    postgres = await createEmptyPostgres();
    const url = new URL(postgres.url);
    url.pathname = '/postgres';
    admin = new pg.Client({ connectionString: url.href });
    await admin.connect();
    leases = closedAfter(await openPostgresLeases(postgres.url, undefined, clock));
    return async () => {
      await closeAll();
      await admin.end();
      await postgres.drop();
    };
  });

  const name = (): string => new URL(postgres.url).pathname.slice(1);
  const allowConnections = async (isAllowed: boolean): Promise<unknown> =>
    admin.query(`alter database ${name()} allow_connections ${isAllowed}`);
  /** Resolves when the server has dropped the session and all its locks. */
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
  /** Lets a lost connection be reopened, however many attempts that takes. */
  const untilLocked = async (count: number): Promise<void> => {
    await untilTrue(async () => {
      await clock.advance(SECOND / 10);
      return (await lockCount()) === count;
    });
  };

  test('a lost connection is reopened with every lease that was held on it', async () => {
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

  test('a reopened connection grants no new lease until the others have retaken theirs', async () => {
    await cut();
    await untilLocked(1);
    // Another attempt may have begun just when the server came back, and hang for five seconds.
    await clock.advance(7 * SECOND);
    expect(await leases.take('x')).toBeUndefined();

    await clock.advance(3 * SECOND);

    expect(await until(async () => leases.take('x'))).toBeDefined();
  });

  test('a connection is not reopened while another process takes this one for dead', async () => {
    await allowConnections(false);
    await cut();
    await untilTrue(() => clock.sleeping === 1);
    await allowConnections(true);
    const other = await openOnPostgres();
    const looking = await other.take(processLease(leases.processId));

    for (let tries = 0; tries < 3; tries += 1) {
      // It sleeps again: its attempt was refused.
      await untilTrue(() => clock.sleeping === 1);
      await clock.advance(10 * SECOND);
    }
    expect(await leases.take('x')).toBeUndefined();

    await looking?.[Symbol.asyncDispose]();
    await untilLocked(2);
    await clock.advance(10 * SECOND);
    expect(await until(async () => leases.take('x'))).toBeDefined();
  });

  test('setting the clock back does not delay a lease after a lost connection', async () => {
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

  test('a reopened connection does not release a lease that another process now holds', async () => {
    const lease = await leases.take('x');
    await allowConnections(false);
    await cut();
    // Its first attempt to reconnect has failed.
    await untilTrue(() => clock.sleeping === 1);
    await allowConnections(true);
    const other = await openOnPostgres();
    const taken = await other.take('x');
    await untilLocked(3);
    await untilTrue(() => lease?.isHeld === false);

    await lease?.[Symbol.asyncDispose]();

    expect(taken?.isHeld).toBe(true);
    expect(await leases.take('x')).toBeUndefined();
  });
});
