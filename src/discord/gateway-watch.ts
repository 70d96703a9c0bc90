/**
 * Watches whether Discord is really heard. The library cannot tell: when the host that sessions are
 * resumed at answers 5xx, it tries that host for ever, twice a second, and `client.isReady()` stays
 * true all the while (measured with discord.js 14.28). So what counts is when each shard was last
 * heard: an event, or a heartbeat that was acknowledged.
 *
 * What cannot be mended from here ends the app, for a supervisor to start it anew.
 */
import { Events, GatewayCloseCodes, type Client, type WebSocketShard } from 'discord.js';

import { MINUTE, SECOND, type Clock } from '../clock.ts';
import { Loop } from '../jobs/loops/loop.ts';
import type { Logger } from '../logger.ts';

/** Heartbeats are 41.25 s apart, by Discord's usual word: three in a row went unanswered. */
export const GIVE_UP_AFTER_MS = 2.5 * MINUTE;
/** One heartbeat is overdue: no reason to leave yet, and none to be called alive. */
const QUIET_AFTER_MS = MINUTE;
const LOOK_EVERY_MS = 5 * SECOND;
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
  /** To be called when the client has logged in. */
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
  /** Whether the connection broke, and nothing was heard since. */
  isBroken = false;
  /** Why the last try to get it back failed. */
  error: Error | undefined;
  /** `lastPingTimestamp` as last seen: another one is a heartbeat that was acknowledged. */
  pingedAtMs: number;

  constructor({ lastPingTimestamp }: WebSocketShard) {
    this.pingedAtMs = lastPingTimestamp;
  }
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
      turn: async () => {
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
    for (const [id, shard] of this.#client.ws.shards) this.#silences.set(id, new Silence(shard));
    this.#client
      // Every event that Discord sends, READY and RESUMED among them.
      .on(Events.Raw, (_event: unknown, shardId: number) => this.#heard(shardId))
      .on(Events.ShardReconnecting, (shardId) => this.#broken(shardId))
      .on(Events.ShardError, (error, shardId) => {
        const silence = this.#silences.get(shardId);
        if (silence !== undefined) silence.error = error;
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
      const silence = this.#silences.get(shardId) ?? new Silence(shard);
      this.#silences.set(shardId, silence);
      if (shard.lastPingTimestamp !== silence.pingedAtMs) this.#heard(shardId);
      silence.pingedAtMs = shard.lastPingTimestamp;
      silence.ms = wasAsleep ? 0 : silence.ms + passedMs;
      if (silence.ms <= GIVE_UP_AFTER_MS) continue;
      this.#lose('Discord was not heard for minutes, and the connection does not come back', {
        shardId,
        silentMs: silence.ms,
        err: silence.error,
      });
    }
  }

  #heard(shardId: number): void {
    const silence = this.#silences.get(shardId);
    if (silence === undefined) return;
    if (silence.isBroken && this.#state === 'listening') {
      this.#logger.info({ shardId, silentMs: silence.ms }, 'the connection to Discord is back');
    }
    silence.ms = 0;
    silence.isBroken = false;
    silence.error = undefined;
  }

  #broken(shardId: number): void {
    const silence = this.#silences.get(shardId);
    if (silence === undefined || silence.isBroken || this.#state !== 'listening') return;
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
