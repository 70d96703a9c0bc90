/**
 * When the bot is no longer in a server, what waits there is cancelled and costs nothing: nobody
 * could be shown it, and when it left is recorded. What a vendor has begun goes on, for it is paid already; delivery finds a way or
 * gives it up. A server that is out of order is not one that was left.
 */
import { GatewayDispatchEvents, ShardClientUtil, type Client } from 'discord.js';
import { z } from 'zod';

import { HOUR, SECOND, type Clock } from '../../clock.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import type { JobStore } from '../../jobs/record/job-store.ts';
import type { Logger } from '../../logger.ts';
import { Loop } from '../../loop.ts';
import type { GuildRecords } from './guild-records.ts';

const TRY_AGAIN_MS = 5 * SECOND;

/** READY lists every server of the shard, unavailable ones too (Discord developer docs, Gateway Events). */
const readySchema = z.looseObject({
  guilds: z.array(z.looseObject({ id: z.string() })),
  shard: z.tuple([z.int(), z.int()]).default([0, 1]),
});

const guildSchema = z.looseObject({ id: z.string(), unavailable: z.unknown().optional() });

interface GuildList {
  readonly shard: readonly [id: number, count: number];
  readonly guildIds: Set<string>;
}

export interface GuildRemovalDependencies {
  client: Client;
  guilds: Pick<GuildRecords, 'present' | 'markPresent' | 'markLeft'>;
  store: Pick<JobStore, 'serversWaiting' | 'waitingIn'>;
  jobs: Pick<Jobs, 'transition' | 'onChange'>;
  clock: Clock;
  logger: Logger;
}

export interface GuildRemovals {
  /** To be awaited between login and taking up jobs: what was left while we were away is not begun. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createGuildRemovals(dependencies: GuildRemovalDependencies): GuildRemovals {
  const { client, store, jobs, clock, logger } = dependencies;
  /** Servers that removed the bot while it ran: a request in hand just then may be accepted later. */
  const left = new Set<string>();
  /** Servers that have the bot now, until that was recorded. */
  const added = new Set<string>();
  /** What READY said, until it was compared with what waits. */
  const rolls = new Set<GuildList>();

  const loop = new Loop({
    clock,
    tick: async () => {
      await takeNote();
      return HOUR;
    },
    onError(error) {
      logger.error({ err: error }, 'noting which servers were left failed, will be tried again');
      return TRY_AGAIN_MS;
    },
  });

  async function takeNote(): Promise<void> {
    const compared = [...rolls];
    const isLeft = (guildId: string): boolean =>
      left.has(guildId) || compared.some((guildList) => isMissing(guildId, guildList));
    const has = [...compared.flatMap(({ guildIds }) => [...guildIds]), ...added];
    await recordGuilds({ has, left, isLeft }, dependencies);
    for (const guildId of has) added.delete(guildId);
    for (const guildId of await store.serversWaiting()) {
      if (isLeft(guildId)) await cancelIn(guildId, dependencies);
    }
    for (const guildList of compared) rolls.delete(guildList);
  }

  listenToGuilds(client, {
    listed(guildList) {
      rolls.add(guildList);
      loop.wake();
    },
    added(id) {
      left.delete(id);
      added.add(id);
      for (const { guildIds } of rolls) guildIds.add(id);
      loop.wake();
    },
    removed(id) {
      left.add(id);
      added.delete(id);
      loop.wake();
    },
  });
  jobs.onChange(({ state, guildId }) => {
    if (state === 'accepted' && left.has(guildId)) loop.wake();
  });

  return {
    async start() {
      await takeNote();
      loop.start();
    },
    stop: async () => loop.stop(),
  };
}

async function cancelIn(
  guildId: string,
  { store, jobs, logger }: GuildRemovalDependencies,
): Promise<void> {
  const waiting = await store.waitingIn(guildId);
  for (const job of waiting) await jobs.transition(job, { type: 'server-left' });
  logger.info(
    { guildId, jobs: waiting.length },
    'the bot is no longer in a server: what waited there is cancelled',
  );
}

interface Seen {
  /** Servers that have the bot, by what Discord said. */
  readonly has: readonly string[];
  /** Servers that removed it while it ran. */
  readonly left: ReadonlySet<string>;
  readonly isLeft: (guildId: string) => boolean;
}

/** What they asked for is kept for a while, in case the bot was removed by mistake. */
async function recordGuilds(
  { has, left, isLeft }: Seen,
  { guilds, clock }: Pick<GuildRemovalDependencies, 'guilds' | 'clock'>,
): Promise<void> {
  const recorded = await guilds.present();
  for (const guildId of new Set([...recorded, ...left])) {
    if (isLeft(guildId)) await guilds.markLeft(guildId, clock.now());
  }
  const isNew = (guildId: string): boolean => !recorded.has(guildId) && !left.has(guildId);
  await guilds.markPresent([...new Set(has)].filter(isNew));
}

interface GuildListeners {
  readonly listed: (guildList: GuildList) => void;
  readonly added: (guildId: string) => void;
  readonly removed: (guildId: string) => void;
}

/**
 * As Discord sends the events: the library is silent about guilds that it could not read. An event that
 * cannot be read says nothing about any guild.
 */
function listenToGuilds(client: Client, { listed, added, removed }: GuildListeners): void {
  client.ws.on(GatewayDispatchEvents.Ready, (ready: unknown) => {
    const { data } = readySchema.safeParse(ready);
    if (data === undefined) return;
    listed({ shard: data.shard, guildIds: new Set(data.guilds.map(({ id }) => id)) });
  });
  client.ws.on(GatewayDispatchEvents.GuildCreate, (guild: unknown) => {
    const { data } = guildSchema.safeParse(guild);
    if (data !== undefined) added(data.id);
  });
  client.ws.on(GatewayDispatchEvents.GuildDelete, (guild: unknown) => {
    const { data } = guildSchema.safeParse(guild);
    if (data !== undefined && !isOutage(data.unavailable)) removed(data.id);
  });
}

/** Discord leaves the field out when the bot was removed from the guild (Guild Delete). */
function isOutage(unavailable: unknown): boolean {
  return unavailable !== undefined && unavailable !== null && unavailable !== false;
}

/** Servers of other shards are other sessions' to know. */
function isMissing(guildId: string, { shard: [id, count], guildIds }: GuildList): boolean {
  return ShardClientUtil.shardIdForGuildId(guildId, count) === id && !guildIds.has(guildId);
}
