/** Two bots on one shard, as during a deployment: both receive every event, and one of them handles it. */
import { randomUUID } from 'node:crypto';

import { sql } from 'kysely';
import { describe, expect, inject, test } from 'vitest';

import type { Member } from '#sandbox/discord/actors.ts';
import { file } from '#sandbox/discord/discord.ts';
import type { GuildHandle } from '#sandbox/discord/guild.ts';
import { startWorld, type World } from '#sandbox/world.ts';
import { MINUTE } from '#src/clock.ts';

import { pngImage } from '../fakes/images.ts';
import { LEVELS } from './bot-log.ts';
import { startSeparateBot, startBotHere, type Bot, type BotSettings } from './bot.ts';
import { movableClock, type MovableClock } from './clock.ts';
import { createScenarioDatabase } from './database.ts';
import { until } from './harness.ts';
import { openLedgers, type Ledgers } from './ledgers.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const VIDEOS = 20;

interface Play {
  readonly world: World;
  readonly guild: GuildHandle;
  readonly alice: Member;
  readonly ledgers: Ledgers;
  readonly clock: MovableClock;
  readonly settings: BotSettings;
  /** Those that the test starts; stopped at its end. */
  readonly bots: Bot[];
}

async function playTwoBots(play: (play: Play) => Promise<void>): Promise<void> {
  const clock = movableClock();
  await using ends = new AsyncDisposableStack();
  const world = ends.use(
    await startWorld({
      discord: { clock, token: randomUUID() },
      vendor: { key: randomUUID(), video: 'stored', renderMs: 5, now: clock.now },
    }),
  );
  const database = await createScenarioDatabase();
  ends.defer(database.remove);
  // Limits that allow all videos of a test.
  const environment: Record<string, string> = {
    ...world.environment,
    ...database.settings,
    DEFAULT_GUILD_CREDITS: '1000',
  };
  const ledgers = ends.use(await openLedgers(environment['DATABASE_URL'] ?? ''));
  const guild = world.discord.addGuild({ name: 'Film club', channels: ['videos'] });
  const bots: Bot[] = [];
  ends.defer(async () => void (await Promise.all(bots.map((bot) => bot.stop()))));
  const alice = guild.member('alice');
  await play({ world, guild, alice, ledgers, clock, settings: { environment, clock }, bots });
  expect(await ledgers.auditFaults()).toEqual([]);
  expect(world.discord.unknownRoutes).toEqual([]);
}

/** Only where several processes can share a database. */
describe.runIf(inject('databaseKind') === 'postgres')('two bots on one shard', () => {
  test(`${VIDEOS} commands make ${VIDEOS} videos, each once`, () =>
    playTwoBots(async ({ world, guild, alice, ledgers, settings, bots }) => {
      bots.push(await startBotHere(settings), await startBotHere(settings));
      const replies = Array.from({ length: VIDEOS }, (_, index) =>
        alice.runs('video', {
          prompt: `${PROMPT}, take ${index}`,
          ...(index % 2 === 0 ? {} : { first_frame: file('sea.png', pngImage()) }),
        }),
      );
      await Promise.all(replies.map((reply) => reply.until(({ media }) => media.length > 0)));
      await until(
        () => ledgers.jobs(),
        (jobs) => jobs.every(({ state }) => state === 'delivered'),
      );

      expect(replies.map(({ deliveryTries }) => deliveryTries)).toEqual(replies.map(() => 2));
      expect(replies.map(({ visible }) => visible.length)).toEqual(replies.map(() => 1));
      const said = replies.flatMap(({ versions }) => versions.map(({ text }) => text));
      expect(said.filter((text) => /wrong|restarted|charged/.test(text))).toEqual([]);
      expect(guild.channel().messages).toHaveLength(VIDEOS);
      expect(await ledgers.jobs()).toHaveLength(VIDEOS);
      expect(world.vendor.tasks).toHaveLength(VIDEOS);
      const claims = await ledgers.database.selectFrom('claims').selectAll().execute();
      expect(claims).toHaveLength(VIDEOS);
      const lines = bots.flatMap((bot) => bot.lines);
      expect(lines.filter(({ level }) => level >= LEVELS.error)).toEqual([]);
    }));

  test('the commands of a killed bot are answered by the one beside it', () =>
    playTwoBots(async ({ world, alice, ledgers, clock, settings, bots }) => {
      const killed = await startSeparateBot(settings.environment, world.folder);
      world.discord.inject({
        route: 'GET /ephemeral-attachments/:channel/:file/:name',
        kind: 'hang',
        when: 'before',
      });
      const reply = alice.runs('video', { prompt: PROMPT, first_frame: file('a.png', pngImage()) });
      await until(
        () => world.discord.pendingFaults().length,
        (left) => left === 0,
      );
      bots.push(await startBotHere(settings));
      await killed.kill();
      // Each looks every half minute.
      clock.pass(MINUTE);

      expect((await reply.until(({ text }) => text !== '')).text).toContain('Nothing was charged');
      expect(await ledgers.jobs()).toEqual([]);
      expect(await ledgers.ledger()).toEqual([]);
    }));

  test('a claim that the database leaves waiting is given up, and its member is told', () =>
    playTwoBots(async ({ alice, guild, ledgers, settings, bots }) => {
      bots.push(await startBotHere(settings));
      const reply = await ledgers.database.transaction().execute(async (transaction) => {
        await sql`lock table claims in access exclusive mode`.execute(transaction);
        const asked = alice.runs('video', { prompt: PROMPT });
        // The bot waits 4 s for a claim.
        expect(await asked.refusal({ timeoutMs: 30_000 })).toContain('Nothing was charged');
        return asked;
      });
      const claims = await until(
        () => ledgers.database.selectFrom('claims').selectAll().execute(),
        ([claim]) => claim !== undefined && claim.finished_at !== null,
      );

      expect(claims).toMatchObject([{ interaction_id: reply.interactionId }]);
      expect(guild.channel().messages).toEqual([]);
      expect(await ledgers.jobs()).toEqual([]);
    }));
});
