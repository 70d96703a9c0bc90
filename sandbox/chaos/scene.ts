/** A run in progress: the world, its people, the bots, and all requests. */
import { once } from 'node:events';

import type { Member } from '../discord/actors.ts';
import type { GuildHandle } from '../discord/guild.ts';
import type { RequestEntry } from '../discord/journal.ts';
import { NotOffered } from '../discord/not-offered-error.ts';
import type { Reply } from '../discord/reply.ts';
import { NeverHappened } from '../discord/waiting.ts';
import type { VendorRequest } from '../vendor/vendor.ts';
import type { World } from '../world.ts';
import type { Log, LogLine } from './log.ts';
import type { Options, Order } from './orders.ts';
import type { Records } from './records.ts';
import type { Servers } from './servers.ts';
import type { Supervisor } from './supervisor.ts';
import { until } from './wait-until.ts';

/** A request that was sent to Discord. */
export interface Placed {
  readonly order: Order;
  readonly reply: Reply;
  readonly member: Member;
  readonly guild: GuildHandle;
  /** The final of a draft, requested by its button. */
  readonly isFinal: boolean;
}

export interface SceneParts {
  readonly world: World;
  readonly servers: Servers;
  readonly supervisor: Supervisor;
  readonly records: Records;
  readonly log: Log;
  /** The next request for a kill point. */
  readonly nextOrder: (options?: Options) => Order;
}

/** How long a kill point may take to be reached. */
export const STEP_WITHIN_MS = 90_000;

export class Scene {
  readonly world: World;
  readonly servers: Servers;
  readonly supervisor: Supervisor;
  readonly records: Records;
  readonly log: Log;
  readonly placed: Placed[] = [];
  /** Faults of the bot that no journal records. */
  readonly tally = new Map<string, number>();
  /** Aborted when nothing new will come: what has not happened by then never will. */
  readonly over = new AbortController();
  readonly #isOver = once(this.over.signal, 'abort');
  readonly #nextOrder: SceneParts['nextOrder'];
  readonly #following = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];
  readonly #restoring = new Map<NodeJS.Timeout, () => void>();

  constructor({ world, servers, supervisor, records, log, nextOrder }: SceneParts) {
    this.world = world;
    this.servers = servers;
    this.supervisor = supervisor;
    this.records = records;
    this.log = log;
    this.#nextOrder = nextOrder;
  }

  /** A member sends the command. */
  place(order: Order): Placed {
    const { server, member: name, options, channel } = order;
    const member = this.servers.member(server, name);
    const reply = member.runs('video', { ...options }, { channel });
    const guild = this.servers.guild(server);
    const placed = { order, reply, member, guild, isFinal: false };
    this.placed.push(placed);
    return placed;
  }

  /** A member sends a plain request, to bring a bot to a kill point. */
  orders(options?: Options): Placed {
    return this.place(this.#nextOrder(options));
  }

  /** A member presses a button on a request’s message. @throws NotOffered when it is not there */
  clicks({ member, reply }: Placed, label: string): Reply {
    return member.clicks(reply, label);
  }

  /**
   * A task that runs alongside the rounds, and ends with the run; a button that Discord no longer offers
   * is not a failure.
   */
  follow(work: () => Promise<void>): void {
    const following = Promise.race([work(), this.#isOver])
      .then(() => {})
      .catch((error: unknown) => {
        if (!(error instanceof NotOffered || error instanceof NeverHappened))
          this.#failures.push(error);
      })
      .finally(() => this.#following.delete(following));
    this.#following.add(following);
  }

  /** @throws AggregateError of their failures */
  async followed(): Promise<void> {
    while (this.#following.size > 0) await Promise.all(this.#following);
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, 'A follow-up failed');
  }

  count(what: string, times = 1): void {
    this.tally.set(what, (this.tally.get(what) ?? 0) + times);
  }

  /** Ends a fault after a while, or when the rounds are over. */
  restoreAfter(ms: number, restore: () => void): void {
    const timer = setTimeout(() => {
      this.#restoring.delete(timer);
      restore();
    }, ms);
    this.#restoring.set(timer, restore);
  }

  restoreAll(): void {
    for (const [timer, restore] of this.#restoring) {
      clearTimeout(timer);
      restore();
    }
    this.#restoring.clear();
  }

  /** Resolves at a request from now on. @throws NeverMet */
  async untilDiscord(
    isIt: (request: RequestEntry) => boolean,
    withinMs = STEP_WITHIN_MS,
  ): Promise<void> {
    const { journal } = this.world.discord;
    const from = journal.length;
    const isMet = (): boolean =>
      journal.slice(from).some((entry) => entry.kind === 'request' && isIt(entry));
    await until(isMet, { withinMs, signal: this.over.signal });
  }

  /** The same for the vendor. */
  async untilVendor(
    isIt: (request: VendorRequest) => boolean,
    withinMs = STEP_WITHIN_MS,
  ): Promise<void> {
    const { journal } = this.world.vendor;
    const from = journal.length;
    await until(() => journal.slice(from).some(isIt), { withinMs });
  }

  /** Resolves as soon as a bot logs such a line. @throws NeverMet */
  async untilLogged(isIt: (line: LogLine) => boolean, withinMs = STEP_WITHIN_MS): Promise<LogLine> {
    let found: LogLine | undefined;
    const stop = this.log.listen((line) => {
      if (isIt(line)) found ??= line;
    });
    try {
      await until(() => found !== undefined, { withinMs });
    } finally {
      stop();
    }
    if (found === undefined) throw new Error('Unreachable: a line was found');
    return found;
  }
}
