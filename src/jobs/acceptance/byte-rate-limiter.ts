/**
 * Limits how many bytes of one key, such as a server, come in per second. What is used up in advance
 * is paid back by waiting (the generic cell rate algorithm, ITU-T I.371).
 */
import { SECOND, type Clock } from '../../clock.ts';

export interface ByteRateLimiterOptions {
  readonly bytesPerSecond: number;
  /** How many bytes may come without a wait after a pause. A larger order comes when all of them are free. */
  readonly burstBytes: number;
  /** More is never waited for, in milliseconds: then the clock was set back. */
  readonly maxWaitMs: number;
}

export class ByteRateLimiter {
  readonly #options: ByteRateLimiterOptions;
  readonly #clock: Pick<Clock, 'now' | 'sleep'>;
  /** By key: when all that was reserved has been paid back. */
  readonly #paidBackAtMs = new Map<string, number>();

  constructor(options: ByteRateLimiterOptions, clock: Pick<Clock, 'now' | 'sleep'>) {
    this.#options = options;
    this.#clock = clock;
  }

  /**
   * Reserves so many bytes and resolves when they may come. What is given up stays reserved.
   *
   * @throws the signal's reason, when it aborts before
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
