/**
 * The connection that holds a process's leases as session-level advisory locks (PostgreSQL
 * documentation, Explicit Locking), with the settings that detect a dead peer on either side.
 */
import { createHash } from 'node:crypto';

import pg from 'pg';
import { z } from 'zod';

import { SECOND } from '../../clock.ts';

/** Timeout of one connection attempt. */
export const CONNECT_TIMEOUT_MS = 5 * SECOND;
/** Timeout of a statement, which normally takes a millisecond. */
const ANSWER_TIMEOUT_MS = 5 * SECOND;
const KEEP_ALIVE_AFTER_MS = 10 * SECOND;
/**
 * The locks of a machine that disappears are released after half a minute. The session may be idle for
 * days. Settings that the server does not know are skipped.
 */
const SESSION_SETTINGS = {
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '4',
  idle_session_timeout: '0',
};

const answerSchema = z.tuple([z.object({ answer: z.boolean() })]);

export interface Session {
  /** @returns false when another session has it; the server grants one session the same lock twice */
  tryLock(name: string): Promise<boolean>;
  unlock(name: string): Promise<void>;
  end(): Promise<void>;
}

/**
 * @param onLost called once, with the cause, when the connection ends without `end`
 * @throws Error when the server cannot be reached
 */
export async function openSession(
  url: string,
  onLost: (cause: Error | undefined) => void,
): Promise<Session> {
  const client = new pg.Client({
    connectionString: url,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    application_name: 'seedance-discord leases',
  });
  let cause: Error | undefined;
  let isEnding = false;
  // Without a listener the error would end the process.
  client.on('error', (error) => (cause ??= error));
  await client.connect();

  const ask = async (operation: string, name: string): Promise<boolean> => {
    try {
      const { rows } = await client.query(`select ${operation}($1) as answer`, [keyOf(name)]);
      return answerSchema.parse(rows)[0].answer;
    } catch (error) {
      // The outcome is unknown unless the server answered; ending the session releases the lock.
      if (!(error instanceof pg.DatabaseError)) await client.end();
      throw error;
    }
  };
  const end = async (): Promise<void> => {
    isEnding = true;
    await client.end();
  };
  try {
    await client.query(
      `select set_config(name, value, false)
       from pg_settings join json_each_text($1) as wanted (key, value) on key = name`,
      [JSON.stringify(SESSION_SETTINGS)],
    );
  } catch (error) {
    await end();
    throw error;
  }
  client.on('end', () => {
    if (!isEnding) onLost(cause);
  });
  return {
    tryLock: async (name) => ask('pg_try_advisory_lock', name),
    unlock: async (name) => void (await ask('pg_advisory_unlock', name)),
    end,
  };
}

/** Returns the lock number: 64 bits of the name's hash. */
function keyOf(name: string): string {
  return createHash('sha256').update(name).digest().readBigInt64BE().toString();
}
