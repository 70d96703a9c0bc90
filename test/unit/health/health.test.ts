import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';

import { ConfigError } from '#src/errors.ts';
import { startHealthServer, type HealthOptions, type HealthServer } from '#src/health/health.ts';
import { createReadiness, type Parts } from '#src/health/readiness.ts';
import { createLogger } from '#src/logger.ts';

import { openTestDatabase } from '../../databases/database.ts';
import { createFakeClock } from '../../fakes/clock.ts';

const servers: HealthServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function startHealth(options: Partial<HealthOptions>) {
  const server = await startHealthServer({
    port: 0,
    host: '127.0.0.1',
    readiness: async () => [],
    scrape: async () => ({ contentType: 'text/plain; version=0.0.4', body: 'up 1\n' }),
    logger: pino({ level: 'silent' }),
    ...options,
  });
  servers.push(server);
  return async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`);
    const type = answer.headers.get('content-type');
    return { status: answer.status, type, text: await answer.text() };
  };
}

describe('the health port', () => {
  test('the liveness check succeeds whatever else is wrong', async () => {
    const ask = await startHealth({ readiness: async () => ['Database: gone.'] });

    expect(await ask('/healthz')).toMatchObject({ status: 200, text: 'alive\n' });
  });

  test('the readiness check lists each reason why the bot is not ready', async () => {
    const ask = await startHealth({ readiness: async () => ['Discord: gone.', 'Database: gone.'] });

    expect(await ask('/readyz?verbose')).toMatchObject({
      status: 503,
      text: 'Discord: gone.\nDatabase: gone.\n',
    });
  });

  test('metrics have their own content type', async () => {
    const ask = await startHealth({});

    expect(await ask('/metrics')).toEqual({
      status: 200,
      type: 'text/plain; version=0.0.4',
      text: 'up 1\n',
    });
  });

  test('unreadable metrics are answered with 500, and the reason is logged', async () => {
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line) => void lines.push(line) });
    const scrape = async () => Promise.reject(new Error('disk full'));
    const ask = await startHealth({ scrape, logger });

    expect((await ask('/metrics')).status).toBe(500);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 50, msg: 'metrics not readable', err: { message: 'disk full' } },
    ]);
    expect((await ask('/healthz')).status).toBe(200);
  });

  test.each(['/', '//', '/healthz/x'])('the health port answers %s as not found', async (path) => {
    const ask = await startHealth({});

    expect((await ask(path)).status).toBe(404);
  });

  test('a port in use is named in the error', async () => {
    const ask = await startHealth({});
    const [server] = servers;

    const second = startHealth({ port: server?.port ?? 0 });
    await expect(second).rejects.toThrow(ConfigError);
    expect((await ask('/healthz')).status).toBe(200);
  });
});

describe('readiness', () => {
  const clock = createFakeClock();
  const logger = pino({ level: 'silent' });
  const UP = { state: 'up' } as const;
  const RESTING = { state: 'resting' } as const;
  const ON_TRIAL = { state: 'on-trial' } as const;

  async function faults(parts: Partial<Parts>): Promise<readonly string[]> {
    const { database, close } = await openTestDatabase('sqlite');
    const readiness = createReadiness({
      isGatewayAlive: () => true,
      database,
      vendorStates: () => new Map([['byteplus', UP]]),
      clock,
      logger,
      ...parts,
    });
    const found = await readiness();
    await close();
    return found;
  }

  test('readiness reports nothing when everything works', async () => {
    expect(await faults({})).toEqual([]);
  });

  test('readiness names a lost Discord connection', async () => {
    expect(await faults({ isGatewayAlive: () => false })).toEqual([
      expect.stringMatching(/^Discord: not connected/),
    ]);
  });

  test('readiness names a failing database', async () => {
    const { database, close } = await openTestDatabase('sqlite');
    await close();

    expect(await faults({ database })).toEqual([expect.stringMatching(/^Database: no answer/)]);
  });

  test('readiness names a database that does not answer in time', async () => {
    const { database, close } = await openTestDatabase('sqlite');
    const held = Promise.withResolvers<void>();
    const holding = database.transaction().execute(async () => held.promise);

    const found = faults({ database });
    await clock.settle();
    await clock.advance(2000);
    expect(await found).toEqual([expect.stringMatching(/^Database: no answer within 2 s/)]);
    held.resolve();
    await holding;
    await close();
  });

  test('readiness names vendors when all of them are paused', async () => {
    const all = new Map([
      ['byteplus', RESTING],
      ['azerion', RESTING],
    ]);

    expect(await faults({ vendorStates: () => all })).toEqual([
      expect.stringMatching(/^Vendors: none takes work at present \(byteplus, azerion\)/),
    ]);
  });

  test.each([UP, ON_TRIAL])('readiness accepts one vendor that is $state', async (one) => {
    const states = new Map<string, { state: 'resting' } | typeof one>([
      ['byteplus', RESTING],
      ['azerion', one],
    ]);

    expect(await faults({ vendorStates: () => states })).toEqual([]);
  });
});
