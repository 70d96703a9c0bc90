/**
 * Isolates gateway dispatches, so that one that discord.js cannot read does not affect others. The library
 * does not validate payloads and throws when a field is missing or null. Without isolation the process
 * would end, and because of a guild sent at login, at every start.
 *
 * An unreadable payload is tried again without its nulls. A guild that remains unreadable is removed from
 * the cache, because partial data gives wrong answers; its members are served as in an unknown guild. An
 * interaction that remains unreadable is answered by hand.
 */
import { Events, SimpleShardingStrategy, type Client, type WebSocketOptions } from 'discord.js';
import { z } from 'zod';

import type { Clock } from '../../clock.ts';
import { createLogLimit, type LogLimit } from '../../log-limit.ts';
import type { Logger } from '../../logger.ts';
import { answerUnreadable, isAnswerable } from './answer-unreadable.ts';
import { completedInteraction, simplifiedInteraction, withoutNulls } from './simplified-payload.ts';

const packetSchema = z.looseObject({ t: z.string(), d: z.unknown().optional() });
type Packet = z.infer<typeof packetSchema>;

export interface IsolationDependencies {
  readonly client: Client;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Must be called before other code listens to the client, and before login. */
export function isolateDispatches(dependencies: IsolationDependencies): void {
  new DispatchIsolation(dependencies).attach();
}

type BuildStrategy = NonNullable<WebSocketOptions['buildStrategy']>;

/** discord.js's own default. */
const buildSimpleStrategy: BuildStrategy = (manager) => new SimpleShardingStrategy(manager);

class DispatchIsolation {
  readonly #client: Client;
  readonly #logger: Logger;
  readonly #logLimit: LogLimit;
  readonly #handlePacket: (packet: unknown, shard: unknown) => unknown;
  /** How many interactions discord.js has emitted. */
  #announced = 0;

  constructor({ client, clock, logger }: IsolationDependencies) {
    this.#client = client;
    this.#logger = logger;
    this.#logLimit = createLogLimit(clock);
    const { ws } = client;
    const handlePacket: unknown = Reflect.get(ws, 'handlePacket');
    if (typeof handlePacket !== 'function') {
      throw new TypeError('This version of discord.js does not handle packets in handlePacket');
    }
    this.#handlePacket = (packet, shard): unknown =>
      Reflect.apply(handlePacket, ws, [packet, shard]);
  }

  attach(): void {
    this.#client.on(Events.InteractionCreate, () => {
      this.#announced += 1;
    });
    // The library queues packets until it is ready, and handles queued ones with the same method.
    Reflect.set(this.#client.ws, 'handlePacket', (packet: unknown, shard: unknown) =>
      this.#handle(packet, shard),
    );
    const { options } = this.#client;
    const buildStrategy = options.ws?.buildStrategy ?? buildSimpleStrategy;
    options.ws = {
      ...options.ws,
      buildStrategy: (manager) => {
        this.#isolateListeners(manager);
        return buildStrategy(manager);
      },
    };
  }

  /** Catches errors of listeners, which would otherwise be unhandled rejections: the socket reads asynchronously. */
  #isolateListeners(manager: object): void {
    const emit: unknown = Reflect.get(manager, 'emit');
    if (typeof emit !== 'function') throw new TypeError('The gateway of discord.js emits nothing');
    Reflect.set(manager, 'emit', (event: string, ...args: readonly unknown[]): unknown => {
      try {
        return Reflect.apply(emit, manager, [event, ...args]);
      } catch (error) {
        this.#log(error, { event: `gateway ${event}`, outcome: 'dropped' });
        return true;
      }
    });
  }

  /** @returns the library's result: false when it has queued the packet */
  #handle(packet: unknown, shard: unknown): unknown {
    const read = packetSchema.safeParse(packet);
    switch (read.data?.t) {
      case 'INTERACTION_CREATE':
        return this.#handleInteraction(read.data, shard);
      case 'GUILD_CREATE':
        return this.#handleGuild(read.data, shard);
      default: {
        const { result, error } = this.#tryToHandle({ packet, shard });
        const names = read.data === undefined ? { event: 'unnamed' } : nameOf(read.data);
        if (error !== undefined) this.#log(error, { ...names, outcome: 'dropped' });
        return result;
      }
    }
  }

  #handleInteraction(packet: Packet, shard: unknown): unknown {
    if (!isAnswerable(packet.d)) {
      const error = new TypeError('The interaction has no id or no token');
      this.#log(error, { ...nameOf(packet), outcome: 'dropped' });
      return true;
    }
    const before = this.#announced;
    let first: Error | undefined;
    for (const simplify of [completedInteraction, simplifiedInteraction]) {
      const simplified = { ...packet, d: simplify(packet.d, this.#client.application?.id) };
      const { result, error } = this.#tryToHandle({ packet: simplified, shard });
      const isAnnounced = this.#announced > before;
      first ??= error;
      if (isAnnounced || result === false) {
        if (first !== undefined) this.#log(first, { ...nameOf(packet), outcome: 'simplified' });
        return result;
      }
    }
    const unknownKind = new TypeError('discord.js knows no interaction of this kind');
    this.#log(first ?? unknownKind, { ...nameOf(packet), outcome: 'answered by hand' });
    // Not awaited: it never throws.
    void answerUnreadable(packet.d, { client: this.#client, logger: this.#logger });
    return true;
  }

  #handleGuild(packet: Packet, shard: unknown): unknown {
    const { result, error } = this.#tryToHandle({ packet, shard });
    if (error === undefined) return result;
    this.#forgetGuild(packet);
    const simplified = { ...packet, d: withoutNulls(packet.d) };
    const second = this.#tryToHandle({ packet: simplified, shard });
    if (second.error !== undefined) this.#forgetGuild(packet);
    const outcome = second.error === undefined ? 'simplified' : 'dropped';
    this.#log(error, { ...nameOf(packet), outcome });
    return second.result;
  }

  #tryToHandle({ packet, shard }: { packet: unknown; shard: unknown }): {
    readonly result: unknown;
    readonly error?: Error;
  } {
    try {
      return { result: this.#handlePacket(packet, shard) };
    } catch (error) {
      return { result: true, error: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  #forgetGuild(packet: Packet): void {
    const { guildId } = nameOf(packet);
    if (guildId === undefined) return;
    const { channels, guilds } = this.#client;
    channels.cache.sweep((channel) => 'guildId' in channel && channel.guildId === guildId);
    guilds.cache.delete(guildId);
  }

  #log(
    error: unknown,
    details: {
      readonly event: string;
      readonly guildId?: string | undefined;
      readonly outcome: string;
    },
  ): void {
    const { event, guildId = '', outcome } = details;
    if (!this.#logLimit.isDue(`${event} ${guildId}`)) return;
    // A simplified payload was handled normally, so only warn.
    const level = outcome === 'simplified' ? 'warn' : 'error';
    this.#logger[level](
      { err: error, ...details },
      'Discord event unreadable; other events are not affected',
    );
  }
}

/** Events whose payload is a guild. */
const WHOLE_GUILDS = ['GUILD_CREATE', 'GUILD_UPDATE', 'GUILD_DELETE'];
const namesSchema = z.looseObject({ id: z.string().optional(), guild_id: z.string().optional() });

/** Returns the loggable facts of an event: its name and guild, never its content. */
function nameOf({ t, d }: Packet): {
  readonly event: string;
  readonly guildId: string | undefined;
} {
  const { data } = namesSchema.safeParse(d);
  const own = WHOLE_GUILDS.includes(t) ? data?.id : undefined;
  return { event: t, guildId: data?.guild_id ?? own };
}
