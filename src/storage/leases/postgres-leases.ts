/**
 * Leases on Postgres, as advisory locks of a dedicated session. The server releases them with the
 * session, so the leases of a killed process are free at once, without clocks or heartbeats. After a
 * lost connection the process reconnects and takes its leases again. A pooler in front of the server
 * must keep the session (PgBouncer: `pool_mode = session`).
 */
import { nanoid } from 'nanoid';

import { backoffMs, type BackoffPolicy } from '../../backoff.ts';
import { SECOND, systemClock, type Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import { processLease, type Lease, type Leases } from './leases.ts';
import { CONNECT_TIMEOUT_MS, openSession, type Session } from './postgres-session.ts';

const CONNECT_AGAIN: BackoffPolicy = { firstMs: SECOND / 4, maxMs: 2 * SECOND };
/**
 * How long no new lease is taken after a reconnect. When the server restarts, every process loses its
 * leases, and the first one back must not take those of the others. They are back at the latest after
 * a hanging connection attempt, the pause after it and the next attempt.
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
  /** The leases that this process holds, or takes again after a reconnect. */
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

  /** A longer wait than `OTHERS_FIRST_MS` means that the clock was set back. */
  #isTooEarly(): boolean {
    const waitMs = this.#takesFromMs - this.#options.clock.now();
    return waitMs > 0 && waitMs <= OTHERS_FIRST_MS;
  }

  /** Runs operations one at a time, so that `#held` and the server's locks never diverge. */
  async #inTurn<Value>(operation: () => Promise<Value>): Promise<Value> {
    const turn = this.#turns.then(operation);
    // The caller gets the error; it does not affect the next operation.
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
      this.#options.logger?.warn(
        { err: error, lease: name },
        'lease not released; connection lost',
      );
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
    // First: other processes assume that a process without this lease is dead.
    if (!(await session.tryLock(processLease(this.processId)))) {
      throw new Error(
        'Another process holds the lease of this process, because it assumes it dead',
      );
    }
    for (const name of this.#held.keys()) {
      if (await session.tryLock(name)) continue;
      this.#held.delete(name);
      this.#options.logger?.warn({ lease: name }, 'lease taken by another process');
    }
  }

  #lost(session: Session, cause: Error | undefined): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    if (this.#closing.signal.aborted) return;
    this.#options.logger?.warn({ err: cause }, 'lease connection lost; reconnecting');
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
        logger?.warn({ err: error, attempt }, 'lease connection not restored; retrying');
        await clock.sleep(backoffMs(CONNECT_AGAIN, attempt), signal);
      }
    }
  }
}
