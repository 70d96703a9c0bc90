/** The process as an operator sees it: starting, misconfiguring and stopping the bot. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { startBotProcess, type BotProcess } from '#sandbox/bot-process.ts';
import { file } from '#sandbox/discord/discord.ts';
import { startWorld, type World } from '#sandbox/world.ts';
import { createApp } from '#src/app.ts';
import { SECOND } from '#src/clock.ts';
import { readConfig } from '#src/config.ts';
import { ConfigError } from '#src/errors.ts';

import { pngImage } from '../fakes/images.ts';
import { LEVELS, parseLog } from './bot-log.ts';
import { until } from './harness.ts';

const SECRET = 'a-secret-that-nobody-may-read';

interface Folder extends AsyncDisposable {
  readonly path: string;
}

async function emptyFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'seedance-process-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Starts the bot with only these settings, to see why it exits. */
async function runToEnd(
  environment: Record<string, string>,
): Promise<{ status: number | null; said: string }> {
  await using folder = await emptyFolder();
  return await endOf(startBotProcess(environment, folder.path));
}

async function endOf(bot: BotProcess): Promise<{ status: number | null; said: string }> {
  const status = await bot.ended;
  return { status, said: bot.output() };
}

/** Sentences for people: no stack, no JSON, no secret. */
function expectPlainWords(said: string): void {
  expect(said).not.toMatch(/^\s*at /m);
  expect(said).not.toContain('"level"');
  expect(said).not.toContain('node:internal');
  expect(said).not.toContain(SECRET);
}

const ENOUGH = { DISCORD_TOKEN: SECRET, BYTEPLUS_API_KEY: SECRET } as const;

describe.concurrent('unusable settings', () => {
  test('all missing settings are named at once', async () => {
    const { status, said } = await runToEnd({});

    expect(status).toBe(1);
    expect(said).toMatch(/^ {2}DISCORD_TOKEN is required/m);
    expect(said).toMatch(/BYTEPLUS_API_KEY.*at least one vendor key is required/);
    expectPlainWords(said);
  });

  test('all invalid settings are named at once, without the value of a secret', async () => {
    const wrong = {
      DISCORD_API_URL: 'discord',
      DATABASE_URL: `mysql://bot:${SECRET}@host/bot`,
      RETENTION_DAYS: 'soon',
      LOG_LEVEL: 'loud',
      HTTP_PORT: '99999',
      PRICES: '{',
      GUILD_CREDITS: 'mine=all',
      GUILD_ALLOWLIST: 'my server',
      OPERATOR_CREDITS_PER_MONTH: '-1',
      VENDOR_ORDER: 'somebody',
      ARK_API_KEY: SECRET,
    };
    const { status, said } = await runToEnd({ ...ENOUGH, ...wrong });

    expect(status).toBe(1);
    const { ARK_API_KEY: _set, ...named } = wrong;
    for (const name of [...Object.keys(named), 'ARK_BASE_URL'])
      expect(said).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    expectPlainWords(said);
  });

  test('an unreachable Discord is named at the start', async () => {
    const { status, said } = await runToEnd({
      ...ENOUGH,
      DISCORD_API_URL: 'http://127.0.0.1:9/api',
    });

    expect(status).toBe(1);
    expect(said).toMatch(/DISCORD_API_URL.*127\.0\.0\.1:9.*ECONNREFUSED/);
    expectPlainWords(said);
  });
});

/** Faults behind valid settings, found before any work begins. */
describe.concurrent('settings that fail at the start', () => {
  test.each([
    [
      'a database file that is a folder',
      { DATABASE_URL: `sqlite:${tmpdir()}` },
      /DATABASE_URL.*cannot be opened/,
    ],
    ['a data folder that is a file', { DATA_DIR: fileURLToPath(import.meta.url) }, /DATA_DIR.*/],
  ])('%s is named at the start', async (_, wrong, sentence) => {
    await using folder = await emptyFolder();
    const right = { DATABASE_URL: `sqlite:${join(folder.path, 'bot.db')}`, DATA_DIR: folder.path };
    const creating = createApp(readConfig({ ...ENOUGH, ...right, ...wrong }));

    await expect(creating).rejects.toThrow(ConfigError);
    await expect(creating).rejects.toThrow(sentence);
  });

  test('a port in use is named at the start', async () => {
    await using world = await startWorld({ vendor: { video: 'stored' } });
    const port = new URL(world.discord.apiUrl).port;
    await using app = await createApp(readConfig({ ...world.environment, HTTP_PORT: port }));

    await expect(app.start()).rejects.toThrow(new RegExp(`HTTP_PORT.*127\\.0\\.0\\.1:${port}`));
  });
});

/** A world whose Discord has one server, with a bot process to start in it. */
async function playInWorld(
  play: (world: World, start: (extra?: Record<string, string>) => BotProcess) => Promise<void>,
): Promise<void> {
  await using world = await startWorld({
    discord: { token: randomUUID() },
    vendor: { video: 'stored', renderMs: 5 },
  });
  world.discord.addGuild({ name: 'Film club' });
  const bots: BotProcess[] = [];
  const start = (extra: Record<string, string> = {}): BotProcess => {
    const bot = startBotProcess({ ...world.environment, ...extra }, world.folder);
    bots.push(bot);
    return bot;
  };
  try {
    await play(world, start);
  } finally {
    await Promise.all(bots.map((bot) => bot.stop('SIGKILL')));
  }
}

describe.concurrent('the bot process', () => {
  test('the bot stops within ten seconds although a call hangs, and resumes the job later', () =>
    playInWorld(async ({ discord, vendor }, start) => {
      const alice = discord.addGuild({ name: 'Another club' }).member('alice');
      const first = start();
      await first.ready();
      vendor.inject({ on: 'video', kind: 'hang' });
      discord.inject({
        route: 'PATCH /webhooks/:app/:token/messages/@original',
        kind: 'hang',
        when: 'before',
      });
      const reply = alice.runs('video', { prompt: 'A paper boat in no hurry' });
      await until(
        () => vendor.journal.some(({ route }) => route === 'video'),
        (isAsked) => isAsked,
      );
      // What hangs would be awaited for ever.
      expect(await first.stop('SIGTERM')).toBe(0);

      const second = start();
      await second.ready();
      expect((await reply.until(({ media }) => media.length > 0)).media).toHaveLength(1);
      expect(vendor.tasks).toHaveLength(1);
    }));

  test('an unexpected library failure ends the bot with status 1, after the running work', () =>
    playInWorld(async ({ discord, vendor }, start) => {
      const club = discord.addGuild({ name: 'Another club' });
      const first = start();
      await first.ready();
      discord.inject({
        route: 'GET /ephemeral-attachments/:channel/:file/:name',
        kind: 'slow',
        delayMs: 1_500,
      });
      const picture = file('cat.png', pngImage({ width: 500, height: 500 }));
      const reply = club.member('alice').runs('video', {
        prompt: 'A paper boat in somebody’s hands',
        first_frame: picture,
      });
      await reply.acknowledged();
      discord.inject({ kind: 'unreadable-operation' });
      const missed = club.member('bob').runs('credits', {});

      expect(await first.ended).toBe(1);
      const fatal = parseLog(first.output()).filter(({ level }) => level === LEVELS.fatal);
      expect(fatal).toMatchObject([{ msg: expect.stringContaining('unexpected failure') }]);
      expect(reply.message?.text).not.toContain('restarted');
      expect(missed.visible.length).toBeLessThanOrEqual(1);

      const second = start();
      await second.ready();
      expect((await reply.until(({ media }) => media.length > 0)).media).toHaveLength(1);
      expect(vendor.tasks).toHaveLength(1);
    }));

  test('the bot reports a token that Discord does not know, and exits', () =>
    playInWorld(async (_, start) => {
      const { status, said } = await endOf(start({ DISCORD_TOKEN: SECRET }));

      expect(status).toBe(1);
      expect(said).toMatch(/DISCORD_TOKEN is not accepted/);
      expectPlainWords(said);
    }));

  test('the bot reads .env from its working directory, and exits on SIGINT', () =>
    playInWorld(async ({ environment, folder }) => {
      const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
      await writeFile(join(folder, '.env'), [...lines, 'RETENTION_DAYS='].join('\n'));
      const bot = startBotProcess({}, folder);

      await expect(bot.ready()).resolves.toBeUndefined();
      expect(await bot.stop('SIGINT')).toBe(0);
      expect(bot.output()).toContain('"msg":"stopped"');
    }));

  test('the bot does not share its database file with another', () =>
    playInWorld(async (_, start) => {
      const first = start();
      await first.ready();
      const { status, said } = await endOf(start());

      expect(status).toBe(1);
      expect(said).toMatch(/DATABASE_URL: another process is using .*bot\.db/);
      expectPlainWords(said);
      expect(await first.stop()).toBe(0);
    }));

  test('the bot reports liveness and readiness over HTTP, on its configured port', () =>
    playInWorld(async (_, start) => {
      const bot = start({ HTTP_PORT: '0' });
      await bot.ready();
      const told = parseLog(bot.output()).find(({ msg }) => msg === 'health server listening');
      const { port } = z.looseObject({ port: z.int() }).parse(told);
      const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;

      expect(port).toBeGreaterThan(0);
      expect(await ask('/healthz')).toBe(200);
      expect(await ask('/readyz')).toBe(200);
      expect(await ask('/else')).toBe(404);
    }));

  test('the bot is alive and not ready while Discord lets it wait', () =>
    playInWorld(async ({ discord }, start) => {
      discord.inject({ route: 'GET /gateway/bot', kind: 'hang', when: 'before' });
      const bot = start({ HTTP_PORT: '0' });
      const [told] = await until(
        () => parseLog(bot.output()),
        (lines) => lines.length > 0,
      );
      const { port } = z.looseObject({ port: z.int() }).parse(told);

      expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
      expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(503);
      expect(await bot.stop('SIGTERM')).toBe(0);
    }));
});

test('a stopped app leaves nothing behind that keeps its process alive', async () => {
  await using world = await startWorld({ vendor: { video: 'stored' } });
  const script = join(world.folder, 'start-and-stop.ts');
  const app = new URL('../../src/app.ts', import.meta.url).href;
  const config = new URL('../../src/config.ts', import.meta.url).href;
  await writeFile(
    script,
    `import { createApp } from '${app}';
import { readConfig } from '${config}';
const app = await createApp(readConfig(process.env));
await app.start();
await app.stop();
`,
  );
  const run = promisify(execFile)(process.execPath, [script], {
    env: { ...world.environment },
    cwd: world.folder,
    timeout: 15 * SECOND,
  });

  await expect(run).resolves.toBeDefined();
});
