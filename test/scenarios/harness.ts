/**
 * A scenario: the real bot between a Discord and a vendor on loopback, over real sockets. At its end,
 * the sandbox must have met nothing unknown, every injected fault must have happened, the ledgers
 * must balance, and the log must contain no secret.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { expect } from 'vitest';

import type { Member } from '#sandbox/discord/actors.ts';
import type { OptionValue } from '#sandbox/discord/command-options.ts';
import type { DiscordOptions, DiscordSandbox } from '#sandbox/discord/discord.ts';
import type { GuildHandle, MemberOptions } from '#sandbox/discord/guild.ts';
import type { RequestEntry } from '#sandbox/discord/journal.ts';
import { loadOpenApi, type OpenApi } from '#sandbox/discord/openapi.ts';
import type { Reply } from '#sandbox/discord/reply.ts';
import type { VendorOptions } from '#sandbox/vendor/vendor.ts';
import { startWorld, type World } from '#sandbox/world.ts';
import { SECOND } from '#src/clock.ts';
import type { Job, JobState } from '#src/jobs/record/job.ts';

import { findLeaks, LEVELS, type LogLine } from './bot-log.ts';
import { startSeparateBot, startBotHere, type Bot, type BotSettings } from './bot.ts';
import { movableClock, type MovableClock } from './clock.ts';
import { createScenarioDatabase, type ScenarioDatabase } from './database.ts';
import { openLedgers, type Ledgers } from './ledgers.ts';

export interface ScenarioOptions {
  readonly discord?: DiscordOptions | undefined;
  readonly vendor?: VendorOptions | undefined;
  readonly guild?: Partial<Parameters<DiscordSandbox['addGuild']>[0]> | undefined;
  readonly alice?: MemberOptions | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** `aside`: a separate process, which can be killed, and whose clock cannot be moved. */
  readonly bot?: 'here' | 'aside' | undefined;
  /** How many processes share the database; more than one only on Postgres. */
  readonly bots?: number | undefined;
  /** How fast time passes for all participants, when it is not real time; see `movableClock`. */
  readonly pace?: number | undefined;
  /** The first time on everybody’s clock, in Unix milliseconds; the present unless given. */
  readonly startsAtMs?: number | undefined;
  /** Where the bot looks for ffmpeg; a path without it stands for a machine without it. Not for `aside`. */
  readonly ffmpegPath?: string | undefined;
  /** Opens the bot’s database in another way. Not for `aside`. */
  readonly openDatabase?: BotSettings['openDatabase'];
  /** Injected faults may be left over, because the test cannot know how many are met. */
  readonly mayLeaveFaults?: boolean | undefined;
}

export type VideoOptions = { readonly prompt: string } & Readonly<Record<string, OptionValue>>;

export interface Scenario extends Pick<World, 'discord' | 'vendor' | 'folder' | 'environment'> {
  readonly guild: GuildHandle;
  readonly alice: Member;
  readonly bob: Member;
  readonly clock: MovableClock;
  readonly ledgers: Ledgers;
  /** Everything that the bots of this scenario have logged. */
  readonly lines: readonly LogLine[];
  /** `/video` as typed by alice, or by the given member. */
  video(options: VideoOptions, who?: Member): Reply;
  /** Resolves with the only job, once it is in this state. */
  job(state: JobState): Promise<Job>;
  /** The bot’s requests to Discord on a route such as `PATCH /webhooks/:app/:token/messages/@original`. */
  requests(route: string): RequestEntry[];
  /** Create calls that the vendor received, accepted or not. */
  creates(): World['vendor']['journal'];
  /** @param settings replace the scenario’s own from now on */
  start(settings?: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export const EDIT_BY_TOKEN = 'PATCH /webhooks/:app/:token/messages/@original';
export const EDIT_BY_BOT = 'PATCH /channels/:channel/messages/:message';
export const NEW_MESSAGE = 'POST /channels/:channel/messages';
export const CALLBACK = 'POST /interactions/:interaction/:token/callback';

export function openApiFile(): string | undefined {
  const file = process.env['DISCORD_OPENAPI_FILE'] ?? '';
  return file === '' ? undefined : file;
}

/** Loading takes a second: once per test file. */
let openApi: Promise<OpenApi> | undefined;

/** @throws what the test or a check at its end throws; the test’s own failure comes first */
export async function scenario(
  options: ScenarioOptions,
  play: (scenario: Scenario) => Promise<void>,
): Promise<void> {
  const stage = await setStage(options);
  try {
    await stage.scenario.start();
    await play(stage.scenario);
    await stage.scenario.stop();
    await checkEnd(stage, options);
  } catch (error) {
    tellWhatWasLogged(stage.scenario);
    throw error;
  } finally {
    await stage.close();
  }
}

/** Adds the bot’s log of errors to the failure of a test. */
function tellWhatWasLogged({ lines }: Scenario): void {
  const complaints = lines.filter(({ level }) => level >= LEVELS.warn);
  for (const line of complaints) process.stderr.write(`${JSON.stringify(line)}\n`);
}

interface Stage {
  readonly world: World;
  readonly scenario: Scenario;
  readonly prompts: readonly string[];
  readonly database: ScenarioDatabase;
  close(): Promise<void>;
}

async function setStage(options: ScenarioOptions): Promise<Stage> {
  const clock = movableClock(options.pace, options.startsAtMs);
  const file = openApiFile();
  if (file !== undefined) openApi ??= loadOpenApi(file);
  const world = await startWorld({
    // A separate token and key: no bot left over from elsewhere can log in here.
    discord: { clock, openApi: await openApi, token: randomUUID(), ...options.discord },
    vendor: { key: randomUUID(), video: 'stored', renderMs: 5, now: clock.now, ...options.vendor },
  });
  const database = await createScenarioDatabase();
  const environment = { ...world.environment, ...database.settings, ...options.environment };
  const guild = world.discord.addGuild({
    name: 'Film club',
    channels: ['videos'],
    ...options.guild,
  });
  const bots: Bot[] = [];
  let running: readonly Bot[] = [];
  const ledgers = await openLedgers(environment['DATABASE_URL'] ?? '');
  const prompts: string[] = [];
  const alice = guild.member('alice', options.alice);

  const { ffmpegPath, openDatabase } = options;
  async function startOne(): Promise<Bot> {
    return options.bot === 'aside'
      ? startSeparateBot(environment, world.folder)
      : startBotHere({ environment, clock, ffmpegPath, openDatabase });
  }

  async function start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    Object.assign(environment, settings);
    running = await Promise.all(Array.from({ length: options.bots ?? 1 }, startOne));
    bots.push(...running);
  }

  async function end(how: 'stop' | 'kill'): Promise<void> {
    const ending = running;
    running = [];
    await Promise.all(ending.map((bot) => bot[how]()));
  }

  const played: Scenario = {
    ...world,
    environment,
    guild,
    alice,
    bob: guild.member('bob'),
    clock,
    ledgers,
    get lines() {
      return bots.flatMap(({ lines }) => lines);
    },
    video(videoOptions, who = alice) {
      prompts.push(videoOptions.prompt);
      return who.runs('video', videoOptions);
    },
    async job(state) {
      const [job] = await until(
        () => ledgers.jobs(),
        (jobs) => jobs[0]?.state === state,
        (jobs) => `no job is ${state}, only: ${jobs.map((one) => one.state).join(', ')}`,
      );
      if (job === undefined) throw new Error('Not reached: a job was found');
      return job;
    },
    requests: (route) =>
      world.discord.journal.flatMap((entry) =>
        entry.kind === 'request' && `${entry.method} ${entry.route}` === route ? [entry] : [],
      ),
    creates: () => world.vendor.journal.filter(({ route }) => route === 'create'),
    start,
    stop: () => end('stop'),
    kill: () => end('kill'),
  };

  return {
    world,
    scenario: played,
    prompts,
    database,
    async close() {
      await end(options.bot === 'aside' ? 'kill' : 'stop');
      await ledgers[Symbol.asyncDispose]();
      await database.remove();
      await world.close();
    },
  };
}

const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 20;

/**
 * Polls a value that announces no changes, such as one in a database.
 *
 * @throws Error after a minute, with the last value
 */
export async function until<T>(
  look: () => T | Promise<T>,
  isSo: (seen: T) => boolean,
  describe: (seen: T) => string = (seen) => `saw only ${JSON.stringify(seen)}`,
): Promise<T> {
  const givenUpAtMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > givenUpAtMs) throw new Error(`Within ${PATIENCE_MS} ms: ${describe(seen)}`);
    await delay(LOOK_EVERY_MS);
  }
}

/** Moves time forward until the oldest job is in this state; in steps of the loops' pauses unless given. */
export async function passUntil(s: Scenario, state: JobState, byMs = SECOND): Promise<void> {
  await until(
    async () => {
      const jobs = await s.ledgers.jobs();
      // Not before a job exists: the bot gives up a request that the database delays by seconds.
      if (jobs.length > 0) s.clock.pass(byMs);
      return jobs;
    },
    ([job]) => job?.state === state,
  );
}

async function checkEnd(stage: Stage, options: ScenarioOptions): Promise<void> {
  const { world, scenario: played } = stage;
  const { discord, vendor } = world;
  expect(discord.unknownRoutes, 'routes that Discord does not have').toEqual([]);
  expect(discord.schemaFaults, 'bodies that Discord would refuse').toEqual([]);
  expect(discord.responseFaults, 'answers that Discord would not give').toEqual([]);
  const unknown = vendor.journal.filter(
    // Such a left-over bot may look for its Discord on a port that now belongs to the vendor.
    ({ route, headers }) => route === 'unknown' && headers.upgrade === undefined,
  );
  expect(unknown, 'routes that the vendor does not have').toEqual([]);
  if (options.mayLeaveFaults !== true) {
    expect(discord.pendingFaults(), 'faults of Discord that never happened').toEqual([]);
    expect(vendor.pendingFaults(), 'faults of the vendor that never happened').toEqual([]);
  }
  expect(await played.ledgers.auditFaults(), 'what does not add up').toEqual([]);
  expect(findLeaks(played.lines, secretsOf(stage)), 'log lines with secrets').toEqual([]);
  await until(
    () => openGatewaySockets(world),
    (open) => open === 0,
    (open) => `${open} gateway sockets were left open`,
  );
  await played.ledgers[Symbol.asyncDispose]();
  await stage.database.checkLeft();
}

/** Short prompts are left out, because their words may occur in the bot’s own lines. */
const SEARCHED_PROMPT_LENGTH = 12;

function secretsOf({ world, prompts }: Stage) {
  const paths = world.discord.journal.flatMap((entry) =>
    entry.kind === 'request' ? [entry.path] : [],
  );
  const tokens = paths.flatMap(
    (path) => /\/(?:interactions|webhooks)\/\d+\/([^/]+)/.exec(path)?.[1] ?? [],
  );
  return {
    never: [world.discord.token, world.vendor.key, ...new Set(tokens)],
    notFromInfo: prompts.filter(({ length }) => length >= SEARCHED_PROMPT_LENGTH),
  };
}

function openGatewaySockets({ discord }: World): number {
  return discord.journal.reduce((open, entry) => {
    if (entry.kind !== 'gateway') return open;
    if (entry.direction === 'opened') return open + 1;
    // A failing socket is recorded twice: once with its error.
    const isClosed = entry.direction === 'closed' && !entry.what.startsWith('error');
    return isClosed ? open - 1 : open;
  }, 0);
}
