/**
 * Leases over Postgres, as locks of one session of our own. The server drops them with the session,
 * so what a killed process held is free at once; no clock and no heartbeat has a part in it. A
 * connection that is lost is made anew, and what was held on it taken again. A pooler between us and
 * the server must keep the session (PgBouncer: `pool_mode = session`).
 */
import { nanoid } from 'nanoid';

import { backoffMs, type BackoffPolicy } from '../../backoff.ts';
import { SECOND, systemClock, type Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import { processLease, type Lease, type Leases } from './leases.ts';
import { CONNECT_TIMEOUT_MS, openSession, type Session } from './postgres-session.ts';

const CONNECT_AGAIN: BackoffPolicy = { firstMs: SECOND / 4, maxMs: 2 * SECOND };
/**
 * After a lost connection nothing new is taken for so long: when the server restarts, every process
 * loses its own, and the first one back must not take what the others still have in hand. They are
 * back at the latest when a try that still hangs, the pause after it and the next try are over.
 */
const OTHERS_FIRST_MS = CONNECT_TIMEOUT_MS + CONNECT_AGAIN.maxMs + SECOND;

/** @throws Error when the server cannot be reached */
export async function openPostgresLeases(
  url: string,
  logger?: Logger,
  clock: Clock = systemClock,
): Promise<Leases> {
  const leases = new PostgresLeases({ url, logger, clock });
  await leases.open();
  return leases;
}

interface Options {
  url: string;
  logger: Logger | undefined;
  clock: Clock;
}

class PostgresLeases implements Leases {
  readonly processId = nanoid();
  readonly #options: Options;
  /** What this process holds, or takes again as soon as it can. */
  readonly #held = new Map<string, Lease>();
  readonly #closing = new AbortController();
  /** Undefined while there is no connection. */
  #session: Session | undefined;
  #takesFromMs = 0;
  #turns: Promise<unknown> = Promise.resolve();
  #reconnecting: Promise<void> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
  }

  async open(): Promise<void> {
    await this.#inTurn(async () => this.#connect());
  }

  async take(name: string): Promise<Lease | undefined> {
    if (this.#held.has(name) || name === processLease(this.processId)) return undefined;
    return this.#inTurn(async () => {
      if (this.#closing.signal.aborted) {
        throw new Error(`The leases are closed: ${name} cannot be taken`);
      }
      const session = this.#session;
      if (session === undefined || this.#isTooEarly() || this.#held.has(name)) return undefined;
      return (await session.tryLock(name)) ? this.#lease(name) : undefined;
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#inTurn(async () => {
      this.#held.clear();
      const session = this.#session;
      this.#session = undefined;
      await session?.end();
    });
    await this.#reconnecting;
  }

  /** A clock that was set back is not waited for. */
  #isTooEarly(): boolean {
    const waitMs = this.#takesFromMs - this.#options.clock.now();
    return waitMs > 0 && waitMs <= OTHERS_FIRST_MS;
  }

  /** One at a time, as on the wire: what is held and what is locked never differ in between. */
  async #inTurn<Value>(operation: () => Promise<Value>): Promise<Value> {
    const turn = this.#turns.then(operation);
    // Whoever asked is told of a failure; the next in turn is not concerned.
    this.#turns = turn.catch(() => undefined);
    return turn;
  }

  #lease(name: string): Lease {
    const held = this.#held;
    const lease: Lease = {
      get isHeld() {
        return held.get(name) === lease;
      },
      [Symbol.asyncDispose]: async () => this.#inTurn(async () => this.#release(name, lease)),
    };
    held.set(name, lease);
    return lease;
  }

  async #release(name: string, lease: Lease): Promise<void> {
    if (this.#held.get(name) !== lease) return;
    this.#held.delete(name);
    try {
      await this.#session?.unlock(name);
    } catch (error) {
      this.#options.logger?.warn({ err: error, lease: name }, 'a lease ended with its connection');
    }
  }

  async #connect(): Promise<void> {
    const session = await openSession(this.#options.url, (cause) => this.#lost(session, cause));
    try {
      await this.#takeAgain(session);
    } catch (error) {
      await session.end();
      throw error;
    }
    this.#session = session;
  }

  async #takeAgain(session: Session): Promise<void> {
    // Before anything else: others take a process without it for dead.
    if (!(await session.tryLock(processLease(this.processId)))) {
      throw new Error('Another process takes this one for dead, and is looking into it');
    }
    for (const name of this.#held.keys()) {
      if (await session.tryLock(name)) continue;
      this.#held.delete(name);
      this.#options.logger?.warn({ lease: name }, 'another process has taken a lease of this one');
    }
  }

  #lost(session: Session, cause: Error | undefined): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    if (this.#closing.signal.aborted) return;
    this.#options.logger?.warn({ err: cause }, 'the connection that holds the leases was lost');
    this.#reconnecting = this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#closing;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        await this.#inTurn(async () => {
          if (signal.aborted) return;
          await this.#connect();
          this.#takesFromMs = clock.now() + OTHERS_FIRST_MS;
        });
        return;
      } catch (error) {
        logger?.warn({ err: error, attempt }, 'the leases cannot be taken again yet');
        await clock.sleep(backoffMs(CONNECT_AGAIN, attempt), signal);
      }
    }
  }
}
