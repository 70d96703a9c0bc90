/**
 * Limits the bytes per second for each key, such as a server, with the generic cell rate algorithm
 * (ITU-T I.371).
 */
import { SECOND, type Clock } from '../../clock.ts';

export interface ByteRateLimiterOptions {
  readonly bytesPerSecond: number;
  /** Bytes that pass without a wait after a pause. A larger order passes once the whole burst is free. */
  readonly burstBytes: number;
  /** A longer computed wait, in milliseconds, means that the clock was set back; it is skipped. */
  readonly maxWaitMs: number;
}

export class ByteRateLimiter {
  readonly #options: ByteRateLimiterOptions;
  readonly #clock: Pick<Clock, 'now' | 'sleep'>;
  /** By key: when the reserved bytes are paid off. */
  readonly #paidBackAtMs = new Map<string, number>();

  constructor(options: ByteRateLimiterOptions, clock: Pick<Clock, 'now' | 'sleep'>) {
    this.#options = options;
    this.#clock = clock;
  }

  /**
   * Reserves the bytes and resolves when they may be transferred. An aborted wait keeps its
   * reservation.
   *
   * @throws the signal's reason when it aborts first
   */
  async acquire(key: string, bytes: number, signal: AbortSignal): Promise<void> {
    const { bytesPerSecond, burstBytes, maxWaitMs } = this.#options;
    const nowMs = this.#clock.now();
    this.#forgetPaidBack(nowMs);
    const burstMs = (burstBytes / bytesPerSecond) * SECOND;
    const reservedMs = (this.#paidBackAtMs.get(key) ?? nowMs) - nowMs;
    const aheadMs = reservedMs - burstMs > maxWaitMs ? 0 : reservedMs;
    this.#paidBackAtMs.set(key, nowMs + aheadMs + (bytes / bytesPerSecond) * SECOND);
    const waitMs = aheadMs - burstMs;
    if (waitMs > 0) await this.#clock.sleep(waitMs, signal);
    signal.throwIfAborted();
  }

  #forgetPaidBack(nowMs: number): void {
    for (const [key, atMs] of this.#paidBackAtMs) {
      if (atMs <= nowMs) this.#paidBackAtMs.delete(key);
    }
  }
}
