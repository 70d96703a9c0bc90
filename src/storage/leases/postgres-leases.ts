/**
 * Leases over Postgres: session-level advisory locks on one connection of our own (PostgreSQL
 * documentation, Explicit Locking). The server drops them with the connection, so what a killed
 * process held is free at once; no clock and no heartbeat has a part in it. A pooler between us and
 * the server must keep the session (PgBouncer: session mode).
 */
import { createHash } from 'node:crypto';

import { nanoid } from 'nanoid';
import pg from 'pg';
import { z } from 'zod';

import { SECOND } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import { processLease, type Lease, type Leases } from './leases.ts';

const CONNECT_TIMEOUT_MS = 5 * SECOND;

const takenSchema = z.tuple([z.object({ taken: z.boolean() })]);

/** @throws Error when the server cannot be reached */
export async function openPostgresLeases(url: string, logger?: Logger): Promise<Leases> {
  const leases = new PostgresLeases(url, logger);
  await leases.open();
  return leases;
}

class PostgresLeases implements Leases {
  readonly processId = nanoid();
  readonly #url: string;
  readonly #logger: Logger | undefined;
  /** What this process holds or is asking for: the server would give a session the same lock twice. */
  #held = new Set<string>();
  #session: Promise<pg.Client> | undefined;
  #isClosed = false;

  constructor(url: string, logger: Logger | undefined) {
    this.#url = url;
    this.#logger = logger;
  }

  async open(): Promise<void> {
    await this.#connected();
  }

  async take(name: string): Promise<Lease | undefined> {
    // A new connection begins with an empty set: what was held on the last one is gone.
    const session = await this.#connected();
    const held = this.#held;
    if (held.has(name)) return undefined;
    held.add(name);
    try {
      if (await ask(session, 'pg_try_advisory_lock', name)) return this.#lease(name, session, held);
    } catch (error) {
      held.delete(name);
      throw error;
    }
    held.delete(name);
    return undefined;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const session = await this.#session?.catch(() => undefined);
    await session?.end();
  }

  #lease(name: string, session: pg.Client, held: Set<string>): Lease {
    const release = async (): Promise<void> => {
      try {
        if (this.#held === held && !this.#isClosed) await ask(session, 'pg_advisory_unlock', name);
      } catch (error) {
        // The connection is gone, and the lock with it.
        this.#logger?.warn({ err: error }, 'a lease ended with its connection');
      } finally {
        held.delete(name);
      }
    };
    return { [Symbol.asyncDispose]: release };
  }

  async #connected(): Promise<pg.Client> {
    this.#session ??= this.#connect();
    try {
      return await this.#session;
    } catch (error) {
      this.#session = undefined;
      throw error;
    }
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#url,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    });
    const held = new Set<string>();
    client.on('error', (error) => {
      this.#logger?.warn({ err: error }, 'the connection that holds the leases was lost');
    });
    client.on('end', () => {
      if (this.#held === held) this.#session = undefined;
    });
    await client.connect();
    this.#held = held;
    // Before anything else: others take a process without it for dead.
    await ask(client, 'pg_try_advisory_lock', processLease(this.processId));
    return client;
  }
}

async function ask(
  session: pg.Client,
  operation: 'pg_try_advisory_lock' | 'pg_advisory_unlock',
  name: string,
): Promise<boolean> {
  const { rows } = await session.query(`select ${operation}($1) as taken`, [keyOf(name)]);
  return takenSchema.parse(rows)[0].taken;
}

/** Locks are numbers: 64 bits of the name's hash. */
function keyOf(name: string): string {
  return createHash('sha256').update(name).digest().readBigInt64BE().toString();
}
