/** One interaction is handled once, even when its process dies, on every database. */
import { DiscordAPIError, RESTJSONErrorCodes } from 'discord.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { MINUTE, SECOND } from '#src/clock.ts';
import { createAbandonedClaimsLoop } from '#src/discord/interactions/abandoned-claims.ts';
import { InteractionTaken } from '#src/discord/interactions/claims.ts';
import type { MessageBody } from '#src/discord/messages/job-message.ts';
import { createLogger } from '#src/logger.ts';
import type { Locale } from '#src/text/locales.ts';

import { databaseKinds } from '../databases/database.ts';
import { failingStatements } from '../databases/failing-statements.ts';
import {
  delayAnswers,
  INTERACTION,
  openClaims,
  type ClaimsSetup,
  type ProcessOfTest,
} from '../fakes/claims.ts';

const logger = createLogger('silent');

interface Asker {
  /** Token and text of each attempted edit. */
  readonly edits: readonly (readonly [token: string, text: string])[];
  editByToken(token: string, body: MessageBody): Promise<void>;
  /** The same for each follow-up. */
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

describe.each(databaseKinds())('orphaned claims on %s', (kind) => {
  let setup: ClaimsSetup;
  beforeEach(async () => {
    setup = await openClaims(kind);
  });
  afterEach(async () => setup[Symbol.asyncDispose]());

  describe('claims of a dead process', () => {
    async function diesWithIt(locale: Locale = 'en-US'): Promise<ProcessOfTest> {
      const dead = await setup.startProcess();
      await dead.claims.claim({ ...INTERACTION, locale });
      await dead.leases.close();
      return dead;
    }

    test('an orphaned claim is adopted once, by one of the processes that look', async () => {
      await diesWithIt();
      const running = await setup.startAll();

      const looking = [...running, ...running].map(({ claims }) => claims.adoptAbandoned());
      const adopted = await Promise.all(looking);
      expect(adopted.flat()).toEqual([INTERACTION.id]);
    });

    test('an orphaned claim can be adopted by a process that was refused it before', async () => {
      const dying = await setup.startProcess();
      await dying.claims.claim(INTERACTION);
      const { claims } = await setup.startProcess();
      expect(await claims.claim(INTERACTION)).toBe('taken');
      await dying.leases.close();

      expect(await claims.adoptAbandoned()).toEqual([INTERACTION.id]);
    });

    test('an adopted claim makes no job any more, even if its process is still alive', async () => {
      const { claims: believedDead } = await diesWithIt();
      const { claims } = await setup.startProcess();
      await claims.adoptAbandoned();
      const recording = setup.database.transaction().execute(async (transaction) => {
        await transaction.insertInto('installation').values({ name: 'job', value: '' }).execute();
        await believedDead.finishWith(transaction, INTERACTION.id);
      });

      await expect(recording).rejects.toThrow(InteractionTaken);
      expect(await setup.database.selectFrom('installation').selectAll().execute()).toEqual([]);
    });

    test('a claim that ended during the look is not adopted', async () => {
      const dying = await setup.startProcess();
      await dying.claims.claim(INTERACTION);
      const seen = Promise.withResolvers<void>();
      const ended = Promise.withResolvers<void>();
      const slowly = setup.database.withPlugin(delayAnswers(ended.promise, seen.resolve));
      const { claims } = await setup.startProcess(slowly);
      const end = async (): Promise<void> => {
        await seen.promise;
        await dying.claims.finish(INTERACTION.id);
        await dying.leases.close();
        ended.resolve();
      };

      const [adopted] = await Promise.all([claims.adoptAbandoned(), end()]);
      expect(adopted).toEqual([]);
    });

    test('a claim recorded as a job is not adopted', async () => {
      const { claims: dead, leases } = await setup.startProcess();
      await dead.claim(INTERACTION);
      await setup.database
        .transaction()
        .execute((transaction) => dead.finishWith(transaction, INTERACTION.id));
      await leases.close();
      const { claims } = await setup.startProcess();

      expect(await claims.adoptAbandoned()).toEqual([]);
      await dead.finish(INTERACTION.id);
    });

    test('a claim is adopted again when its adopter dies as well', async () => {
      await diesWithIt();
      const second = await setup.startProcess();
      await second.claims.adoptAbandoned();
      await second.leases.close();
      const third = await setup.startProcess();

      expect(await third.claims.adoptAbandoned()).toEqual([INTERACTION.id]);
    });

    test('a claim is adopted completely even when the database failed in between', async () => {
      const dead = await setup.startProcess();
      await dead.claims.claim(INTERACTION);
      await setup.clock.advance(SECOND);
      await dead.claims.claim({ ...INTERACTION, id: 'second', token: 'another-token' });
      await dead.leases.close();
      const failing = failingStatements();
      const { claims } = await setup.startProcess(setup.database.withPlugin(failing.plugin));
      failing.failAt(3, 'before');
      await expect(claims.adoptAbandoned()).rejects.toThrow('The database is gone');

      expect(await claims.adoptAbandoned()).toEqual([INTERACTION.id, 'second']);
    });

    test('the member is told about an orphaned claim once, by its token, and the claim is finished', async () => {
      await diesWithIt();
      const told = tellsAsker();
      await played(await setup.startAll(), told, 2 * MINUTE);

      expect(told.edits).toEqual([
        [INTERACTION.token, expect.stringContaining('restarted before it accepted this')],
      ]);
      expect(await setup.rows()).toMatchObject([{ finished_at: expect.any(Number) }]);
    });

    test('the message about an orphaned claim is in the language of the asker', async () => {
      await diesWithIt('zh-CN');
      const told = tellsAsker();
      await played(await setup.startAll(), told, 2 * MINUTE);

      expect(told.edits).toEqual([[INTERACTION.token, expect.stringContaining('重启')]]);
    });

    test('the message about an orphaned claim is retried while Discord is away, until the token expires', async () => {
      await diesWithIt();
      const told = tellsAsker(() => new Error('fetch failed'));
      await played([await setup.startProcess()], told, 20 * MINUTE);

      expect(told.edits.length).toBeGreaterThan(100);
      expect(await setup.rows()).toMatchObject([{ token: null, finished_at: expect.any(Number) }]);
    });

    test('the message about an orphaned claim is a follow-up when its reply is gone, as during a refusal', async () => {
      await diesWithIt();
      const told = tellsAsker(refusedWith(RESTJSONErrorCodes.UnknownMessage));
      await played([await setup.startProcess()], told, MINUTE);

      expect(told.edits).toHaveLength(1);
      expect(told.asides).toEqual([
        [INTERACTION.token, expect.stringContaining('restarted before it accepted this')],
      ]);
      expect(await setup.rows()).toMatchObject([{ finished_at: expect.any(Number) }]);
    });

    test('an orphaned claim is closed when its member can no longer be told', async () => {
      await diesWithIt();
      const told = tellsAsker(refusedWith(RESTJSONErrorCodes.InvalidWebhookToken));
      await played([await setup.startProcess()], told, MINUTE);

      expect(told.edits).toHaveLength(1);
      expect(told.asides).toEqual([]);
      expect(await setup.rows()).toMatchObject([{ finished_at: expect.any(Number) }]);
    });
  });

  /** Runs the loops for this long. */
  async function played(
    running: readonly ProcessOfTest[],
    messenger: Asker,
    forMs: number,
  ): Promise<void> {
    const loops = running.map(({ claims }) =>
      createAbandonedClaimsLoop({ claims, messenger, clock: setup.clock, logger }),
    );
    for (const loop of loops) loop.start();
    const endsAtMs = setup.clock.now() + forMs;
    for (;;) {
      // The clock does not see statements on their way to Postgres.
      while (setup.clock.sleeping < loops.length) await turnOfEventLoop();
      if (setup.clock.now() >= endsAtMs) break;
      await setup.clock.advance(5 * SECOND);
    }
    await Promise.all(loops.map((loop) => loop.stop()));
  }
});
