/** The connection pool for Postgres and its timeouts. */
import { Socket } from 'node:net';

import pg from 'pg';

import { MINUTE, SECOND } from '../clock.ts';
import type { Logger } from '../logger.ts';

/**
 * How long a member's request may wait before the statement fails and nothing is spent: for a lock, for
 * a free connection and for a new one. Measured on two cores with a load of 16: the last of 200
 * concurrent orders is accepted after 1.5 s, the last of 1000 after 12 s.
 */
const LOCK_TIMEOUT_MS = 5 * SECOND;
const FREE_CONNECTION_TIMEOUT_MS = 30 * SECOND;
const NEW_CONNECTION_TIMEOUT_MS = 5 * SECOND;
/**
 * After this silence the server counts as unreachable; TCP alone would retransmit for 15 minutes. None
 * of our statements takes nearly as long.
 */
const SILENT_SERVER_MS = MINUTE;
/** How long the locks of a process remain after its machine disappears. */
const SILENT_TRANSACTION_TIMEOUT_MS = MINUTE;
/** Idle time before the first TCP keep-alive probe. */
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
    stream: createSocket,
    types: {
      getTypeParser(oid: number, format?: 'text' | 'binary') {
        // 64-bit sums and times arrive as text; all our values are safe integers.
        if (oid === POSTGRES_INT8 || oid === POSTGRES_NUMERIC) return Number;
        return format === 'binary'
          ? pg.types.getTypeParser(oid, 'binary')
          : pg.types.getTypeParser(oid);
      },
    },
  });
  // Without a listener, a server restart would end the process. The pool replaces the connection.
  pool.on('error', (error) => logger?.warn({ err: error }, 'idle Postgres connection lost'));
  return pool;
}

/** The pool has only one timeout for both waits, so new connections get their own here. */
class PooledClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super({ ...config, connectionTimeoutMillis: NEW_CONNECTION_TIMEOUT_MS });
  }
}

function createSocket(): Socket {
  const socket = new Socket();
  return socket.setTimeout(SILENT_SERVER_MS, () => {
    socket.destroy(new Error(`Postgres sent nothing for ${SILENT_SERVER_MS} ms`));
  });
}
