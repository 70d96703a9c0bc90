import { setTimeout as delay } from 'node:timers/promises';

import { RESTJSONErrorCodes as Code } from 'discord.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { HOUR, MINUTE, SECOND, systemClock } from '#src/clock.ts';
import { openDatabase } from '#src/storage/database.ts';
import { soleProcessLeases, type Leases } from '#src/storage/leases/leases.ts';
import { openPostgresLeases } from '#src/storage/leases/postgres-leases.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../../../databases/database.ts';
import { createFakeClock, type FakeClock } from '../../../fakes/clock.ts';
import { aRequest } from '../../../fakes/job.ts';
import {
  aLogChannel,
  Channels,
  discordError,
  insertEndedJob,
  insertGrant,
  type Setting,
} from '../../../fakes/log-channel.ts';

describe('the log channel', () => {
  let opened: TestDatabase;
  let clock: FakeClock;
  let setting: Setting;
  let running: ReturnType<typeof aLogChannel>;
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

  test('the log channel gets videos and changes once, in their order, even after a restart', async () => {
    const atMs = clock.now();
    await insertEndedJob(opened.database, { id: 'second', stateSinceMs: atMs + 2 });
    await insertGrant(opened.database, { stepId: '3', nowMs: atMs + 3 });
    await insertGrant(opened.database, { stepId: '1', nowMs: atMs + 1, note: 'first' });

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

  test('a failure after posted lines waits no longer than the first failure', async () => {
    for (const stepId of ['1', '2', '3', '4']) {
      await insertGrant(opened.database, { stepId, nowMs: clock.now() + Number(stepId) });
    }
    setting.channels.failures.set('log', ['before', 'none', 'before', 'none', 'before']);

    running.start();
    await clock.advance(MINUTE);

    expect(shown()).toHaveLength(4);
    const attempts = setting.lines.flatMap((line) => /"attempt":(\d+)/.exec(line)?.[1] ?? []);
    expect(attempts).toEqual(['1', '1', '1']);
  });

  test('the log channel gets announced changes at once, and the others within half a minute', async () => {
    running.start();
    await clock.settle();
    await insertGrant(opened.database, { stepId: '1', nowMs: clock.now() });
    await clock.settle();
    expect(shown()).toHaveLength(0);

    running.changed();
    await clock.settle();
    expect(shown()).toHaveLength(1);
    await insertGrant(opened.database, { stepId: '2', nowMs: clock.now() });
    await clock.advance(30 * SECOND);
    expect(shown()).toHaveLength(2);
  });

  test('the log channel gets more lines than are sent at once', async () => {
    for (let step = 0; step < 35; step += 1) {
      await insertGrant(opened.database, { stepId: `${step}`, nowMs: clock.now() + step });
    }
    running.start();
    await clock.settle();

    expect(shown()).toHaveLength(35);
  });

  test('an unreachable log channel is retried, in order, while other servers get their lines', async () => {
    setting.set.set('other', 'their log');
    setting.channels.failures.set(
      'log',
      Array.from({ length: 20 }, () => 'before'),
    );
    await insertGrant(opened.database, { stepId: '1', nowMs: clock.now(), note: 'first' });
    await insertEndedJob(opened.database, { id: 'job1', stateSinceMs: clock.now() + 1 });
    await insertGrant(opened.database, { stepId: '2', nowMs: clock.now() + 2, guildId: 'other' });
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

  test('a log line appears once when its response was lost or its process died before the marker', async () => {
    setting.channels.failures.set('log', ['after']);
    await insertGrant(opened.database, { stepId: '1', nowMs: clock.now() });
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
    ['does not accept the message', Code.MissingPermissions, 403],
  ])('a log channel that %s is given up, with a line in the bot’s log', async (_, code, status) => {
    setting.channels.failures.set('log', [discordError(code, status)]);
    await insertGrant(opened.database, { stepId: '1', nowMs: clock.now(), note: 'lost' });
    await insertGrant(opened.database, { stepId: '2', nowMs: clock.now() + 1, note: 'kept' });
    running.start();
    await clock.settle();
    await restart();

    expect(shown()).toEqual([expect.stringContaining('kept')]);
    expect(setting.channels.tries).toBe(2);
    expect(setting.lines.filter((line) => line.includes('refused by Discord'))).toHaveLength(1);
  });

  test('a missing log channel gets nothing, not even later', async () => {
    setting.set.clear();
    await insertGrant(opened.database, { stepId: '1', nowMs: clock.now() });
    await insertEndedJob(opened.database, { id: 'job1', stateSinceMs: clock.now() });
    running.start();
    await clock.settle();

    setting.set.set('100', 'log');
    await insertGrant(opened.database, { stepId: '2', nowMs: clock.now(), note: 'now' });
    running.changed();
    await clock.settle();

    expect(shown()).toEqual([expect.stringContaining('now')]);
  });

  test('a log line omits the words that the server’s own rules refuse', async () => {
    const blocked = discordError(Code.MessageWasBlockedByAutomaticModeration, 400);
    setting.channels.failures.set('log', [blocked]);
    const request = aRequest({ prompt: 'a forbidden crab' });
    await insertEndedJob(opened.database, { id: 'job1', request, stateSinceMs: clock.now() });
    running.start();
    await clock.settle();

    expect(shown()).toEqual([expect.stringContaining('made [a video]')]);
    expect(shown()[0]).not.toContain('crab');
  });

  test('a log line about a private video has the member, the model and the cost, and a failed one has no line', async () => {
    const request = aRequest({ prompt: 'a secret crab' });
    const atMs = clock.now();
    await insertEndedJob(opened.database, {
      id: 'a',
      request,
      isPrivate: true,
      stateSinceMs: atMs,
    });
    await insertEndedJob(opened.database, {
      id: 'b',
      request,
      isEphemeral: true,
      stateSinceMs: atMs,
    });
    await insertEndedJob(opened.database, {
      id: 'c',
      request,
      state: 'failed',
      stateSinceMs: atMs,
    });
    running.start();
    await clock.settle();

    expect(shown()).toHaveLength(2);
    for (const line of shown()) {
      expect(line).toContain('<@300> made a private video · 1.0-pro · 24 credits');
      expect(line).not.toMatch(/crab|https/);
    }
  });
});

describe.each(databaseKinds())('the log channel on %s', (kind) => {
  let opened: TestDatabase;
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
  });
  afterEach(async () => opened.close());

  test('two processes post each log line once and in order', async () => {
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
      await insertGrant(opened.database, {
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
    // Every line was tried once, so the nonce did not drop a duplicate.
    expect(channels.tries).toBe(40);
    const numbers = channels.shown.get('log')?.map((line) => /no (\d+)/.exec(line)?.[1]);
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, step) => `${step}`));
  });
});
