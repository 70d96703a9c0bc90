/** Silence from Discord: how the bot reacts, with the real client and a clock moved by hand. */
import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { startBotProcess } from '#sandbox/bot-process.ts';
import { startWorld, type World } from '#sandbox/world.ts';
import { createApp, type App } from '#src/app.ts';
import { MINUTE, SECOND } from '#src/clock.ts';
import { readConfig } from '#src/config.ts';
import { GIVE_UP_AFTER_MS } from '#src/discord/gateway-watch.ts';
import { createLogger } from '#src/logger.ts';

import { LEVELS, parseLine, parseLog, type LogLine } from './bot-log.ts';
import { movableClock, type MovableClock } from './clock.ts';
import { until } from './harness.ts';
import { requestHealth } from './health-endpoint.ts';

/** Short compared with the time steps below: a connected bot receives events all the while. */
const HEARTBEAT_MS = 500;
const STEP_MS = SECOND;
/** The bot checks every 5 s, and one time step is slightly longer. */
const ROUNDING_MS = 10 * SECOND;

interface Play {
  readonly world: World;
  readonly clock: MovableClock;
  readonly app: App;
  readonly lines: readonly LogLine[];
  /** The app’s failure; undefined while there is none. */
  failure(): string | undefined;
}

async function play(act: (play: Play) => Promise<void>): Promise<void> {
  const clock = movableClock();
  await using world = await startWorld({
    discord: { clock, token: randomUUID(), heartbeatIntervalMs: HEARTBEAT_MS },
    vendor: { video: 'stored' },
  });
  world.discord.addGuild({ name: 'Film club' });
  const lines: LogLine[] = [];
  const write = (line: string): void => void lines.push(parseLine(line));
  const config = readConfig({ ...world.environment, HTTP_PORT: '0' });
  await using app = await createApp(config, { clock, logger: createLogger('trace', { write }) });
  let failure: string | undefined;
  void app.failed.then(({ message }) => {
    failure = message;
  });
  await app.start();
  await act({ world, clock, app, lines, failure: () => failure });
}

/** Moves time in steps until the condition is true. */
async function waiting<T>(
  clock: MovableClock,
  look: () => T | Promise<T>,
  isSo: (seen: T) => boolean,
): Promise<T> {
  return until(async () => {
    clock.pass(STEP_MS);
    return look();
  }, isSo);
}

function refusedHandshakes({ discord }: World): number {
  return discord.journal
    .filter((entry) => entry.kind === 'gateway')
    .filter(({ direction }) => direction === 'refused').length;
}

function wasResumed({ discord }: World): boolean {
  return discord.journal.some((entry) => entry.kind === 'gateway' && entry.what === 'RESUMED');
}

function isResumeAsked({ discord }: World): boolean {
  return discord.journal.some((entry) => entry.kind === 'gateway' && entry.what === 'op 6');
}

function acknowledgedHeartbeats({ discord }: World): number {
  return discord.journal.filter((entry) => entry.kind === 'gateway' && entry.what === 'op 11')
    .length;
}

describe('a resume host that answers 5xx', () => {
  test('a bot whose resume host fails for ever is reported as not ready, and then gives up', () =>
    play(async ({ world, clock, lines, failure }) => {
      expect((await requestHealth(lines, '/readyz')).status).toBe(200);
      world.discord.inject({ kind: 'dead-resume-host', times: Number.MAX_SAFE_INTEGER });
      world.discord.dropGateway();

      const unready = await waiting(
        clock,
        () => requestHealth(lines, '/readyz'),
        ({ status }) => status === 503,
      );
      expect(unready.text).toMatch(/^Discord: .*nothing received for a minute/);
      expect(unready.text).not.toMatch(/Database|Vendors/);
      expect(failure()).toBeUndefined();
      expect((await requestHealth(lines, '/healthz')).status).toBe(200);
      expect((await requestHealth(lines, '/metrics')).text).toContain(
        '\nseedance_gateway_alive 0\n',
      );

      await waiting(clock, failure, (reason) => reason !== undefined);
      expect(failure()).toMatch(/no data from Discord for minutes/);
      const fatal = lines.filter(({ level }) => level === LEVELS.fatal);
      expect(fatal).toHaveLength(1);
      expect(fatal[0]).toMatchObject({
        shardId: 0,
        err: { message: expect.stringContaining('503') },
      });
      expect(refusedHandshakes(world)).toBeGreaterThan(1);

      // Lets the client, which continues in this process, settle.
      world.discord.endFaults();
      await until(() => wasResumed(world), Boolean);
    }));

  test('a bot whose resume host fails for a while keeps running', () =>
    play(async ({ world, clock, lines, failure }) => {
      world.discord.inject({ kind: 'dead-resume-host', times: 2 });
      world.discord.dropGateway();
      const startedAtMs = clock.now();

      await until(() => wasResumed(world), Boolean);
      expect(world.discord.pendingFaults()).toEqual([]);
      await waiting(
        clock,
        () => clock.now() - startedAtMs,
        (passedMs) => passedMs > 2 * GIVE_UP_AFTER_MS,
      );

      expect(failure()).toBeUndefined();
      expect((await requestHealth(lines, '/readyz')).status).toBe(200);
      const told = lines.map(({ msg }) => msg);
      expect(told).toContain('Discord connection lost; reconnecting');
      expect(told).toContain('Discord connection restored');
    }));
});

describe('a Discord that answers heartbeats but no RESUME', () => {
  test('a bot without an answer to RESUME is not ready within a minute, and gives up after two and a half', () =>
    play(async ({ world, clock, lines, failure }) => {
      world.discord.inject({ kind: 'unanswered-resume' });
      world.discord.dropGateway();
      await until(() => isResumeAsked(world), Boolean);
      const acknowledgedBefore = acknowledgedHeartbeats(world);
      const brokenAtMs = clock.now();

      await waiting(
        clock,
        () => requestHealth(lines, '/readyz'),
        ({ status }) => status === 503,
      );
      expect(clock.now() - brokenAtMs).toBeLessThanOrEqual(MINUTE + ROUNDING_MS);
      expect(failure()).toBeUndefined();

      await waiting(clock, failure, (reason) => reason !== undefined);
      expect(failure()).toMatch(/no data from Discord for minutes/);
      expect(clock.now() - brokenAtMs).toBeLessThanOrEqual(GIVE_UP_AFTER_MS + ROUNDING_MS);
      // The connection itself was alive all the while.
      await until(
        () => acknowledgedHeartbeats(world),
        (count) => count > acknowledgedBefore,
      );
      expect(world.discord.pendingFaults()).toEqual([]);
    }));
});

describe('a Discord that answers heartbeats but no IDENTIFY', () => {
  test('a bot without an answer to a replacement IDENTIFY gives up', () =>
    play(async ({ world, clock, lines, failure }) => {
      world.discord.inject({ kind: 'invalid-session' });
      world.discord.inject({ kind: 'unanswered-identify', times: Number.MAX_SAFE_INTEGER });
      world.discord.dropGateway();

      await waiting(
        clock,
        () => requestHealth(lines, '/readyz'),
        ({ status }) => status === 503,
      );
      await waiting(clock, failure, (reason) => reason !== undefined);
      expect(failure()).toMatch(/no data from Discord for minutes/);
    }));

  test('a bot without an answer to its first IDENTIFY gives up', async () => {
    const clock = movableClock();
    await using world = await startWorld({
      discord: { clock, token: randomUUID(), heartbeatIntervalMs: HEARTBEAT_MS },
    });
    world.discord.addGuild({ name: 'Film club' });
    world.discord.inject({ kind: 'unanswered-identify', times: Number.MAX_SAFE_INTEGER });
    const logger = createLogger('silent');
    await using app = await createApp(readConfig({ ...world.environment }), { clock, logger });
    let failure: string | undefined;
    void app.failed.then(({ message }) => {
      failure = message;
    });
    const starting = app.start();

    await waiting(
      clock,
      () => failure,
      (reason) => reason !== undefined,
    );
    expect(failure).toMatch(/no data from Discord for minutes/);

    // The library does not end a client whose IDENTIFY is in progress.
    world.discord.endFaults();
    world.discord.dropGateway();
    await starting;
  });
});

test('a machine that was suspended for a night continues', () =>
  play(async ({ world, clock, lines, failure }) => {
    world.discord.dropGateway();
    clock.pass(8 * 60 * MINUTE);

    await until(() => wasResumed(world), Boolean);
    await waiting(
      clock,
      () => requestHealth(lines, '/readyz'),
      ({ status }) => status === 200,
    );
    expect(failure()).toBeUndefined();
  }));

test('a token reset at runtime ends the bot with status 1 and the reason', async () => {
  await using world = await startWorld({ discord: { token: randomUUID() } });
  world.discord.addGuild({ name: 'Film club' });
  const bot = startBotProcess({ ...world.environment }, world.folder);
  try {
    await bot.ready();
    world.discord.resetToken();

    expect(await bot.ended).toBe(1);
    const lines = parseLog(bot.output());
    expect(lines.filter(({ level }) => level === LEVELS.fatal)).toMatchObject([
      { code: 4004, msg: expect.stringContaining('no longer accepts DISCORD_TOKEN: it was reset') },
    ]);
    expect(lines.at(-1)).toMatchObject({ msg: 'stopped' });
  } finally {
    await bot.stop('SIGKILL');
  }
});
