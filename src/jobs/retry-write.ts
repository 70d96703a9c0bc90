/** Retries a critical database write, or the query for its outcome, through a short database failure. */
import { backoffMs, type BackoffPolicy } from '../backoff.ts';
import { SECOND, type Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';

const WRITE_AGAIN: BackoffPolicy = { firstMs: SECOND, maxMs: 30 * SECOND };
/** About a minute and a half in total. */
const WRITE_TRIES = 8;

export interface RetryWriteOptions {
  clock: Clock;
  log: Logger;
  /** Once it aborts there is no further try. */
  signal: AbortSignal;
}

/** @throws what the last try threw */
export async function retryWrite<Value>(
  write: () => Promise<Value>,
  { clock, log, signal }: RetryWriteOptions,
): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      const isLast = attempt >= WRITE_TRIES || signal.aborted;
      log.error({ err: error, attempt, isLast }, 'critical database write failed');
      if (isLast) throw error;
      await clock.sleep(backoffMs(WRITE_AGAIN, attempt), signal);
    }
  }
}
