import { setTimeout as delay } from 'node:timers/promises';

import { DiscordAPIError, RESTJSONErrorCodes as Code } from 'discord.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { HOUR, MINUTE, SECOND, systemClock, type Clock } from '#src/clock.ts';
import { createLogChannel } from '#src/discord/moderation/log-channel.ts';
import { NO_SETTINGS } from '#src/discord/server/server-settings.ts';
import { createJobStore } from '#src/jobs/record/job-store.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { createLogger } from '#src/logger.ts';
import { openDatabase, type Database } from '#src/storage/database.ts';
import { soleProcessLeases, type Leases } from '#src/storage/leases/leases.ts';
import { openPostgresLeases } from '#src/storage/leases/postgres-leases.ts';

import { createFakeClock, type FakeClock } from '../../../builders/clock.ts';
import { databaseKinds, openTestDatabase, type TestDatabase } from '../../../builders/database.ts';
import { aJob, aRequest, aTakenSubmission } from '../../../builders/job.ts';
import { quotaOn, quotaSettings } from '../../../builders/quota.ts';

/** Discord developer docs, "Create Message". */
const MAX_NONCE_LENGTH = 25;

type Failure = 'before' | 'after' | DiscordAPIError;

function discordError(code: number, status = 403): DiscordAPIError {
  const raw = { code, message: 'no' };
  return new DiscordAPIError(raw, code, status, 'POST', '/', { files: [], body: {} });
}

/** Log channels as their servers' moderators see them. */
class Channels {
  /** By channel. */
  readonly shown = new Map<string, string[]>();
  tries = 0;
  /** One for each try at a channel, until there are no more. `after`: the answer is lost. */
  readonly failures = new Map<string, Failure[]>();
  readonly #nonces = new Set<string>();

  async create(
    channelId: string,
    { components }: { components: readonly object[] },
    { nonce }: { nonce: string },
  ): Promise<{ messageId: string }> {
    this.tries += 1;
    if (nonce.length > MAX_NONCE_LENGTH) throw new RangeError(`${nonce} is too long`);
    await Promise.resolve();
    const failure = this.failures.get(channelId)?.shift();
    if (failure === 'before') throw new Error('Discord cannot be reached');
    if (failure instanceof DiscordAPIError) throw failure;
    this.#show(channelId, JSON.stringify(components), nonce);
    if (failure === 'after') throw new Error('the answer was lost');
    return { messageId: nonce };
  }

  #show(channelId: string, text: string, nonce: string): void {
    if (this.#nonces.has(`${channelId} ${nonce}`)) return;
    this.#nonces.add(`${channelId} ${nonce}`);
    this.shown.set(channelId, [...(this.shown.get(channelId) ?? []), text]);
  }
}

interface Setting {
  readonly database: Database;
  readonly channels: Channels;
  /** The log channel by server. */
  readonly set: Map<string, string>;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly lines: string[];
}

function aLogChannel({ database, channels, set, leases, clock, lines }: Setting) {
  return createLogChannel({
    messenger: channels,
    settings: {
      read: async (guildId) => {
        const logChannelId = set.get(guildId);
        return Promise.resolve(
          logChannelId === undefined ? NO_SETTINGS : { ...NO_SETTINGS, logChannelId },
        );
      },
    },
    store: createJobStore(database),
    quota: quotaOn(database, quotaSettings()).quota,
    database,
    leases,
    clock,
    logger: createLogger('info', { write: (line) => void lines.push(line) }),
  });
}

/** A video that came to Discord at that moment, unless it ended otherwise. */
async function ended(
  database: Database,
  overrides: Partial<Job> & Pick<Job, 'id' | 'stateSinceMs'>,
): Promise<void> {
  const store = createJobStore(database);
  const submissions = [aTakenSubmission({ taskId: overrides.id })];
  const job = { interactionId: overrides.id, submissions, ...overrides };
  const before = aJob({ ...job, state: 'succeeded', version: 1 });
  const after = aJob({ state: 'delivered', ...job, version: 2 });
  await database.transaction().execute(async (transaction) => {
    await store.insert(transaction, before);
    await store.replace(transaction, before, after);
  });
}

async function granted(
  database: Database,
  { guildId = '100', ...step }: { stepId: string; nowMs: number; guildId?: string; note?: string },
): Promise<void> {
  const { quota, inTransaction } = quotaOn(database, quotaSettings());
  const change = { guildId, actorId: '900', credits: 7, reason: step.note, ...step };
  await inTransaction(async (transaction) => quota.grant(transaction, change));
}

describe('the log channel', () => {
  let opened: TestDatabase;
  let clock: FakeClock;
  let setting: Setting;
  let running: ReturnType<typeof createLogChannel>;
  beforeEach(async () => {
    opened = await openTestDatabase('sqlite');
    clock = createFakeClock();
    setting = {
      database: opened.database,
      channels: new Channels(),
      set: new Map([['100', 'log']]),
      leases: soleProcessLeases(),
      clock,
      lines: [],
    };
    running = aLogChannel(setting);
  });
  afterEach(async () => {
    await running.stop();
    await opened.close();
  });

  const shown = (channelId = 'log') => setting.channels.shown.get(channelId) ?? [];
  const restart = async (): Promise<void> => {
    await running.stop();
    running = aLogChannel(setting);
    running.start();
    await clock.settle();
  };

  test('is told of videos and changes once, in the order they happened, also after a restart', async () => {
    const atMs = clock.now();
    await ended(opened.database, { id: 'second', stateSinceMs: atMs + 2 });
    await granted(opened.database, { stepId: '3', nowMs: atMs + 3 });
    await granted(opened.database, { stepId: '1', nowMs: atMs + 1, note: 'first' });

    running.start();
    await clock.settle();
    await restart();

    expect(shown()).toEqual([
      expect.stringContaining('first'),
      expect.stringContaining('made [a video]'),
      expect.stringContaining('7 credits granted'),
    ]);
    expect(setting.channels.tries).toBe(3);
  });

  test('is told at once of what is announced, and within half a minute of the rest', async () => {
    running.start();
    await clock.settle();
    await granted(opened.database, { stepId: '1', nowMs: clock.now() });
    await clock.settle();
    expect(shown()).toHaveLength(0);

    running.changed();
    await clock.settle();
    expect(shown()).toHaveLength(1);
    await granted(opened.database, { stepId: '2', nowMs: clock.now() });
    await clock.advance(30 * SECOND);
    expect(shown()).toHaveLength(2);
  });

  test('is told of many more than go at once', async () => {
    for (let step = 0; step < 35; step += 1) {
      await granted(opened.database, { stepId: `${step}`, nowMs: clock.now() + step });
    }
    running.start();
    await clock.settle();

    expect(shown()).toHaveLength(35);
  });

  test('that cannot be reached is tried again, in order, while other servers are told', async () => {
    setting.set.set('other', 'their log');
    setting.channels.failures.set(
      'log',
      Array.from({ length: 20 }, () => 'before'),
    );
    await granted(opened.database, { stepId: '1', nowMs: clock.now(), note: 'first' });
    await ended(opened.database, { id: 'job1', stateSinceMs: clock.now() + 1 });
    await granted(opened.database, { stepId: '2', nowMs: clock.now() + 2, guildId: 'other' });
    running.start();
    await clock.settle();
    expect(shown('their log')).toHaveLength(1);
    expect(shown()).toHaveLength(0);
    for (let count = 0; count < 30; count += 1) running.changed();

    await clock.advance(MINUTE);

    // 2, 4, 8, 16, 32 seconds, each up to half as long: announcements do not cut a pause short.
    expect(setting.channels.tries).toBeLessThan(10);
    await clock.advanceUntil(() => shown().length === 2, { withinMs: 5 * HOUR });
    expect(shown()[0]).toContain('first');
    expect(shown()[1]).toContain('made [a video]');
  });

  test('shows a line once whose answer was lost, or whose process died before the mark', async () => {
    setting.channels.failures.set('log', ['after']);
    await granted(opened.database, { stepId: '1', nowMs: clock.now() });
    running.start();
    await clock.settle();
    expect(shown()).toHaveLength(1);

    await restart();

    expect(setting.channels.tries).toBe(2);
    expect(shown()).toHaveLength(1);
    await clock.advance(HOUR);
    expect(setting.channels.tries).toBe(2);
  });

  test.each([
    ['is gone', Code.UnknownChannel, 404],
    ['is closed to the bot', Code.MissingAccess, 403],
    ['takes no message from it', Code.MissingPermissions, 403],
  ])('that %s is let go, with a line in our log', async (_, code, status) => {
    setting.channels.failures.set('log', [discordError(code, status)]);
    await granted(opened.database, { stepId: '1', nowMs: clock.now(), note: 'lost' });
    await granted(opened.database, { stepId: '2', nowMs: clock.now() + 1, note: 'kept' });
    running.start();
    await clock.settle();
    await restart();

    expect(shown()).toEqual([expect.stringContaining('kept')]);
    expect(setting.channels.tries).toBe(2);
    expect(setting.lines.filter((line) => line.includes('takes no message'))).toHaveLength(1);
  });

  test('that is not set is told nothing, later neither', async () => {
    setting.set.clear();
    await granted(opened.database, { stepId: '1', nowMs: clock.now() });
    await ended(opened.database, { id: 'job1', stateSinceMs: clock.now() });
    running.start();
    await clock.settle();

    setting.set.set('100', 'log');
    await granted(opened.database, { stepId: '2', nowMs: clock.now(), note: 'now' });
    running.changed();
    await clock.settle();

    expect(shown()).toEqual([expect.stringContaining('now')]);
  });

  test('is told without the words that the server’s own rules refuse', async () => {
    const blocked = discordError(Code.MessageWasBlockedByAutomaticModeration, 400);
    setting.channels.failures.set('log', [blocked]);
    const request = aRequest({ prompt: 'a forbidden crab' });
    await ended(opened.database, { id: 'job1', request, stateSinceMs: clock.now() });
    running.start();
    await clock.settle();

    expect(shown()).toEqual([expect.stringContaining('made [a video]')]);
    expect(shown()[0]).not.toContain('crab');
  });

  test('of a private video hears the member, the model and the cost, and of one that failed nothing', async () => {
    const request = aRequest({ prompt: 'a secret crab' });
    const atMs = clock.now();
    await ended(opened.database, { id: 'a', request, isPrivate: true, stateSinceMs: atMs });
    await ended(opened.database, { id: 'b', request, isEphemeral: true, stateSinceMs: atMs });
    await ended(opened.database, { id: 'c', request, state: 'failed', stateSinceMs: atMs });
    running.start();
    await clock.settle();

    expect(shown()).toHaveLength(2);
    for (const line of shown()) {
      expect(line).toContain('<@300> made a private video · 1.0-pro · 24 credits');
      expect(line).not.toMatch(/crab|https/);
    }
  });
});

describe.each(databaseKinds())('on %s', (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(async () => opened.close());

  test('two processes, where there can be two, post each line once and in order', async () => {
    const channels = new Channels();
    const set = new Map([['100', 'log']]);
    const second = kind === 'postgres' ? await openDatabase(opened.url) : undefined;
    const sole = soleProcessLeases();
    const open = async (): Promise<Leases> =>
      kind === 'postgres' ? openPostgresLeases(opened.url) : sole;
    const processes = await Promise.all(
      [opened.database, second?.database ?? opened.database].map(async (database) => {
        const leases = await open();
        const parts = { database, channels, set, leases, clock: systemClock, lines: [] };
        return { leases, logChannel: aLogChannel(parts) };
      }),
    );
    for (const { logChannel } of processes) logChannel.start();
    const atMs = systemClock.now();
    for (let step = 0; step < 40; step += 1) {
      await granted(opened.database, {
        stepId: `${step}`,
        nowMs: atMs + step,
        note: `no ${step}.`,
      });
      for (const { logChannel } of processes) logChannel.changed();
    }
    const left = async () =>
      opened.database.selectFrom('audit_log').selectAll().where('log_posted', '=', 0).execute();
    while ((await left()).length > 0) await delay(10);

    for (const { logChannel, leases } of processes) {
      await logChannel.stop();
      await leases.close();
    }
    await second?.close();
    // Every line was tried once: it was not the nonce that dropped a second one.
    expect(channels.tries).toBe(40);
    const numbers = channels.shown.get('log')?.map((line) => /no (\d+)/.exec(line)?.[1]);
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, step) => `${step}`));
  });
});
