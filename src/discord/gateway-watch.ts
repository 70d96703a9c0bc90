/**
 * Watches whether each shard receives anything from Discord. discord.js cannot tell: when the resume host
 * answers 5xx, it retries that host forever, twice a second, and `client.isReady()` stays true; when a
 * RESUME is never answered, it waits forever (both measured with discord.js 14.28). So the watch measures
 * silence: the time since the last dispatch or acknowledged heartbeat.
 *
 * A heartbeat proves only that the socket is alive. Without a session no event arrives on it, so while
 * the session is broken only a dispatch counts.
 *
 * If a connection does not recover, the app stops and the supervisor restarts it.
 */
import { Events, GatewayCloseCodes, Status, type Client, type WebSocketShard } from 'discord.js';

import { MINUTE, SECOND, type Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { Loop } from '../loop.ts';

/** Three heartbeats in a row unanswered: Discord usually asks for one every 41.25 s. */
export const GIVE_UP_AFTER_MS = 2.5 * MINUTE;
/** One heartbeat is overdue: too early to give up, but no longer alive. */
const QUIET_AFTER_MS = MINUTE;
const LOOK_EVERY_MS = 5 * SECOND;
/** Shards log in one after another, 5 s apart (Discord developer docs, Sharding: max_concurrency 1). */
const LOGIN_PER_SHARD_MS = 5 * SECOND;
/** A gap of this length between two checks means that the machine was asleep and could receive nothing. */
const ASLEEP_AFTER_MS = 30 * SECOND;

/**
 * Close codes after which discord.js does not reconnect (Discord developer docs, Gateway Close Event
 * Codes).
 */
const CLOSED_FOR_GOOD = new Map<number, string>([
  [
    GatewayCloseCodes.AuthenticationFailed,
    'Discord no longer accepts DISCORD_TOKEN: it was reset. Copy the new one from the Bot page of https://discord.com/developers/applications',
  ],
  [
    GatewayCloseCodes.ShardingRequired,
    'Discord closed the connection permanently: the bot is in more servers than one connection may serve',
  ],
  [
    GatewayCloseCodes.InvalidAPIVersion,
    'Discord closed the connection permanently: it no longer supports this API version. Update the bot',
  ],
]);
const CLOSED_FOR_ANOTHER_REASON = 'Discord closed the connection permanently';

export interface GatewayWatchDependencies {
  client: Client;
  clock: Clock;
  logger: Logger;
  /** Called once, after logging, when the connection will not recover by itself. */
  onLost: (reason: Error) => void;
}

export interface GatewayWatch {
  /** Must be called before the login, so that a login that never completes counts as silence. */
  start(): void;
  stop(): Promise<void>;
  /** Returns whether every shard received something within the last minute. */
  isAlive(): boolean;
}

export function createGatewayWatch(dependencies: GatewayWatchDependencies): GatewayWatch {
  return new ListeningWatch(dependencies);
}

class Silence {
  /** Milliseconds without any traffic, not counting time asleep. */
  ms = 0;
  /** Whether the connection broke and no dispatch has arrived since. */
  isBroken = false;
  /** Why the last reconnect failed. */
  error: Error | undefined;
  /** The last observed `lastPingTimestamp`; a change means an acknowledged heartbeat. */
  pingedAtMs: number | undefined;
}

class ListeningWatch implements GatewayWatch {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #onLost: (reason: Error) => void;
  readonly #loop: Loop;
  readonly #silences = new Map<number, Silence>();
  #lookedAtMs = 0;
  #state: 'new' | 'listening' | 'lost' | 'stopped' = 'new';

  constructor({ client, clock, logger, onLost }: GatewayWatchDependencies) {
    this.#client = client;
    this.#clock = clock;
    this.#logger = logger;
    this.#onLost = onLost;
    this.#loop = new Loop({
      clock,
      tick: async () => {
        this.#look();
        return LOOK_EVERY_MS;
      },
      onError(error) {
        logger.error({ err: error }, 'gateway watch failed; retrying');
        return LOOK_EVERY_MS;
      },
    });
  }

  start(): void {
    this.#state = 'listening';
    this.#lookedAtMs = this.#clock.now();
    this.#client
      // Every event that Discord sends, including READY and RESUMED.
      .on(Events.Raw, (_event: unknown, shardId: number) => this.#heard(shardId))
      .on(Events.ShardReconnecting, (shardId) => this.#broken(shardId))
      .on(Events.ShardError, (error, shardId) => {
        this.#silenceOf(shardId).error = error;
      })
      // discord.js declares `Events.Invalidated` but never emits it.
      .on(Events.ShardDisconnect, ({ code }, shardId) => {
        this.#lose(CLOSED_FOR_GOOD.get(code) ?? CLOSED_FOR_ANOTHER_REASON, { shardId, code });
      });
    this.#loop.start();
  }

  async stop(): Promise<void> {
    if (this.#state === 'new') return;
    this.#state = 'stopped';
    await this.#loop.stop();
  }

  isAlive(): boolean {
    const isHeard = [...this.#silences.values()].every(({ ms }) => ms < QUIET_AFTER_MS);
    return this.#state === 'listening' && this.#client.isReady() && isHeard;
  }

  #look(): void {
    const nowMs = this.#clock.now();
    const passedMs = Math.max(0, nowMs - this.#lookedAtMs);
    const wasAsleep = passedMs > ASLEEP_AFTER_MS;
    this.#lookedAtMs = nowMs;
    for (const [shardId, shard] of this.#client.ws.shards) {
      const silence = this.#silenceOf(shardId);
      const isAcknowledged = shard.lastPingTimestamp !== silence.pingedAtMs;
      if (isAcknowledged && !silence.isBroken && hasSession(shard)) this.#heard(shardId);
      silence.pingedAtMs = shard.lastPingTimestamp;
      silence.ms = wasAsleep ? 0 : silence.ms + passedMs;
      if (silence.ms <= this.#patienceMs()) continue;
      this.#lose('no data from Discord for minutes; connection not restored', {
        shardId,
        silentMs: silence.ms,
        err: silence.error,
      });
    }
  }

  #silenceOf(shardId: number): Silence {
    const silence = this.#silences.get(shardId) ?? new Silence();
    this.#silences.set(shardId, silence);
    return silence;
  }

  #patienceMs(): number {
    const { ws } = this.#client;
    const loginMs = this.#client.isReady() ? 0 : ws.shards.size * LOGIN_PER_SHARD_MS;
    return GIVE_UP_AFTER_MS + loginMs;
  }

  #heard(shardId: number): void {
    const silence = this.#silenceOf(shardId);
    if (silence.isBroken && this.#state === 'listening') {
      this.#logger.info({ shardId, silentMs: silence.ms }, 'Discord connection restored');
    }
    silence.ms = 0;
    silence.isBroken = false;
    silence.error = undefined;
  }

  #broken(shardId: number): void {
    const silence = this.#silenceOf(shardId);
    if (silence.isBroken || this.#state !== 'listening') return;
    silence.isBroken = true;
    this.#logger.warn({ shardId }, 'Discord connection lost; reconnecting');
  }

  #lose(reason: string, details: Readonly<Record<string, unknown>>): void {
    if (this.#state !== 'listening') return;
    this.#state = 'lost';
    this.#logger.fatal(details, reason);
    this.#onLost(new Error(reason));
  }
}

/** Returns whether READY or RESUMED has completed the session, so that Discord sends events. */
function hasSession({ status }: WebSocketShard): boolean {
  return status === Status.Ready || status === Status.WaitingForGuilds;
}
