/** The connections to Postgres, and how long each wait on it may take. */
import { Socket } from 'node:net';

import pg from 'pg';

import { MINUTE, SECOND } from '../clock.ts';
import type { Logger } from '../logger.ts';

/**
 * How long Postgres may keep somebody waiting who asked something of the bot, before the statement
 * fails and nothing is spent: for a lock that another holds, for a connection that others use, and
 * for a new one. Measured on two cores with a load of 16: of 200 orders at once the last is accepted
 * after 1.5 s, of 1000 after 12 s.
 */
const LOCK_TIMEOUT_MS = 5 * SECOND;
const FREE_CONNECTION_TIMEOUT_MS = 30 * SECOND;
const NEW_CONNECTION_TIMEOUT_MS = 5 * SECOND;
/**
 * A server that is asked and says nothing has gone with its network: TCP by itself would repeat the
 * question for a quarter of an hour. No statement of ours takes nearly as long.
 */
const SILENT_SERVER_MS = MINUTE;
/** A process that vanished with its machine holds its locks no longer than this. */
const SILENT_TRANSACTION_TIMEOUT_MS = MINUTE;
/** From when on an idle connection is asked whether the other side is still there. */
const KEEP_ALIVE_AFTER_MS = 10 * SECOND;
const POSTGRES_INT8 = 20;
const POSTGRES_NUMERIC = 1700;

/** @param url `postgres://…` */
export function openPostgresPool(url: string, logger?: Logger): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'seedance-discord',
    lock_timeout: LOCK_TIMEOUT_MS,
    Client: PooledClient,
    connectionTimeoutMillis: FREE_CONNECTION_TIMEOUT_MS,
    idle_in_transaction_session_timeout: SILENT_TRANSACTION_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    stream: mortalSocket,
    types: {
      getTypeParser(oid: number, format?: 'text' | 'binary') {
        // 64-bit sums and times come as text; all of ours are safe integers.
        if (oid === POSTGRES_INT8 || oid === POSTGRES_NUMERIC) return Number;
        return format === 'binary'
          ? pg.types.getTypeParser(oid, 'binary')
          : pg.types.getTypeParser(oid);
      },
    },
  });
  // Without a listener, a server that restarts would end the process; the pool replaces the connection.
  pool.on('error', (error) => logger?.warn({ err: error }, 'Postgres closed an idle connection'));
  return pool;
}

/** The pool has one limit for both waits. */
class PooledClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super({ ...config, connectionTimeoutMillis: NEW_CONNECTION_TIMEOUT_MS });
  }
}

function mortalSocket(): Socket {
  const socket = new Socket();
  return socket.setTimeout(SILENT_SERVER_MS, () => {
    socket.destroy(new Error(`Postgres said nothing for ${SILENT_SERVER_MS} ms`));
  });
}
