/**
 * When the bot is no longer in a server, what waits there is cancelled and costs nothing: nobody
 * could be shown it. What a vendor has begun goes on, for it is paid already; delivery finds a way or
 * gives it up. A server that is out of order is not one that was left.
 */
import { GatewayDispatchEvents, ShardClientUtil, type Client } from 'discord.js';
import { z } from 'zod';

import { HOUR, SECOND, type Clock } from '../../clock.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import { Loop } from '../../jobs/loops/loop.ts';
import type { JobStore } from '../../jobs/record/job-store.ts';
import type { Logger } from '../../logger.ts';

const TRY_AGAIN_MS = 5 * SECOND;

/** READY lists every server of the shard, unavailable ones too (Discord developer docs, Gateway Events). */
const readySchema = z.looseObject({
  guilds: z.array(z.looseObject({ id: z.string() })),
  shard: z.tuple([z.int(), z.int()]).default([0, 1]),
});

const guildSchema = z.looseObject({ id: z.string(), unavailable: z.unknown().optional() });

interface Roll {
  readonly shard: readonly [id: number, count: number];
  readonly guildIds: Set<string>;
}

export interface DepartureDependencies {
  client: Client;
  store: Pick<JobStore, 'serversWaiting' | 'waitingIn'>;
  jobs: Pick<Jobs, 'transition' | 'onChange'>;
  clock: Clock;
  logger: Logger;
}

export interface Departures {
  /** To be awaited between login and taking up jobs: what was left while we were away is not begun. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createDepartures(dependencies: DepartureDependencies): Departures {
  const { client, store, jobs, clock, logger } = dependencies;
  /** Servers that removed the bot while it ran: a request in hand just then may be accepted later. */
  const left = new Set<string>();
  /** What READY said, until it was compared with what waits. */
  const rolls = new Set<Roll>();

  const loop = new Loop({
    clock,
    turn: async () => {
      await cancelWhatWaits();
      return HOUR;
    },
    onError(error) {
      logger.error(
        { err: error },
        'cancelling the jobs of a left server failed, will be tried again',
      );
      return TRY_AGAIN_MS;
    },
  });

  async function cancelWhatWaits(): Promise<void> {
    const compared = [...rolls];
    for (const guildId of await store.serversWaiting()) {
      const isLeft = left.has(guildId) || compared.some((roll) => isMissing(guildId, roll));
      if (isLeft) await cancelIn(guildId);
    }
    for (const roll of compared) rolls.delete(roll);
  }

  async function cancelIn(guildId: string): Promise<void> {
    const waiting = await store.waitingIn(guildId);
    for (const job of waiting) await jobs.transition(job, { type: 'server-left' });
    logger.info(
      { guildId, jobs: waiting.length },
      'the bot is no longer in a server: what waited there is cancelled',
    );
  }

  listenToGuilds(client, {
    listed(roll) {
      rolls.add(roll);
      loop.wake();
    },
    added(id) {
      left.delete(id);
      for (const { guildIds } of rolls) guildIds.add(id);
    },
    removed(id) {
      left.add(id);
      loop.wake();
    },
  });
  jobs.onChange(({ state, guildId }) => {
    if (state === 'accepted' && left.has(guildId)) loop.wake();
  });

  return {
    async start() {
      await cancelWhatWaits();
      loop.start();
    },
    stop: async () => loop.stop(),
  };
}

interface GuildListeners {
  readonly listed: (roll: Roll) => void;
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
function isMissing(guildId: string, { shard: [id, count], guildIds }: Roll): boolean {
  return ShardClientUtil.shardIdForGuildId(guildId, count) === id && !guildIds.has(guildId);
}
