/**
 * Watches whether each shard receives anything from Discord. The library cannot tell: when the resume
 * host answers 5xx it retries that host for ever, twice a second, and `client.isReady()` stays true;
 * when a RESUME is never answered it waits for ever (both measured with discord.js 14.28). So the
 * watch measures silence: the time since the last dispatch or acknowledged heartbeat.
 *
 * A heartbeat shows only that the socket is alive. Without a session no event arrives on it, so while
 * the session is broken only a dispatch counts.
 *
 * A connection that does not recover ends the app, and the supervisor restarts it.
 */
import { Events, GatewayCloseCodes, Status, type Client, type WebSocketShard } from 'discord.js';

import { MINUTE, SECOND, type Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { Loop } from '../loop.ts';

/** Heartbeats are 41.25 s apart, by Discord's usual word: three in a row went unanswered. */
export const GIVE_UP_AFTER_MS = 2.5 * MINUTE;
/** One heartbeat is overdue: no reason to leave yet, and none to be called alive. */
const QUIET_AFTER_MS = MINUTE;
const LOOK_EVERY_MS = 5 * SECOND;
/** Shards log in one after the other, 5 s apart (Discord developer docs, Sharding: max_concurrency 1). */
const LOGIN_PER_SHARD_MS = 5 * SECOND;
/** The machine was asleep between two looks that are this far apart. Nobody could be heard meanwhile. */
const ASLEEP_AFTER_MS = 30 * SECOND;

/** Close codes that the library does not come back from (Discord developer docs, Gateway Close Event Codes). */
const CLOSED_FOR_GOOD = new Map<number, string>([
  [
    GatewayCloseCodes.AuthenticationFailed,
    'Discord no longer accepts DISCORD_TOKEN: it was reset. Copy the new one from the Bot page of https://discord.com/developers/applications',
  ],
  [
    GatewayCloseCodes.ShardingRequired,
    'Discord has closed the connection for good: the bot is in more servers than one connection may serve',
  ],
  [
    GatewayCloseCodes.InvalidAPIVersion,
    'Discord has closed the connection for good: it no longer speaks this version of its API. Update the bot',
  ],
]);
const CLOSED_FOR_ANOTHER_REASON = 'Discord has closed the connection for good';

export interface GatewayWatchDependencies {
  client: Client;
  clock: Clock;
  logger: Logger;
  /** Told once, after it was logged: the connection will not come back by itself. */
  onLost: (reason: Error) => void;
}

export interface GatewayWatch {
  /** Call before the login: a login that never completes counts as silence too. */
  start(): void;
  stop(): Promise<void>;
  /** Whether every shard was heard within the last minute. */
  isAlive(): boolean;
}

export function createGatewayWatch(dependencies: GatewayWatchDependencies): GatewayWatch {
  return new ListeningWatch(dependencies);
}

class Silence {
  /** For how long nothing was heard, as far as the machine was awake. */
  ms = 0;
  /** Whether the connection broke and no dispatch has arrived since. */
  isBroken = false;
  /** Why the last try to get it back failed. */
  error: Error | undefined;
  /** `lastPingTimestamp` as last seen: another one is a heartbeat that was acknowledged. */
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
        logger.error({ err: error }, 'looking after the gateway failed, will be tried again');
        return LOOK_EVERY_MS;
      },
    });
  }

  start(): void {
    this.#state = 'listening';
    this.#lookedAtMs = this.#clock.now();
    this.#client
      // Every event that Discord sends, READY and RESUMED among them.
      .on(Events.Raw, (_event: unknown, shardId: number) => this.#heard(shardId))
      .on(Events.ShardReconnecting, (shardId) => this.#broken(shardId))
      .on(Events.ShardError, (error, shardId) => {
        this.#silenceOf(shardId).error = error;
      })
      // `Events.Invalidated` is declared by the library, and sent by nothing in it.
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
      this.#lose('Discord was not heard for minutes, and the connection does not come back', {
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
      this.#logger.info({ shardId, silentMs: silence.ms }, 'the connection to Discord is back');
    }
    silence.ms = 0;
    silence.isBroken = false;
    silence.error = undefined;
  }

  #broken(shardId: number): void {
    const silence = this.#silenceOf(shardId);
    if (silence.isBroken || this.#state !== 'listening') return;
    silence.isBroken = true;
    this.#logger.warn({ shardId }, 'the connection to Discord broke, it is being taken up again');
  }

  #lose(reason: string, details: Readonly<Record<string, unknown>>): void {
    if (this.#state !== 'listening') return;
    this.#state = 'lost';
    this.#logger.fatal(details, reason);
    this.#onLost(new Error(reason));
  }
}

/** Whether READY or RESUMED completed the session: from then on Discord sends events. */
function hasSession({ status }: WebSocketShard): boolean {
  return status === Status.Ready || status === Status.WaitingForGuilds;
}
