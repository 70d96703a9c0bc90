/** One interaction is handled once, on every database. */
import { sql, type KyselyPlugin } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { DAY, MINUTE, SECOND } from '#src/clock.ts';
import type { Database } from '#src/storage/database.ts';

import { databaseKinds } from '../databases/database.ts';
import {
  delayAnswers,
  INTERACTION,
  openClaims,
  type ClaimsSetup,
  type ProcessOfTest,
} from '../fakes/claims.ts';
import { untilTrue } from '../fakes/until.ts';

const TOKEN_LIFE_MS = 14.5 * MINUTE;

describe.each(databaseKinds())('claims on %s', (kind) => {
  let setup: ClaimsSetup;
  beforeEach(async () => {
    setup = await openClaims(kind);
  });
  afterEach(async () => setup[Symbol.asyncDispose]());

  describe('claiming', () => {
    test('one of twenty concurrent claims gets the interaction, in any number of processes', async () => {
      const running = await setup.startAll();

      const tries = Array.from({ length: 20 / running.length }, () => running).flat();
      const outcomes = await Promise.all(tries.map(({ claims }) => claims.claim(INTERACTION)));

      expect(outcomes.filter((outcome) => outcome === 'ours')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(19);
      for (const { claims } of running) await claims.finish(INTERACTION.id);
      expect(await setup.rows()).toMatchObject([{ finished_at: setup.clock.now() }]);
    });

    test('a repeated claim by one process loses nothing: the first claim is finished by its id', async () => {
      const { claims } = await setup.startProcess();
      expect(await claims.claim(INTERACTION)).toBe('ours');
      expect(await claims.claim(INTERACTION)).toBe('taken');

      expect(await claims.adoptAbandoned()).toEqual([]);
      await claims.finish(INTERACTION.id);
      expect(await setup.rows()).toMatchObject([{ finished_at: setup.clock.now() }]);
    });

    test('a claim repeated long after its end gets nothing', async () => {
      const { claims } = await setup.startProcess();
      await claims.claim(INTERACTION);
      await claims.finish(INTERACTION.id);

      expect(await claims.claim(INTERACTION)).toBe('taken');
      await claims.finish(INTERACTION.id);
      expect(await setup.rows()).toMatchObject([{ finished_at: setup.clock.now() }]);
    });

    test('two hundred concurrent claims take few statements, and each has its own result', async () => {
      const counted = countingInserts();
      const { claims } = await setup.startProcess(setup.database.withPlugin(counted.plugin));
      const other = await setup.startProcess();
      const interactions = Array.from({ length: 200 }, (_, index) => ({
        ...INTERACTION,
        id: `many-${index}`,
        token: `token-${index}`,
      }));
      for (const one of interactions.slice(0, 20)) await other.claims.claim(one);

      const outcomes = await Promise.all(interactions.map(async (one) => claims.claim(one)));

      expect(outcomes).toEqual(interactions.map((_, index) => (index < 20 ? 'taken' : 'ours')));
      expect(counted.inserts()).toBeLessThan(20);
      expect(await claims.find('many-199')).toBe('token-199');
    });

    test.runIf(kind === 'postgres')(
      'two processes that claim the same interactions in any order get one result for each',
      async () => {
        const running = await setup.startAll();
        const claim = async ({ claims }: ProcessOfTest, ids: readonly string[]) =>
          Promise.all(
            ids.map(async (id) => claims.claim({ ...INTERACTION, id, token: `token-${id}` })),
          );
        const fourOf = (whose: number): string[] => [1, 2, 3, 4].map((each) => `${whose}-${each}`);
        const undo = Promise.withResolvers<never>();
        const written = Promise.withResolvers<void>();
        const third = setup.database.transaction().execute(async (transaction) => {
          const row = { process_id: 'third', claimed_at: 0, locale: 'en-US', finished_at: null };
          await transaction
            .insertInto('claims')
            .values({ interaction_id: 'b', ...row })
            .execute();
          written.resolve();
          return undo.promise;
        });
        await written.promise;

        // After the four statements that may be in progress, the other claims share one.
        const orders = [
          ['a', 'b', 'c'],
          ['c', 'b', 'a'],
        ];
        const claiming = Promise.all(
          running.map(async (each, at) => claim(each, [...fourOf(at), ...(orders[at] ?? [])])),
        );
        await untilTrue(async () => (await waitingForLocks(setup.database)) === 2);
        undo.reject(new Error('undone'));
        await expect(third).rejects.toThrow('undone');

        const [first, second] = (await claiming).map((outcomes) => outcomes.slice(4));
        const opposite = (outcome: string): string => (outcome === 'ours' ? 'taken' : 'ours');
        expect(second?.toReversed()).toEqual(first?.map(opposite));
      },
    );

    test('a claim without a database fails, and may succeed later', async () => {
      const { claims } = await setup.startProcess();
      await sql`alter table claims rename to claims_away`.execute(setup.database);
      await expect(claims.claim(INTERACTION)).rejects.toThrow('claims');
      await claims.finish(INTERACTION.id);
      await sql`alter table claims_away rename to claims`.execute(setup.database);
      await claims.tidy();

      expect(await claims.claim(INTERACTION)).toBe('ours');
    });

    test('a claim fails after four seconds without an answer, and finishes what is written after that', async () => {
      const gate = Promise.withResolvers<void>();
      const { claims } = await setup.startProcess(
        setup.database.withPlugin(delayAnswers(gate.promise)),
      );
      const [claiming] = await Promise.allSettled([
        claims.claim(INTERACTION),
        setup.clock.advance(4 * SECOND),
      ]);
      expect(claiming).toMatchObject({
        reason: { message: expect.stringContaining('within 4000 ms') },
      });
      await claims.finish(INTERACTION.id);
      expect(await setup.rows()).toMatchObject([{ finished_at: null }]);
      gate.resolve();

      await expect.poll(() => setup.rows()).toMatchObject([{ finished_at: setup.clock.now() }]);
      expect(await claims.adoptAbandoned()).toEqual([]);
    });
  });

  describe('interaction tokens', () => {
    test('a token is found while it is valid, and forgotten when it expires', async () => {
      const { claims } = await setup.startProcess();
      await claims.claim(INTERACTION);
      await setup.clock.advance(TOKEN_LIFE_MS - SECOND);
      await claims.tidy();
      expect(await claims.find(INTERACTION.id)).toBe(INTERACTION.token);

      await setup.clock.advance(SECOND);
      expect(await claims.find(INTERACTION.id)).toBeUndefined();
      await claims.tidy();
      expect(await setup.rows()).toMatchObject([{ token: null }]);
    });

    test('a token is dropped as soon as Discord reports it as invalid', async () => {
      const { claims } = await setup.startProcess();
      await claims.claim(INTERACTION);
      await claims.drop(INTERACTION.id);

      expect(await claims.find(INTERACTION.id)).toBeUndefined();
      expect(await setup.rows()).toMatchObject([{ token: null, finished_at: null }]);
    });

    test('the token of an unclaimed interaction is unknown', async () => {
      const { claims } = await setup.startProcess();

      expect(await claims.find(INTERACTION.id)).toBeUndefined();
    });
  });

  test('a claim is kept for a day after its end', async () => {
    const { claims } = await setup.startProcess();
    await claims.claim(INTERACTION);
    await claims.finish(INTERACTION.id);
    await setup.clock.advance(DAY - 1);
    await claims.tidy();
    expect(await setup.rows()).toHaveLength(1);

    await setup.clock.advance(1);
    await claims.tidy();
    expect(await setup.rows()).toEqual([]);
  });

  test('a claim that could not be finished is finished by cleanup once the database is back', async () => {
    const { claims } = await setup.startProcess();
    await claims.claim(INTERACTION);
    await sql`alter table claims rename to claims_away`.execute(setup.database);
    await claims.finish(INTERACTION.id);
    await sql`alter table claims_away rename to claims`.execute(setup.database);
    expect(await claims.adoptAbandoned()).toEqual([]);
    await claims.tidy();

    expect(await setup.rows()).toMatchObject([{ finished_at: setup.clock.now() }]);
  });

  test('the claims of a living process are not cleaned up', async () => {
    const running = await setup.startAll();
    await running[0]?.claims.claim(INTERACTION);

    const adopted = await Promise.all(running.map(({ claims }) => claims.adoptAbandoned()));
    expect(adopted.flat()).toEqual([]);
  });
});

function countingInserts(): { plugin: KyselyPlugin; inserts(): number } {
  let inserts = 0;
  return {
    plugin: {
      transformQuery({ node }) {
        if (node.kind === 'InsertQueryNode') inserts += 1;
        return node;
      },
      transformResult: async ({ result }) => Promise.resolve(result),
    },
    inserts: () => inserts,
  };
}

async function waitingForLocks(database: Database): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'
  `.execute(database);
  return rows[0]?.count ?? 0;
}
