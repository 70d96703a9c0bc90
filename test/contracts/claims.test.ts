/** One interaction, one handling: on every database, and for processes that die with it in hand. */
import { DiscordAPIError, RESTJSONErrorCodes } from 'discord.js';
import { sql, type KyselyPlugin } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { DAY, MINUTE, SECOND } from '#src/clock.ts';
import { createAbandonedLoop } from '#src/discord/interactions/abandoned.ts';
import { createClaims, InteractionTaken, type Claims } from '#src/discord/interactions/claims.ts';
import type { MessageBody } from '#src/discord/message/job-message.ts';
import { createLogger } from '#src/logger.ts';
import type { Database } from '#src/storage/database.ts';
import { soleProcessLeases, type Leases } from '#src/storage/leases/leases.ts';
import { openPostgresLeases } from '#src/storage/leases/postgres-leases.ts';

import { createFakeClock, type FakeClock } from '../builders/clock.ts';
import { databaseKinds, openTestDatabase, type TestDatabase } from '../builders/database.ts';
import { failingStatements } from '../builders/failing-statements.ts';

const INTERACTION = { id: '1190000000000000077', token: 'a-secret-token' } as const;
const TOKEN_LIFE_MS = 14.5 * MINUTE;
const logger = createLogger('silent');

/** A database that does what it is asked, and says so only after this. */
function answersAfter(gate: Promise<void>, didIt: () => void = () => {}): KyselyPlugin {
  return {
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      didIt();
      await gate;
      return result;
    },
  };
}

interface Asker {
  /** Token and text of each edit that was tried. */
  readonly edits: readonly (readonly [token: string, text: string])[];
  editByToken(token: string, body: MessageBody): Promise<void>;
  /** The same of each message beside it. */
  readonly asides: readonly (readonly [token: string, text: string])[];
  tellAsideByToken(token: string, body: MessageBody): Promise<void>;
}

function tellsAsker(failure?: () => Error): Asker {
  const edits: [string, string][] = [];
  const asides: [string, string][] = [];
  return {
    edits,
    asides,
    tellAsideByToken: async (token, { components }) =>
      void asides.push([token, JSON.stringify(components)]),
    async editByToken(token, { components }) {
      edits.push([token, JSON.stringify(components)]);
      await turnOfEventLoop();
      if (failure !== undefined) throw failure();
    },
  };
}

const refusedWith = (code: RESTJSONErrorCodes) => () =>
  new DiscordAPIError({ code, message: 'Refused' }, code, 404, 'PATCH', 'http://127.0.0.1', {});

async function turnOfEventLoop(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

interface ProcessOfTest {
  readonly claims: Claims;
  readonly leases: Leases;
}

describe.each(databaseKinds())('claims on %s', (kind) => {
  let opened: TestDatabase;
  let clock: FakeClock;
  let processes: ProcessOfTest[];

  beforeEach(async () => {
    opened = await openTestDatabase(kind);
    clock = createFakeClock();
    processes = [];
  });
  afterEach(async () => {
    await Promise.all(processes.map(({ leases }) => leases.close()));
    await opened.close();
  });

  async function startProcess(database: Database = opened.database): Promise<ProcessOfTest> {
    const leases =
      kind === 'sqlite' ? soleProcessLeases() : await openPostgresLeases(opened.url, logger);
    const started = { leases, claims: createClaims({ database, leases, clock, logger }) };
    processes.push(started);
    return started;
  }

  /** A SQLite file has one process at a time: to it, any other is dead. */
  async function startAll(): Promise<ProcessOfTest[]> {
    const first = await startProcess();
    return kind === 'sqlite' ? [first] : [first, await startProcess()];
  }

  const rows = () => opened.database.selectFrom('claims').selectAll().execute();

  describe('claiming', () => {
    test('of twenty tries at once, by as many processes as there can be, one gets it', async () => {
      const running = await startAll();

      const tries = Array.from({ length: 20 / running.length }, () => running).flat();
      const outcomes = await Promise.all(tries.map(({ claims }) => claims.claim(INTERACTION)));

      expect(outcomes.filter((outcome) => outcome === 'ours')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(19);
    });

    test('again, when it is long finished, gets nothing', async () => {
      const { claims } = await startProcess();
      await claims.claim(INTERACTION);
      await claims.finish(INTERACTION.id);

      expect(await claims.claim(INTERACTION)).toBe('taken');
      await claims.finish(INTERACTION.id);
      expect(await rows()).toMatchObject([{ finished_at: clock.now() }]);
    });

    test('without a database fails, and may succeed later', async () => {
      const { claims } = await startProcess();
      await sql`alter table claims rename to claims_away`.execute(opened.database);
      await expect(claims.claim(INTERACTION)).rejects.toThrow('claims');
      await claims.finish(INTERACTION.id);
      await sql`alter table claims_away rename to claims`.execute(opened.database);
      await claims.tidy();

      expect(await claims.claim(INTERACTION)).toBe('ours');
    });

    test('fails after two seconds without an answer, and finishes what lands after that', async () => {
      const gate = Promise.withResolvers<void>();
      const { claims } = await startProcess(opened.database.withPlugin(answersAfter(gate.promise)));
      const [claiming] = await Promise.allSettled([
        claims.claim(INTERACTION),
        clock.advance(2 * SECOND),
      ]);
      expect(claiming).toMatchObject({
        reason: { message: expect.stringContaining('within 2000 ms') },
      });
      await claims.finish(INTERACTION.id);
      expect(await rows()).toMatchObject([{ finished_at: null }]);
      gate.resolve();

      await expect.poll(rows).toMatchObject([{ finished_at: clock.now() }]);
      expect(await claims.adoptAbandoned()).toEqual([]);
    });
  });

  describe('a token', () => {
    test('is found while it lives, and forgotten when it has died', async () => {
      const { claims } = await startProcess();
      await claims.claim(INTERACTION);
      await clock.advance(TOKEN_LIFE_MS - SECOND);
      await claims.tidy();
      expect(await claims.find(INTERACTION.id)).toBe(INTERACTION.token);

      await clock.advance(SECOND);
      expect(await claims.find(INTERACTION.id)).toBeUndefined();
      await claims.tidy();
      expect(await rows()).toMatchObject([{ token: null }]);
    });

    test('is dropped as soon as Discord says that it is dead', async () => {
      const { claims } = await startProcess();
      await claims.claim(INTERACTION);
      await claims.drop(INTERACTION.id);

      expect(await claims.find(INTERACTION.id)).toBeUndefined();
      expect(await rows()).toMatchObject([{ token: null, finished_at: null }]);
    });

    test('of an interaction that nobody claimed is not known', async () => {
      const { claims } = await startProcess();

      expect(await claims.find(INTERACTION.id)).toBeUndefined();
    });
  });

  test('a claim is kept for a day after it was finished', async () => {
    const { claims } = await startProcess();
    await claims.claim(INTERACTION);
    await claims.finish(INTERACTION.id);
    await clock.advance(DAY - 1);
    await claims.tidy();
    expect(await rows()).toHaveLength(1);

    await clock.advance(1);
    await claims.tidy();
    expect(await rows()).toEqual([]);
  });

  test('a claim that cannot be finished is finished by tidying, once the database is back', async () => {
    const { claims } = await startProcess();
    await claims.claim(INTERACTION);
    await sql`alter table claims rename to claims_away`.execute(opened.database);
    await claims.finish(INTERACTION.id);
    await sql`alter table claims_away rename to claims`.execute(opened.database);
    expect(await claims.adoptAbandoned()).toEqual([]);
    await claims.tidy();

    expect(await rows()).toMatchObject([{ finished_at: clock.now() }]);
  });

  describe('what a dead process had in hand', () => {
    async function diesWithIt(): Promise<ProcessOfTest> {
      const dead = await startProcess();
      await dead.claims.claim(INTERACTION);
      await dead.leases.close();
      return dead;
    }

    test('is adopted once, by one of those that look', async () => {
      await diesWithIt();
      const running = await startAll();

      const looking = [...running, ...running].map(({ claims }) => claims.adoptAbandoned());
      const adopted = await Promise.all(looking);
      expect(adopted.flat()).toEqual([INTERACTION.id]);
    });

    test('makes no job any more, should that process be alive after all', async () => {
      const { claims: believedDead } = await diesWithIt();
      const { claims } = await startProcess();
      await claims.adoptAbandoned();
      const recording = opened.database.transaction().execute(async (transaction) => {
        await transaction.insertInto('installation').values({ name: 'job', value: '' }).execute();
        await believedDead.finishWith(transaction, INTERACTION.id);
      });

      await expect(recording).rejects.toThrow(InteractionTaken);
      expect(await opened.database.selectFrom('installation').selectAll().execute()).toEqual([]);
    });

    test('and ended while somebody looked is not adopted', async () => {
      const dying = await startProcess();
      await dying.claims.claim(INTERACTION);
      const seen = Promise.withResolvers<void>();
      const ended = Promise.withResolvers<void>();
      const slowly = opened.database.withPlugin(answersAfter(ended.promise, seen.resolve));
      const { claims } = await startProcess(slowly);
      const end = async (): Promise<void> => {
        await seen.promise;
        await dying.claims.finish(INTERACTION.id);
        await dying.leases.close();
        ended.resolve();
      };

      const [adopted] = await Promise.all([claims.adoptAbandoned(), end()]);
      expect(adopted).toEqual([]);
    });

    test('and had recorded as a job is not adopted', async () => {
      const { claims: dead, leases } = await startProcess();
      await dead.claim(INTERACTION);
      await opened.database
        .transaction()
        .execute((transaction) => dead.finishWith(transaction, INTERACTION.id));
      await leases.close();
      const { claims } = await startProcess();

      expect(await claims.adoptAbandoned()).toEqual([]);
      await dead.finish(INTERACTION.id);
    });

    test('is adopted anew when the one that adopted it dies as well', async () => {
      await diesWithIt();
      const second = await startProcess();
      await second.claims.adoptAbandoned();
      await second.leases.close();
      const third = await startProcess();

      expect(await third.claims.adoptAbandoned()).toEqual([INTERACTION.id]);
    });

    test('is adopted whole, also when the database went away in the midst of it', async () => {
      const dead = await startProcess();
      await dead.claims.claim(INTERACTION);
      await clock.advance(SECOND);
      await dead.claims.claim({ id: 'second', token: 'another-token' });
      await dead.leases.close();
      const failing = failingStatements();
      const { claims } = await startProcess(opened.database.withPlugin(failing.plugin));
      failing.failAt(3, 'before');
      await expect(claims.adoptAbandoned()).rejects.toThrow('The database is gone');

      expect(await claims.adoptAbandoned()).toEqual([INTERACTION.id, 'second']);
    });

    test('is told to the asker once, by the token, and finished', async () => {
      await diesWithIt();
      const told = tellsAsker();
      await played(await startAll(), told, 2 * MINUTE);

      expect(told.edits).toEqual([
        [INTERACTION.token, expect.stringContaining('restarted before it had accepted this')],
      ]);
      expect(await rows()).toMatchObject([{ finished_at: expect.any(Number) }]);
    });

    test('is told again and again while Discord is away, and no longer than the token lives', async () => {
      await diesWithIt();
      const told = tellsAsker(() => new Error('fetch failed'));
      await played([await startProcess()], told, 20 * MINUTE);

      expect(told.edits.length).toBeGreaterThan(100);
      expect(await rows()).toMatchObject([{ token: null, finished_at: expect.any(Number) }]);
    });

    test('is told aside when its reply is gone, as half-way through a refusal', async () => {
      await diesWithIt();
      const told = tellsAsker(refusedWith(RESTJSONErrorCodes.UnknownMessage));
      await played([await startProcess()], told, MINUTE);

      expect(told.edits).toHaveLength(1);
      expect(told.asides).toEqual([
        [INTERACTION.token, expect.stringContaining('restarted before it had accepted this')],
      ]);
      expect(await rows()).toMatchObject([{ finished_at: expect.any(Number) }]);
    });

    test('is let go when it cannot be told any more', async () => {
      await diesWithIt();
      const told = tellsAsker(refusedWith(RESTJSONErrorCodes.InvalidWebhookToken));
      await played([await startProcess()], told, MINUTE);

      expect(told.edits).toHaveLength(1);
      expect(told.asides).toEqual([]);
      expect(await rows()).toMatchObject([{ finished_at: expect.any(Number) }]);
    });
  });

  test('what a living process has in hand is left alone', async () => {
    const running = await startAll();
    await running[0]?.claims.claim(INTERACTION);

    const adopted = await Promise.all(running.map(({ claims }) => claims.adoptAbandoned()));
    expect(adopted.flat()).toEqual([]);
  });

  /** Runs the loops for so long. */
  async function played(
    running: readonly ProcessOfTest[],
    messenger: Asker,
    forMs: number,
  ): Promise<void> {
    const loops = running.map(({ claims }) =>
      createAbandonedLoop({ claims, messenger, clock, logger }),
    );
    for (const loop of loops) loop.start();
    const endsAtMs = clock.now() + forMs;
    for (;;) {
      // The clock does not see what is under way to Postgres.
      while (clock.sleeping < loops.length) await turnOfEventLoop();
      if (clock.now() >= endsAtMs) break;
      await clock.advance(5 * SECOND);
    }
    await Promise.all(loops.map((loop) => loop.stop()));
  }
});
