import { Client, GatewayDispatchEvents } from 'discord.js';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { MINUTE } from '#src/clock.ts';
import { createGuildRemovals, type GuildRemovals } from '#src/discord/server/guild-removal.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { applyEvent } from '#src/jobs/record/state-machine.ts';
import type { JobListener } from '#src/jobs/record/transition.ts';

import { createFakeClock, type FakeClock } from '../../../fakes/clock.ts';
import { aJob } from '../../../fakes/job.ts';

/** Ids whose shard, of two, is 0 and 1 (Discord developer docs, Sharding). */
const ON_SHARD_0 = String(2n << 22n);
const ON_SHARD_1 = String(3n << 22n);

let clock: FakeClock;
let client: Client;
let guildRemovals: GuildRemovals;
let jobs: Job[];
let listener: JobListener;
/** The error that database calls fail with while it is set. */
let failure: Error | undefined;
/** By server: when its removal was noticed; null while the bot is a member. */
let recorded: Map<string, number | null>;

beforeEach(() => {
  clock = createFakeClock();
  client = new Client({ intents: [] });
  jobs = [];
  failure = undefined;
  recorded = new Map();
  const waiting = (): Job[] => jobs.filter(({ state }) => state === 'accepted');
  guildRemovals = createGuildRemovals({
    client,
    clock,
    logger: pino({ level: 'silent' }),
    guilds: {
      present: async () =>
        new Set([...recorded].filter(([, leftAtMs]) => leftAtMs === null).map(([id]) => id)),
      markPresent: async (ids) => ids.forEach((id) => recorded.set(id, null)),
      markLeft: async (id, nowMs) => void recorded.set(id, recorded.get(id) ?? nowMs),
    },
    store: {
      serversWaiting: async () => {
        if (failure !== undefined) throw failure;
        return [...new Set(waiting().map(({ guildId }) => guildId))];
      },
      waitingIn: async (guildId) => waiting().filter((job) => job.guildId === guildId),
    },
    jobs: {
      async transition(job, event) {
        if (typeof event === 'function')
          throw new Error('Not reached: nothing is made from the database');
        const after = applyEvent(job, event, clock.now());
        jobs = jobs.map((one) => (one.id === job.id ? after : one));
        return after;
      },
      onChange(told) {
        listener = told;
      },
    },
  });
});

afterEach(async () => {
  await guildRemovals.stop();
  await client.destroy();
});

function accept(id: string, guildId: string): void {
  const job = aJob({ id, guildId });
  jobs.push(job);
  listener(job, undefined);
}

function ready(guildIds: readonly string[], shard: readonly [number, number] = [0, 1]): void {
  const guilds = guildIds.map((id) => ({ id, unavailable: true }));
  client.ws.emit(GatewayDispatchEvents.Ready, { guilds, shard }, shard[0]);
}

function tell(name: 'GuildDelete' | 'GuildCreate', id: string, more: object = {}): void {
  client.ws.emit(GatewayDispatchEvents[name], { id, ...more }, 0);
}

function states(): Record<string, string> {
  return Object.fromEntries(jobs.map(({ id, state }) => [id, state]));
}

test('servers that READY does not list have removed the bot; servers of another shard are not checked', async () => {
  accept('here', ON_SHARD_0);
  accept('gone', String(4n << 22n));
  accept('elsewhere', ON_SHARD_1);

  ready([ON_SHARD_0], [0, 2]);
  await guildRemovals.start();

  expect(states()).toEqual({ here: 'accepted', gone: 'cancelled', elsewhere: 'accepted' });
});

test('a server that removed the bot during an outage is noticed on reconnect', async () => {
  ready([ON_SHARD_0, ON_SHARD_1]);
  await guildRemovals.start();
  accept('gone', ON_SHARD_1);
  await clock.settle();
  expect(states()).toEqual({ gone: 'accepted' });

  ready([ON_SHARD_0]);
  await clock.settle();
  expect(states()).toEqual({ gone: 'cancelled' });
});

test('a job accepted just after the removal is cancelled too', async () => {
  await guildRemovals.start();

  tell('GuildDelete', ON_SHARD_0);
  await clock.settle();
  accept('late', ON_SHARD_0);
  await clock.settle();

  expect(states()).toEqual({ late: 'cancelled' });
});

test('a server that adds the bot again has its jobs made', async () => {
  await guildRemovals.start();

  tell('GuildDelete', ON_SHARD_0);
  tell('GuildCreate', ON_SHARD_0);
  accept('again', ON_SHARD_0);
  await clock.advance(MINUTE);

  expect(states()).toEqual({ again: 'accepted' });
});

test('a server that is unavailable in an outage has not removed the bot', async () => {
  await guildRemovals.start();
  accept('waiting', ON_SHARD_0);

  tell('GuildDelete', ON_SHARD_0, { unavailable: true });
  await clock.advance(MINUTE);

  expect(states()).toEqual({ waiting: 'accepted' });
});

test.for([[{}], [null], [{ id: 7 }]])('an event without an id is ignored: %j', async ([event]) => {
  await guildRemovals.start();
  accept('waiting', ON_SHARD_0);

  for (const name of ['Ready', 'GuildCreate', 'GuildDelete'] as const)
    client.ws.emit(GatewayDispatchEvents[name], event, 0);
  await clock.advance(MINUTE);

  expect(states()).toEqual({ waiting: 'accepted' });
});

test('a failed database query is retried', async () => {
  await guildRemovals.start();
  accept('waiting', ON_SHARD_0);

  failure = new Error('disk full');
  tell('GuildDelete', ON_SHARD_0);
  await clock.settle();
  expect(states()).toEqual({ waiting: 'accepted' });

  failure = undefined;
  await clock.advance(MINUTE);
  expect(states()).toEqual({ waiting: 'cancelled' });
});

test('the removal from a server and the return to it are recorded', async () => {
  ready(['left', 'stays']);
  await guildRemovals.start();
  expect([...recorded]).toEqual([
    ['left', null],
    ['stays', null],
  ]);

  tell('GuildDelete', 'left');
  await clock.settle();
  const leftAtMs = clock.now();
  expect(recorded.get('left')).toBe(leftAtMs);
  await clock.advance(90 * MINUTE);
  expect(recorded.get('left')).toBe(leftAtMs);

  tell('GuildCreate', 'left');
  await clock.settle();
  expect(recorded.get('left')).toBeNull();
});

test('a server that removed the bot while it was offline is found missing, on this shard only', async () => {
  recorded.set(ON_SHARD_0, null);
  recorded.set(ON_SHARD_1, null);
  ready([], [0, 2]);
  await guildRemovals.start();

  expect(recorded.get(ON_SHARD_0)).toBe(clock.now());
  expect(recorded.get(ON_SHARD_1)).toBeNull();
});

test('an outage is not recorded as a removal', async () => {
  ready(['quiet']);
  await guildRemovals.start();
  tell('GuildDelete', 'quiet', { unavailable: true });
  await clock.settle();

  expect(recorded.get('quiet')).toBeNull();
});
