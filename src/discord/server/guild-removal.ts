/**
 * Handles the removal of the bot from a server: records it, and cancels and refunds the server's waiting
 * jobs, which could not be shown any more. Jobs that a vendor has started continue, because they already
 * cost something; delivery finds a route or gives up. An unavailable server does not count as removed.
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

/** READY lists every server of the shard, including unavailable ones (Discord developer docs, Gateway Events). */
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
  /** Must be awaited between login and starting the jobs, so that jobs of servers that were left are not started. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createGuildRemovals(dependencies: GuildRemovalDependencies): GuildRemovals {
  const { client, store, jobs, clock, logger } = dependencies;
  /** Servers that removed the bot while it ran. Kept, because an order under way may be accepted later. */
  const left = new Set<string>();
  /** Servers that have added the bot, until that is recorded. */
  const added = new Set<string>();
  /** The lists from READY, until they are compared with the waiting jobs. */
  const guildLists = new Set<GuildList>();

  const loop = new Loop({
    clock,
    tick: async () => {
      await processChanges();
      return HOUR;
    },
    onError(error) {
      logger.error({ err: error }, 'guild removals not processed; retrying');
      return TRY_AGAIN_MS;
    },
  });

  async function processChanges(): Promise<void> {
    const compared = [...guildLists];
    const isLeft = (guildId: string): boolean =>
      left.has(guildId) || compared.some((guildList) => isMissing(guildId, guildList));
    const has = [...compared.flatMap(({ guildIds }) => [...guildIds]), ...added];
    await recordGuilds({ has, left, isLeft }, dependencies);
    for (const guildId of has) added.delete(guildId);
    for (const guildId of await store.serversWaiting()) {
      if (isLeft(guildId)) await cancelIn(guildId, dependencies);
    }
    for (const guildList of compared) guildLists.delete(guildList);
  }

  listenToGuilds(client, {
    listed(guildList) {
      guildLists.add(guildList);
      loop.wake();
    },
    added(id) {
      left.delete(id);
      added.add(id);
      for (const { guildIds } of guildLists) guildIds.add(id);
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
      await processChanges();
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
    'bot removed from a server; its waiting jobs are cancelled',
  );
}

interface Seen {
  /** Servers that have the bot, according to Discord. */
  readonly has: readonly string[];
  /** Servers that removed the bot while it ran. */
  readonly left: ReadonlySet<string>;
  readonly isLeft: (guildId: string) => boolean;
}

/** Records additions and removals. The servers' data is kept for a while, in case of a mistake. */
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
 * Listens to the raw events, because the library emits nothing for guilds that it could not read. An
 * unreadable event is ignored.
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

/** Discord omits the field when the bot was removed from the guild (Guild Delete). */
function isOutage(unavailable: unknown): boolean {
  return unavailable !== undefined && unavailable !== null && unavailable !== false;
}

/** Returns whether a server of this shard is missing from its list; lists do not cover other shards. */
function isMissing(guildId: string, { shard: [id, count], guildIds }: GuildList): boolean {
  return ShardClientUtil.shardIdForGuildId(guildId, count) === id && !guildIds.has(guildId);
}
